import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import { type House, labelIssue, openHouse, untilShown } from '../support/house.ts';
import { calls, finished, type RoleScripts, reproducedFirst, rightFirstTime } from '../support/scripts.ts';
import { lastSaid, logOf, patienceMs } from '../support/shown.ts';
import { reportingSumFiles, sumFiles, sumIssue, workflowPath } from '../support/sum-repository.ts';

/** What a fix shows beyond passing checks: by tests that were seen failing without it, or by the word that there are none. */
let house: House;

const fiveTest = (
  assertion: string,
  head = "import { sum } from './sum.js';",
): string => `import assert from 'node:assert/strict';
import { test } from 'node:test';
${head}

test('two and three are five', () => ${assertion});
`;
const failing = 'assert.equal(sum(2, 3), 5)';
const passing = 'assert.equal(sum(5, 0), 5)';
const write = (text: string): [string, Record<string, unknown>] => [
  'create_file',
  { path: 'five.test.js', content: text },
];
const edit = (path: string, from: string, to: string): [string, Record<string, unknown>] => [
  'edit_file',
  { path, old_text: from, new_text: to },
];
const add = edit('sum.js', 'a - b', 'a + b');
const reproduce: [string, Record<string, unknown>] = [
  'reproduce',
  { tests: ['five.test.js › two and three are five'], why: 'Two and three come to minus one.' },
];
const cannot: [string, Record<string, unknown>] = ['cannot_reproduce', { cannot: 'it needs a printer of @somebody' }];
const done = finished('`sum` adds now.');
const validate = (...checks: string[]): [string, Record<string, unknown>] => [
  'validate',
  { summary: '`sum` adds, as far as it goes.', tests_added: [], checks },
];

const scripts: Record<string, RoleScripts> = {
  'KEY-shown': reproducedFirst,
  'KEY-late': {
    reproducer: [
      [calls(write(fiveTest(passing)), reproduce)],
      [calls(edit('five.test.js', passing, failing), reproduce)],
    ],
    coder: [[calls(add, done)]],
  },
  'KEY-unloadable': {
    reproducer: [
      [calls(write(fiveTest(failing, "import { sum } from './add.js';")), reproduce)],
      [calls(edit('five.test.js', './add.js', './plus.js'), reproduce)],
    ],
    coder: [[calls(add, ['finish', { summary: '`sum` adds now, untested.', tests_added: [] }])]],
  },
  'KEY-cannot': {
    reproducer: [[calls(cannot)]],
    coder: [[calls(add, ['finish', { summary: '`sum` adds now, untested.', tests_added: [] }])]],
  },
  'KEY-unproven': {
    reproducer: [[calls(cannot)]],
    coder: [[calls(add, write(fiveTest(passing)), done)]],
    debugger: [[calls(done)]],
  },
  'KEY-part': {
    reproducer: [[calls(cannot)]],
    coder: [
      [calls(add, validate('types')), calls(validate('type')), calls(validate('types'))],
      [calls(write(fiveTest(failing)), done)],
    ],
  },
  'KEY-off': { coder: [[calls(add, write(fiveTest(failing)), done)]] },
};

vi.setConfig({ testTimeout: 2 * patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: { ...rightFirstTime, match: scripts },
    environment: { LOG_LEVEL: 'silent' },
  });
});
afterAll(() => house.close());

interface Came {
  readonly log: readonly FixEvent[];
  readonly said: string;
  readonly asked: (role: string) => string;
  readonly runs: number;
}

async function fix(key: string, files: Readonly<Record<string, string>> = reportingSumFiles): Promise<Came> {
  const repository = `acme/${key.toLowerCase()}`;
  await house.github.createRepository({ fullName: repository, files, roles: { alice: 'admin' } });
  const issue = await labelIssue(house.github, repository, { ...sumIssue, title: `${sumIssue.title} (${key})` });
  await untilShown(house.github, repository, issue, ['complete'], 2 * patienceMs);
  const [pullRequest] = house.github.pullRequests(repository);
  return {
    log: await logOf(house, repository, issue),
    said: lastSaid(house.github, repository, pullRequest?.number ?? 0),
    asked: (role) =>
      house.model.requests
        .filter((request) => request.role === role && JSON.stringify(request.body).includes(key))
        .map(({ body }) => JSON.stringify(body))
        .join('\n'),
    runs: house.github.runs(repository).length,
  };
}

const typesOf = (log: readonly FixEvent[]): string[] => log.map(({ type }) => type);
const row = '› two and three are five` | failed: `Expected values to be strictly equal: -1 !== 5` | passed |';

test('a bug is seen failing first, and both runs stand in the pull request by the name of the test', async () => {
  const { log, said, asked, runs } = await fix('KEY-shown');

  const reproduced = log.find((event) => event.type === 'reproduced');
  expect(reproduced?.reproduced.tests).toMatchObject([{ name: expect.stringContaining('two and three are five') }]);
  expect(typesOf(log)).not.toContain('attempt-failed');
  expect(said).toContain('Seen failing without the change, and passing with it:');
  expect(said).toContain(row);
  expect(said.match(/\| \[On the base\]\(\S+\/runs\/\d+\) \| \[With the patch\]\(\S+\/runs\/\d+\) \|/)).not.toBeNull();
  // The test on the base, the base alone, the candidate: the tests of the patch are those that were seen.
  expect(runs).toBe(3);
  expect(asked('coder')).toContain('Without your change these tests fail, as the sandbox saw it');
  expect(asked('reviewer')).toContain('Seen failing without the change');
});

test('a test that passes on the base is sent back with that word, and costs no attempt', async () => {
  const { log, said, asked } = await fix('KEY-late');

  const failed = log.filter((event) => event.type === 'reproduction-failed');
  expect(failed.map(({ feedback }) => feedback)).toEqual([
    expect.stringContaining('The tests pass on the repository as it is, so they do not show the bug'),
  ]);
  expect(asked('reproducer')).toContain('Either they test something else');
  expect(typesOf(log)).toContain('reproduced');
  expect(log.filter((event) => event.type === 'attempt-started')).toMatchObject([{ attempt: 1 }]);
  expect(said).toContain(row);
});

test('a file that cannot be loaded is no evidence; after the second the patch is written without, and that is said', async () => {
  const { log, said, asked } = await fix('KEY-unloadable');

  const failed = log.filter((event) => event.type === 'reproduction-failed');
  expect(failed).toHaveLength(2);
  for (const { feedback } of failed) expect(feedback).toContain('it could not be loaded');
  expect(said).toContain('**No test proves this fix**, because in 2 tries no test was seen failing on the base.');
  expect(said).not.toContain('Seen failing');
  expect(asked('coder')).toContain('There is no failing test: in 2 tries');
});

test('where no test can be written the pull request says so, with the reason and without its mentions', async () => {
  const { log, said, runs } = await fix('KEY-cannot');

  expect(log.find((event) => event.type === 'unreproducible')).toMatchObject({
    reason: expect.stringContaining('printer'),
  });
  expect(said).toMatch(/\*\*No test proves this fix\*\*, because it needs a printer of /);
  expect(said).not.toContain(' @somebody');
  expect(runs).toBe(2);
});

test('a new test that passes without the change is sent back once; then people read that it proves nothing', async () => {
  const { log, said, asked } = await fix('KEY-unproven');

  const verdicts = log.filter((event) => event.type === 'judged');
  expect(verdicts.map(({ verdict, isUnproven }) => [verdict, isUnproven ?? false])).toEqual([
    ['failed', true],
    ['passed', false],
  ]);
  expect(asked('debugger')).toContain('the new tests pass without your change as well, so they prove nothing');
  expect(said).toContain('**No test proves this fix.** The new tests pass without the change as well');
});

const twoChecks = reportingSumFiles[workflowPath]
  .replace(`'["test"]'`, `'["test", "types"]'`)
  .replace(/( +)test\) (NODE_OPTIONS.*);;/, '$1test) $2;;\n$1types) grep -q "a + b" sum.js ;;');

test('chosen checks alone are no success: they pass, the coder hears it, and then all of them run', async () => {
  const { log, asked, runs } = await fix('KEY-part', { ...reportingSumFiles, [workflowPath]: twoChecks });

  expect(asked('coder')).toContain('`types` passed with it. `test` did not run yet');
  expect(log.find((event) => event.type === 'partly-passed')?.results.map(({ check }) => check)).toEqual(['types']);
  const judged = log.filter((event) => event.type === 'judged');
  expect(judged.map(({ verdict, results }) => [verdict, results.map(({ check }) => check)])).toEqual([
    ['passed', ['test', 'types']],
  ]);
  // The chosen one alone; the candidate, the base and the base with the new tests.
  expect(runs).toBe(4);
});

test('where the repository turned it off nothing runs on the base for it, and that is said', async () => {
  const policy = 'evidence: { test_first: off }\n';

  const { log, said, runs } = await fix('KEY-off', { ...reportingSumFiles, '.github/ai-fix.yml': policy });

  expect(typesOf(log)).not.toContain('reproduction-begun');
  expect(said).toContain('**No test proves this fix**, because `evidence.test_first` is `off`');
  expect(runs).toBe(2);
});

test('where no reports are kept the pull request says how to turn that on', async () => {
  const { log, said } = await fix('KEY-plain', sumFiles);

  expect(typesOf(log)).not.toContain('reproduction-begun');
  expect(said).toContain(
    'because no check keeps a test report. How to turn that on: "Evidence" in docs/sandbox-workflow.md',
  );
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});
