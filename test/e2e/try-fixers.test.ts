import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type FixersOrder, unformattedFiles } from '../support/fixers-repository.ts';
import { type LocalRepository, makeLocalRepository } from '../support/local-repository.ts';
import { tryLocally } from '../support/local-try.ts';
import { calls, finished, type RoleScripts, rightFirstTime } from '../support/scripts.ts';

/** `ai-fix try --fix-checks`: the App's own story of failing checks, with the fixers in bubblewrap. */
vi.setConfig({ testTimeout: 180_000 });

let temporary: string;
let repository: LocalRepository | undefined;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'ai-fix-temporary-'));
  // As root checks run as somebody else, who has to pass.
  chmodSync(temporary, 0o711);
  vi.stubEnv('TMPDIR', temporary);
});
afterEach(() => repository?.remove());
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

const trimmed: RoleScripts = {
  ...rightFirstTime,
  coder: [
    [calls(['edit_file', { path: 'sum.js', old_text: 'a - b; ', new_text: 'a + b;' }], finished('No blank is left.'))],
  ],
};

function unformatted(order: FixersOrder = {}, without: readonly string[] = []): LocalRepository {
  const files = Object.entries(unformattedFiles(order)).filter(([path]) => !without.includes(path));
  repository = makeLocalRepository(Object.fromEntries(files));
  return repository;
}

test('a check that a formatter mends is mended on a branch, without any model, key or cost', async () => {
  const { path, git } = unformatted();

  const noModels = { providers: {} };
  const order = { script: trimmed, fixesChecks: true, mayProceed: true, models: noModels } as const;
  const { result, lines, questions } = await tryLocally(path, order);

  expect(result).toMatchObject({ outcome: 'solved', usd: 0, turns: 0, models: [] });
  expect(git('show', `${result.branch}:sum.js`)).toBe('export const sum = (a, b) => a - b;\n');
  expect(git('diff', '--name-only', `main...${result.branch}`).trim()).toBe('sum.js');
  expect(result.report).toContain('Their run tells: `format` changed 1 file.');
  expect(result.report).toContain('**No model reviewed it.**');
  expect(lines).toContain('these fixers may mend it without a model: format');
  expect(questions).toEqual([]);
});

test('where their patch leaves a check red, models go on from the failing commit', async () => {
  const { path, git } = unformatted({ format: 'echo // >>sum.js' });

  const { result, lines } = await tryLocally(path, { script: trimmed, fixesChecks: true, mayProceed: true });

  expect(lines).toContain('the fixers: failed: format failure');
  expect(result).toMatchObject({ outcome: 'solved', reviews: [{ opinion: 'accept' }] });
  expect(git('show', `${result.branch}:sum.js`)).toBe('export const sum = (a, b) => a + b;\n');
});

test('a fixer that writes expectations anew is asked about, and told of in the report', async () => {
  const { path } = unformatted({
    fixers: ['snapshots'],
    check: "node scripts/format.js --check || (echo '1 snapshot failed'; exit 1)",
    configuration: 'fixers: { snapshots: true }\n',
  });

  // The set-up of the workflow, then the patch.
  const answers = ['y', 'y'];
  const { result, shown } = await tryLocally(path, { script: trimmed, fixesChecks: true, answers });

  expect(shown.join('\n')).toContain('`snapshots`: this fixer writes anew what tests expect');
  expect(shown.join('\n')).toContain('no model has read it');
  expect(result).toMatchObject({ outcome: 'solved', turns: 0 });
  expect(result.report).toContain(
    'A fixer that changes expectations was to run: `snapshots` writes anew what tests expect',
  );
});

test('what is stopped before there is a pull request ends, and leaves nothing', async () => {
  const { path, git } = unformatted({ format: 'sleep 60' });
  const stop = new AbortController();
  const onLine = (line: string): void => {
    if (line.startsWith('these fixers may mend it')) stop.abort();
  };

  const order = { script: trimmed, fixesChecks: true, mayProceed: true, signal: stop.signal, onLine } as const;
  const { result } = await tryLocally(path, order);

  expect(result).toMatchObject({ outcome: 'stopped', branch: null });
  expect(git('for-each-ref', '--format=%(refname:short)', 'refs/heads').trim()).toBe('main');
});

test('where nothing of the fixers is used and there is no key, the report says why', async () => {
  const { path } = unformatted({ format: 'echo // >>sum.js' });

  const noModels = { providers: {} };
  const order = { script: trimmed, fixesChecks: true, mayProceed: true, models: noModels } as const;
  const { result } = await tryLocally(path, order);

  expect(result).toMatchObject({ outcome: 'not-solved', fixers: { names: ['format'], end: 'none' } });
  expect(result.report).toContain(`Nothing of the fixers is used: ${result.fixers?.reason}.`);
});

test('without fixers and without a key nothing begins', async () => {
  const { path } = unformatted({ configuration: 'fixers: { when: off }\n' });

  const order = { script: trimmed, fixesChecks: true, mayProceed: true, models: { providers: {} } } as const;

  await expect(tryLocally(path, order)).rejects.toMatchObject({
    name: 'ConfigError',
    problems: [expect.stringMatching(/fixers\.when is off[\s\S]*nor a key/)],
  });
});

test('a lockfile behind its manifest is refreshed, although without it nothing can be set up', async () => {
  const files = unformattedFiles({ check: 'true', fixers: ['lockfile'] });
  const { scripts } = JSON.parse(files['package.json'] ?? '');
  const root = { name: 'sum', dependencies: { own: 'file:own' } };
  const made = makeLocalRepository({
    ...files,
    'package.json': JSON.stringify({ ...root, type: 'module', scripts }),
    'own/package.json': JSON.stringify({ name: 'own', version: '1.0.0' }),
    'package-lock.json': JSON.stringify({ name: 'sum', lockfileVersion: 3, packages: { '': { name: 'sum' } } }),
  });
  repository = made;

  const order = { script: trimmed, fixesChecks: true, mayProceed: true, models: { providers: {} } } as const;
  const { result } = await tryLocally(made.path, order);

  expect(result).toMatchObject({ outcome: 'solved', turns: 0, fixers: { names: ['lockfile'], end: 'patched' } });
  expect(made.git('diff', '--name-only', `main...${result.branch}`).trim()).toBe('package-lock.json');
});

test('where nothing fails there is nothing to begin', async () => {
  const { path } = unformatted({ check: 'true' });

  const trying = tryLocally(path, { script: trimmed, fixesChecks: true, mayProceed: true });

  await expect(trying).rejects.toThrow('--fix-checks: every check passes on main');
});
