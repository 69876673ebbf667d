import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readBaseFailure } from '../../../src/cli/try/base-failure.ts';
import type { FoundFixers } from '../../../src/cli/try/found-checks.ts';
import { lookAtBase } from '../../../src/cli/try/look-at-base.ts';
import { createCheckLog } from '../../../src/local/check-log.ts';
import type { BaseCheck, LocalSandbox } from '../../../src/local/local-sandbox.ts';
import { SandboxFault } from '../../../src/local/run-check.ts';

function ended(said: string, more: Partial<BaseCheck> & { code?: number } = {}): BaseCheck {
  const { code = 1, ...end } = more;
  const log = createCheckLog(1_000_000);
  log.add(`##[group]Run it\n##[endgroup]\n${said}\n`);
  if (end.conclusion !== 'success') log.add(`\n##[error]Process completed with exit code ${code}.\n`);
  return { name: 'test', job: 1, conclusion: 'failure', failedStep: 'check', tookMs: 300, log, reports: null, ...end };
}

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/failure-logs/${name}`, import.meta.url), 'utf8');

async function look(
  ends: readonly BaseCheck[],
  {
    answers = [] as string[],
    mayBeginBroken = false,
    fixesChecks = false,
    fixers = null as Pick<FoundFixers, 'names' | 'before'> | null,
  } = {},
) {
  const lines: string[] = [];
  const questions: string[] = [];
  const sandbox = { lookAtBase: async () => ends } as unknown as LocalSandbox;
  const desk = {
    progress: (line: string) => void lines.push(line),
    show: () => undefined,
    ask: async (question: string) => {
      questions.push(question);
      return answers[questions.length - 1] ?? null;
    },
  };
  const order = { signal: new AbortController().signal, secrets: ['geheim-0815-geheim'], mayBeginBroken, fixesChecks };
  const checks = ends.map(({ name }) => ({ name, command: name, from: '--check', script: '', environment: {} }));
  const refused = await lookAtBase(sandbox, { checks, fixers }, order, desk).then(
    () => null,
    (error: Error) => error,
  );
  return { lines, questions, refused };
}

test.each([
  ['/usr/bin/python3: No module named pytest'],
  [
    "error: no matching package named `serde` found\nAs a reminder, you're using offline mode (--offline) which can lead to surprising errors",
  ],
  ['error: failed to get `rand`\n\nCaused by:\n  attempting to make an HTTP request, but --offline was specified'],
  [
    '[ERROR] Plugin org.apache.maven.plugins:maven-surefire-plugin:3.2.5 or one of its dependencies could not be resolved: Cannot access central (https://repo.maven.apache.org/maven2) in offline mode and the artifact org.apache.maven.plugins:maven-surefire-plugin:jar:3.2.5 has not been downloaded from it before. -> [Help 1]',
  ],
  [
    '> Could not resolve all files for configuration\n   > No cached version of org.junit:junit-bom:5.10.0 available for offline mode.',
  ],
  [
    'npm error code EAI_AGAIN\nnpm error request to https://registry.npmjs.org/vitest failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org',
  ],
  [
    'main.go:3:8: github.com/pkg/errors@v0.9.1: Get "https://proxy.golang.org/github.com/pkg/errors/@v/v0.9.1.zip": dial tcp: lookup proxy.golang.org: no such host',
  ],
  ['sh: 1: vitest: not found\nmake: *** [Makefile:2: test] Error 127'],
])('a check that never came to the code seems unable to run: %j', (said) => {
  expect(readBaseFailure(ended(said))).toBe('seems-unable');
});

test('a command that is not there cannot run, by the code of the shell', () => {
  expect(readBaseFailure(ended('x: command not found', { code: 127 }))).toBe('cannot-run');
});

test.each([
  'vitest.txt',
  'jest.txt',
  'mocha.txt',
  'node-spec.txt',
  'pytest.txt',
  'unittest.txt',
  'go-test.txt',
  'go-json.txt',
  'go-build.txt',
  'cargo.txt',
  'rustc.txt',
  'maven-surefire.txt',
  'maven-compile.txt',
  'gradle.txt',
  'eslint.txt',
  'tsc.txt',
])('what the log %s tells can be mended', (name) => {
  expect(readBaseFailure(ended(fixture(name)))).toBe('told');
});

test.each([
  ['AssertionError [ERR_ASSERTION]: -1 == 5'],
  ['Traceback (most recent call last):\n  File "t.py", line 1, in <module>\nAssertionError'],
  ['Exception in thread "main" java.lang.IllegalStateException: no'],
])('a program that fails with an error of its own says something: %j', (said) => {
  expect(readBaseFailure(ended(said))).toBe('told');
});

test.each([
  ['[warn] src/a.js\n[warn] Code style issues found in the above file. Run Prettier with --write to fix.', 'style'],
  ['main.go', 'format'],
  ['main.go:4:2: missing go.sum entry for module providing package rsc.io/quote; to add:\n\tgo get x', 'vet'],
  ['error: the lock file /w/Cargo.lock needs to be updated but --locked was passed', 'test'],
])('what a fixer of a known kind mends says something: %j', (said, name) => {
  expect(readBaseFailure(ended(said, { name }))).toBe('told');
});

const staleLock = `npm error code EUSAGE
npm error
npm error \`npm ci\` can only install packages when your package.json and package-lock.json are in sync. Please update your lock file with \`npm install\` before continuing.
npm error
npm error Missing: left-pad@1.3.0 from lock file
npm error
npm error Clean install a project
npm error
npm error Usage:
npm error npm ci
npm error
npm error Options:
npm error [--install-strategy <hoisted|nested|shallow|linked>] [--legacy-bundling]
npm error [--global-style] [--omit <dev|optional|peer> [--omit <dev|optional|peer> ...]]
npm error [--include <prod|dev|optional|peer> [--include <prod|dev|optional|peer> ...]]
npm error [--strict-peer-deps] [--foreground-scripts] [--ignore-scripts] [--no-audit]
npm error [--no-bin-links] [--no-fund] [--dry-run]
npm error
npm error aliases: clean-install, ic, install-clean, isntall-clean
npm error
npm error Run "npm help ci" for more info
npm error A complete log of this run can be found in: /home/runner/.npm/_logs/x-debug-0.log`;

test('a lockfile behind its manifest fails the set-up, and is for the fixer whose step stands before that', async () => {
  const step = (fixer: string | null) => ({ script: 'x', environment: {}, fixer });
  const fixers = { names: ['lockfile', 'format'], before: [step('lockfile'), step(null)] };
  const stale = ended(staleLock, { failedStep: 'set-up' });
  const order = { fixesChecks: true, fixers };

  expect((await look([stale], order)).refused).toBeNull();
  expect((await look([stale])).refused?.message).toMatch(/the set-up failed[\s\S]*Missing: left-pad/);
  // Without a step of its own it comes too late.
  expect((await look([stale], { ...order, fixers: { ...fixers, before: [step(null)] } })).refused).not.toBeNull();
  expect((await look([ended('no space left', { failedStep: 'set-up' })], order)).refused).not.toBeNull();
});

test('what only seems unable to run may be meant so; a program that is not there may not', async () => {
  const guessed = ended('Error: getaddrinfo ENOTFOUND api.example.com');

  expect((await look([guessed])).refused?.message).toContain('--broken-base');
  for (const meant of [{ mayBeginBroken: true }, { fixesChecks: true }]) {
    expect((await look([guessed], meant)).refused).toBeNull();
    expect((await look([ended('x: not found', { code: 127 })], meant)).refused).not.toBeNull();
  }
});

test('a test that wants the network is a failing test like any other', () => {
  const said = fixture('vitest.txt').replace(/expected/, 'getaddrinfo EAI_AGAIN example.com; expected');

  expect(readBaseFailure(ended(said))).toBe('told');
});

test.each([
  [
    'a file that cannot be loaded',
    '<error message="collection failure">E   ModuleNotFoundError: No module named requests</error>',
    'untold',
  ],
  ['a test that failed', '<failure message="assert -1 == 5">assert -1 == 5</failure>', 'told'],
])('a report with %s tells as much as that', (_what, inside, expected) => {
  const text = `<testsuite name="s"><testcase classname="a" name="b">${inside}</testcase></testsuite>`;

  expect(readBaseFailure(ended('', { reports: { files: [{ path: 'a.xml', text }], fault: null } }))).toBe(expected);
});

test('each failure on the base is shown with its last lines, without secrets', async () => {
  const { lines, refused } = await look([
    ended('one\ntwo geheim-0815-geheim\nAssertionError: no\nfour\nfive\nsix\nseven'),
  ]);

  expect(refused).toBeNull();
  expect(lines).toContain('  seven');
  expect(lines.join('\n')).not.toMatch(/geheim-0815-geheim|##\[|^ {2}one$/m);
});

test('one check that cannot run ends it, whatever the others do', async () => {
  const { refused, questions } = await look([
    ended('fine', { name: 'lint', conclusion: 'success' }),
    ended('/usr/bin/python3: No module named pytest'),
  ]);

  expect(refused?.message).toMatch(
    /the check test cannot be run in the sandbox:\n.*No module named pytest\n[\s\S]*no network/,
  );
  expect(questions).toEqual([]);
});

const silent = ended('');

test('where every check fails without a word of a test, a person is asked, and without one it ends', async () => {
  const nobody = await look([silent, ended('collected 0 items', { name: 'unit', code: 5 })]);
  expect(nobody.questions).toHaveLength(1);
  expect(nobody.refused?.message).toMatch(/nothing passes \(test, unit\)[\s\S]*--broken-base/);

  expect((await look([silent], { answers: ['n'] })).refused).not.toBeNull();
  expect((await look([silent], { answers: ['y'] })).refused).toBeNull();
});

test('nobody is asked where one check passes or tells what fails, or where it is meant so', async () => {
  const [passing, telling] = [
    ended('', { name: 'a', conclusion: 'success' }),
    ended('AssertionError: no', { name: 'b' }),
  ];

  expect(await look([silent, passing])).toMatchObject({ refused: null, questions: [] });
  expect(await look([silent, telling])).toMatchObject({ refused: null, questions: [] });
  expect(await look([silent], { mayBeginBroken: true })).toMatchObject({ refused: null, questions: [] });
});

test('where no check keeps a report it is said what that means', async () => {
  const report = { files: [{ path: 'a.xml', text: '<testsuite/>' }], fault: null };
  const passing = { conclusion: 'success' } as const;

  expect((await look([ended('', passing)])).lines.at(-1)).toContain('no failing test is asked for first');
  expect((await look([ended('', { ...passing, reports: report })])).lines.at(-1)).toContain('passes');
});

test('a sandbox that cannot be made ends it as what is missing on this machine', async () => {
  const sandbox = {
    lookAtBase: async () => {
      throw new SandboxFault('the sandbox could not be started: no user namespaces');
    },
  } as unknown as LocalSandbox;
  const desk = { progress: () => undefined, show: () => undefined, ask: async () => null };
  const order = { signal: new AbortController().signal, secrets: [] };

  await expect(lookAtBase(sandbox, { checks: [], fixers: null }, order, desk)).rejects.toMatchObject({
    name: 'ConfigError',
    problems: ['the sandbox could not be started: no user namespaces'],
  });
});
