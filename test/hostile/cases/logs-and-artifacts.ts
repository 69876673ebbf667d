import { refuseDownload } from '../../../src/domain/download-address.ts';
import { type Inventory, takeInventory } from '../../../src/domain/inventory.ts';
import { judgeGreen } from '../../../src/domain/judgement.ts';
import { readRecipeReport } from '../../../src/domain/recipe-report.ts';
import { readArtifactZip } from '../../../src/github/artifact-zip.ts';
import { readJunit } from '../../../src/steps/read-junit.ts';
import { tellFailures } from '../../../src/steps/tell-failures.ts';
import { deflatedZeros, type ZipEntry, zipEntry, zipOf } from '../../github/hostile-zip.ts';
import type { HostileArea, HostileCase } from '../hostile-case.ts';

const maxLength = 4_000;

/** Nothing in the result is seen by nobody, is obeyed by a runner, or is longer than asked for; `kept` must be there. */
const log = (name: string, text: string, kept: string): HostileCase => ({
  name,
  expected: 'inert',
  attack: () => {
    const part = tellFailures(text, maxLength).text;
    if (!part.includes(kept)) return `escaped: it hides ${kept}: ${part.slice(0, 200)}`;
    const isObeyed = /^\s*::|##\[/m.test(part);
    const isHidden = /[[\p{Cc}\p{Cf}]--[\n\t]]/v.test(part);
    const isLong = part.length > maxLength + 100;
    return isObeyed || isHidden || isLong ? `escaped: ${JSON.stringify(part.slice(0, 200))}` : 'inert';
  },
});

const logs: readonly HostileCase[] = [
  log('a log in colours that erase lines', 'FAIL cart\n\x1b[1A\x1b[2K\x1b[32mok\x1b[0m\n##[error]exit 1', 'FAIL cart'),
  log(
    'a log with a link of the terminal',
    '\x1b]8;;https://evil.test\x07FAIL cart\x1b]8;;\x07\n##[error]exit 1',
    'FAIL cart',
  ),
  log('a log with a terminal string that never ends', '\x1b]0;FAIL cart\n##[error]exit 1', 'FAIL cart'),
  log('a log that prints over a line', 'FAIL cart\rok       \n##[error]exit 1', 'FAIL cart'),
  log('a log that turns the reading direction', 'FAIL \u202ecart\u2066\n##[error]exit 1', 'FAIL cart'),
  log('a log with a forged failure', 'FAIL cart\n##[error]all is well\n##[error]exit 1', 'FAIL cart'),
  log('a log with a forged end of a step', 'FAIL cart\n##[endgroup]\n', 'FAIL cart'),
  log('a log that masks words', 'FAIL cart\n::add-mask::cart\n##[error]exit 1', 'FAIL cart'),
  log(
    'a log that masks words behind white space',
    'FAIL cart\n \u00a0::stop-commands::x\n##[error]exit 1',
    'FAIL cart',
  ),
  log(
    'a log with a command put together by what is taken out',
    'FAIL cart\n:\u200b:add-mask::x #\x1b[0m#[error]x',
    'FAIL cart',
  ),
  log(
    'a log with a thousand forged failures of a test runner',
    `${' FAIL  a.test.ts > b\nError: ##[add-mask]no\n'.repeat(1_000)}FAIL cart\n##[error]exit 1`,
    'FAIL cart',
  ),
  log(
    'a log whose failure has a command for a name',
    'not ok 1 - ::add-mask::x\n  ---\n  error: "::error::y"\n  ...\nFAIL cart\n##[error]exit 1',
    'FAIL cart',
  ),
  log('a log with a line of 2 MB', `FAIL cart\n${'x'.repeat(2_000_000)}\n##[error]exit 1`, 'FAIL cart'),
];

const limits = { maxEntries: 50, maxTextBytes: 4 * 1024 * 1024 };
const honest = zipEntry('a.xml', '<testsuites/>');

/** @throws {Error} where not even an honest archive is read: no attack could then show anything. */
const archive = (name: string, bytes: () => Buffer): HostileCase => ({
  name,
  expected: 'not read',
  attack: async () => {
    const known = await readArtifactZip(zipOf([honest]), limits);
    if (known.fault !== null) throw new Error(known.fault);
    const reading = await readArtifactZip(bytes(), limits);
    return reading.fault === null ? `escaped: ${reading.files.length} files were read` : 'not read';
  },
});
const entry = (name: string, more: Partial<ZipEntry>): HostileCase =>
  archive(name, () => zipOf([{ ...honest, ...more }]));

const archives: readonly HostileCase[] = [
  entry('an archive that expands to 64 MB', { compressed: deflatedZeros(64 * 1024 * 1024), size: 64 * 1024 * 1024 }),
  entry('an archive that lies about its size', { compressed: deflatedZeros(64 * 1024 * 1024), size: 100 }),
  archive('an archive whose entries overlap', () => zipOf([honest, { ...honest, name: 'b.xml', offset: 0 }])),
  entry('an archive that writes above its folder', { name: '../a.xml' }),
  entry('an archive that writes to a place of its own', { name: '/etc/a.xml' }),
  entry('an archive with the separator of Windows', { name: '..\\a.xml' }),
  entry('an archive with a symlink', { mode: 0o120777 }),
  entry('an archive with a device', { mode: 0o020666 }),
  entry('an encrypted archive', { flags: 0x801 }),
  entry('an archive with another sum than its bytes have', { crc: 1 }),
  archive('an archive with two files of one name', () => zipOf([honest, honest])),
  archive('an archive of too many files', () =>
    zipOf(Array.from({ length: 51 }, (_, index) => zipEntry(`${index}.xml`, '<a/>'))),
  ),
  archive('an archive that is none', () => Buffer.from('<testsuites/>')),
];

const report = (name: string, xml: string): HostileCase => ({
  name,
  expected: 'not read',
  attack: () => {
    const reading = readJunit(xml);
    return reading.ok ? `escaped: ${JSON.stringify(reading.cases).slice(0, 200)}` : 'not read';
  },
});
const passed = '<testcase name="adds"/>';

const reports: readonly HostileCase[] = [
  report('a report with a DOCTYPE', `<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuite>${passed}</testsuite>`),
  report(
    'a report that grows a thousand million times',
    `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><testsuite name="&b;">${passed}</testsuite>`,
  ),
  report('a report with an unknown entity', `<testsuite name="&b;">${passed}</testsuite>`),
  report('a report 1,000 elements deep', `${'<testsuite>'.repeat(1_000)}${passed}${'</testsuite>'.repeat(1_000)}`),
  report('a report that is no XML', '{"passed": ["adds"]}'),
  report('a report that ends in the middle', `<testsuite>${passed}`),
  report('a report with a test inside of a test', `<testsuite><testcase name="a">${passed}</testcase></testsuite>`),
];

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const changed = (path: string, text: string, mode = '100644'): string =>
  `file ${mode} ${encoded(path)} ${encoded(text)}`;

/** @throws {Error} where not even an honest report is read. */
const recipe = (name: string, ...lines: readonly string[]): HostileCase => ({
  name,
  expected: 'not read',
  attack: () => {
    const ran = ['ai-fix-recipe 1', 'fixer 0 1 format'];
    const read = (...all: readonly string[]) => readRecipeReport([...ran, ...all].join('\n'), ['format']);
    if (!read(changed('a.js', 'a')).ok) throw new Error('an honest report is not read');
    const reading = read(...lines);
    return reading.ok ? `escaped: ${JSON.stringify(reading.files).slice(0, 200)}` : 'not read';
  },
});

const recipes: readonly HostileCase[] = [
  recipe('fixers that leave a link in place of a file', changed('a.js', '/etc/passwd', '120000')),
  recipe('fixers that leave a submodule in place of a file', changed('a.js', '', '160000')),
  recipe('fixers that write above the repository', changed('../../a.js', 'a')),
  recipe('fixers that write to a place of their own', changed('/etc/cron.d/a', 'a')),
  recipe("fixers that write into git's own folder", changed('.GIT/config', 'a')),
  recipe('fixers that write into that folder as NTFS spells it', changed('git~1/hooks/post-checkout', 'a')),
  recipe('fixers that write a file that is no text', changed('a.js', 'a\0b')),
  recipe('fixers that write one file twice', changed('a.js', 'a'), changed('./a.js', 'b')),
  recipe('fixers that tell of one that was not to run', 'fixer 0 1 deploy', changed('a.js', 'a')),
  recipe('fixers that write 8 MB', changed('a.js', 'x'.repeat(7_000_000))),
  recipe('fixers that write 1,000 files', ...Array.from({ length: 1_000 }, (_, index) => changed(`${index}.js`, 'a'))),
];

const address = (name: string, text: string, resolved: readonly string[] = []): HostileCase => ({
  name,
  expected: 'rejected',
  attack: () => {
    const ask = (url: string) =>
      refuseDownload(url, 'https://api.github.com', (host) => (host === 'evil.test' ? resolved : []));
    if (ask('https://objects.githubusercontent.com/x') !== null) throw new Error('an honest download is not followed');
    return ask(text) === null ? `escaped: ${text}` : 'rejected';
  },
});

const addresses: readonly HostileCase[] = [
  address("a download from the cloud's own services", 'https://169.254.169.254/latest/meta-data'),
  address('a download from this host', 'https://localhost/x'),
  address('a download from this host as one number', 'https://2130706433/x'),
  address('a download from the network around', 'https://10.0.0.8/x'),
  address('a download from this host in an address of IPv6', 'https://[::ffff:127.0.0.1]/x'),
  address('a download from a name that leads inside', 'https://evil.test/x', ['8.8.8.8', '10.0.0.8']),
  address('a download without encryption', 'http://objects.githubusercontent.com/x'),
  address('a download of a file', 'file:///etc/passwd'),
  address('a download with a user name', 'https://github.com@evil.test/x'),
];

const ran = (...names: readonly string[]): Inventory =>
  takeInventory(names.map((name) => ({ name, outcome: 'passed' })));
const base = ran('adds', 'rounds');

/** @throws {Error} where not even an honest report passes. */
const green = (name: string, candidate: Inventory | undefined): HostileCase => ({
  name,
  expected: 'red',
  attack: () => {
    const judged = (inventory: Inventory | undefined) =>
      judgeGreen({
        judge: null,
        reports: [{ check: 'test', base, candidate: inventory, judge: undefined }],
        whyTestsChange: null,
      }).kind;
    if (judged(base) !== 'passed') throw new Error('an honest report does not pass');
    return judged(candidate) === 'failed' ? 'red' : 'escaped: it passed';
  },
});
const forged = (xml: string): Inventory => {
  const reading = readJunit(`<testsuite>${xml}</testsuite>`);
  if (!reading.ok) throw new Error(reading.reason);
  return takeInventory(reading.cases);
};

const verdicts: readonly HostileCase[] = [
  green('a green check that kept no report', undefined),
  green('a green check with an empty report', ran()),
  green('a green check with other tests, and more of them', ran('a', 'b', 'c')),
  green('a green check with one test twice in place of two', ran('adds', 'adds')),
  green(
    'a green check whose test was skipped',
    forged('<testcase name="adds"/><testcase name="rounds"><skipped/></testcase>'),
  ),
  green(
    'a report in which a test that failed passes as well',
    forged('<testcase name="adds"/><testcase name="rounds"/><testcase name="rounds"><failure/></testcase>'),
  ),
  green('a report with a name that looks alike', forged('<testcase name="adds"/><testcase name="round\u0455"/>')),
];

export const logsAndArtifacts: HostileArea = {
  area: 'logs and artifacts',
  cases: [...logs, ...archives, ...reports, ...recipes, ...addresses, ...verdicts],
};
