import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { changesBetween, type LocalRepository, makeLocalRepository } from '../support/local-repository.ts';
import { tryLocally } from '../support/local-try.ts';
import { alwaysWrong, calls, finished, rightFirstTime, rightPatch, wrongThenRight } from '../support/scripts.ts';
import { sumFiles } from '../support/sum-repository.ts';

/** What stands on a person's disk: no workflow, so the manifest says what the checks are. */
const { '.github/workflows/ai-fix-sandbox.yml': workflow, ...plainFiles } = sumFiles;
const gated = { '.github/ai-fix.yml': 'gates: { plan: required }\n' };

/** A whole fix with real checks: beside other tests it takes a while. */
vi.setConfig({ testTimeout: 180_000 });

let repository: LocalRepository;
/** Where runs have their folders: other tests' are elsewhere. */
let temporary: string;
beforeEach(() => {
  repository = makeLocalRepository(plainFiles);
  temporary = mkdtempSync(join(tmpdir(), 'ai-fix-temporary-'));
  // As root checks run as somebody else, who has to pass.
  chmodSync(temporary, 0o711);
  vi.stubEnv('TMPDIR', temporary);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
  repository.remove();
});

const runFolders = () => readdirSync(temporary).filter((name) => name.startsWith('ai-fix-try-'));
const branches = () => repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').trim().split('\n');

test('a wrong patch is debugged, and the one that passes is left as a branch and nothing else', async () => {
  repository.write({ 'notes.txt': 'not committed\n' });
  const before = repository.snapshot();

  const { result, lines, shown } = await tryLocally(repository.path, { script: wrongThenRight, isEmbedded: true });

  expect(result).toMatchObject({
    version: 1,
    outcome: 'solved',
    why: null,
    endedAt: null,
    state: 'complete',
    base: { branch: 'main' },
    branch: 'ai-fix/add-in-sum-instead-of-subtracting',
    checks: [{ name: 'test', command: 'npm test', from: 'package.json' }],
    // Profile, plan, a reproducer that finds no failing test, two patches, a review.
    turns: 6,
    hasUnknownPrice: false,
    models: ['openai/gpt-6-sol'],
    reviews: [{ opinion: 'accept' }],
  });
  expect(result.attempts.map(({ number, verdict }) => [number, verdict])).toEqual([
    [1, 'failed'],
    [2, 'passed'],
  ]);
  expect(result.attempts[1]?.text).toContain('every test that passed on the base ran and passed');
  expect(result.files.map(({ path }) => path)).toEqual(['five.test.js', 'sum.js']);
  expect(result.usd).toBeGreaterThan(0);
  expect(repository.git('show', `${result.branch}:sum.js`)).toContain('a + b');
  expect(repository.git('rev-parse', `${result.branch}^`).trim()).toBe(result.base.commit);
  expect(repository.git('log', '-1', '--format=%an%n%B', `${result.branch}`)).not.toMatch(/#1|Co-authored|Closes/);
  const changed = changesBetween(before, repository.snapshot());
  expect(changed.filter((path) => !/^\.git\/(?:objects|refs\/heads)(?:\/|$)/.test(path))).toEqual([]);
  expect(changed.filter((path) => path.startsWith('.git/refs/heads/'))).toEqual([
    '.git/refs/heads/ai-fix',
    `.git/refs/heads/${result.branch}`,
  ]);
  expect(repository.git('fsck', '--strict')).toBe('');
  expect(lines.join('\n')).toMatch(/uncommitted changes are not seen.*notes\.txt/);
  expect(lines).toContain('attempt 1: failed: test failure');
  expect(shown.join('\n')).toContain('Let `sum` add, and test it with 2 and 3.');
  // Run 3 is that of the new test without the change.
  expect(result.report).toMatch(
    /## Ready for review[\s\S]*\[this run\]\(#run-4\)[\s\S]*\[On the base\]\(#run-3\)[\s\S]*### Run 4/,
  );
  expect(runFolders()).toEqual([]);
});

test("the checks of the repository's own sandbox workflow are run as they stand there", async () => {
  repository.write({ '.github/workflows/ai-fix-sandbox.yml': workflow });
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '--message', 'the workflow');

  // Its install step has the network and finds nothing to install.
  const { result, questions } = await tryLocally(repository.path, { script: rightFirstTime, answers: ['y'] });

  expect(questions).toEqual([expect.stringContaining('Run it?')]);
  expect(result.checks).toMatchObject([{ name: 'test', from: '.github/workflows/ai-fix-sandbox.yml' }]);
  expect(result).toMatchObject({ outcome: 'solved', attempts: [{ verdict: 'passed' }] });
});

test('a plan that waits is shown, is written anew as the person says, and goes on once it is approved', async () => {
  repository.write(gated);
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '--message', 'a gate');

  const answers = ['Test negative numbers too', 'y'];
  const { result, questions, model, shown } = await tryLocally(repository.path, { script: rightFirstTime, answers });

  expect(result.outcome).toBe('solved');
  expect(questions).toHaveLength(2);
  expect(shown.filter((text) => text.startsWith('## Plan'))).toHaveLength(2);
  const architects = model.requests.filter(({ role }) => role === 'architect');
  expect(JSON.stringify(architects.at(-1)?.body.messages)).toContain('Test negative numbers too');
});

test.each([
  ['that the person refuses', ['n'], 'you said no to the plan', 'stopped'],
  ['at which nobody answers', [], 'nobody answered at the gate of the plan', 'awaiting-approval'],
])('a gate %s leaves nothing in the repository', async (_what, answers, why, state) => {
  repository.write(gated);
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '--message', 'a gate');
  const before = repository.snapshot();

  const { result } = await tryLocally(repository.path, { script: rightFirstTime, answers });

  expect(result).toMatchObject({ outcome: 'waiting', branch: null, commit: null, state, attempts: [] });
  expect(result.why).toContain(why);
  expect(changesBetween(before, repository.snapshot())).toEqual([]);
});

test('a patch that touches what judges it is shown and needs a yes', async () => {
  const manifest: [string, Record<string, unknown>] = [
    'edit_file',
    { path: 'package.json', old_text: '"name": "sum"', new_text: '"name": "sums"' },
  ];
  const edit: [string, Record<string, unknown>] = [
    'edit_file',
    { path: 'sum.js', old_text: 'a - b', new_text: 'a + b' },
  ];
  const script = { ...rightFirstTime, coder: [[calls(manifest, edit, finished('`sum` adds now.'))]] as const };

  const { result, shown, questions } = await tryLocally(repository.path, {
    script: script as unknown as typeof rightFirstTime,
    answers: ['y'],
  });

  expect(questions).toEqual([expect.stringContaining('Put this patch on a branch?')]);
  expect(shown.at(-1)).toContain('+{ "name": "sums"');
  expect(result.outcome).toBe('solved');
});

test('a budget that is reached ends it, with what was tried', async () => {
  const { result } = await tryLocally(repository.path, { script: alwaysWrong, budget: { attempts: 2 } });

  expect(result).toMatchObject({ outcome: 'not-solved', branch: null, state: 'abandoned', endedAt: 'attempt' });
  expect(result.why).toContain('the limit of 2 attempts');
  expect(result.attempts.map(({ verdict }) => verdict)).toEqual(['failed', 'failed']);
  expect(result.report).toContain('## ai-fix gave up');
  expect(branches()).toEqual(['main']);
});

test('a branch that git refuses in the end costs nothing of the work: the commit is kept and can be fetched', async () => {
  const { result, lines } = await tryLocally(repository.path, {
    script: rightFirstTime,
    onLine: (line) => {
      // From now on no name below ai-fix/ is free.
      if (line.startsWith('attempt 1:') && !branches().includes('ai-fix')) repository.git('branch', 'ai-fix');
    },
  });

  expect(result).toMatchObject({ outcome: 'not-solved', branch: null, state: 'complete' });
  const [, depot = '', branch = ''] = /take it with: git fetch (\S+) (\S+):/.exec(result.why ?? '') ?? [];
  expect(lines.at(-1)).toContain('everything of this run is kept in');
  repository.git('fetch', '--quiet', depot, `${branch}:rescued`);
  expect(repository.git('show', 'rescued:sum.js')).toContain('a + b');
});

test('a patch that the reviewer model objects to a third time is asked about, even where every gate is opened', async () => {
  const finding = { kind: 'missing-case', must_fix: true, path: 'sum.js', line: 2, text: 'Nothing is not zero.' };
  const objection = calls(['post_review', { verdict: 'send-back', findings: [finding], summary: '' }]);
  const edited = (old: string, text: string) =>
    calls(['edit_file', { path: 'sum.js', old_text: old, new_text: text }], finished('`sum` adds.'));
  const script = {
    ...rightFirstTime,
    // A patch that was sent back begins with the second.
    debugger: [[rightPatch], [edited('a + b;', 'a + b; // once')], [edited('once', 'twice')]] as const,
    reviewer: [[objection]] as const,
  };

  const { result, questions, shown } = await tryLocally(repository.path, {
    script: script as unknown as typeof rightFirstTime,
    mayProceed: true,
  });

  expect(result).toMatchObject({ outcome: 'waiting', branch: null, state: 'awaiting-approval' });
  expect(questions).toEqual([expect.stringContaining('Put this patch on a branch?')]);
  expect(shown.at(-1)).toContain('Nothing is not zero.');
  expect(branches()).toEqual(['main']);
});

test('a stop ends a turn in the middle, and leaves nothing behind', async () => {
  const before = repository.snapshot();
  const slow = { ...rightFirstTime, coder: [[{ ...rightPatch, delayMs: 60_000 }]] as const };
  const stop = new AbortController();

  const { result } = await tryLocally(repository.path, {
    script: slow as unknown as typeof rightFirstTime,
    signal: stop.signal,
    onLine: (line) => {
      if (line.startsWith('attempt 1:')) stop.abort();
    },
  });

  expect(result).toMatchObject({ outcome: 'stopped', branch: null, state: 'stopped', endedAt: 'attempt' });
  expect(result.tookMs).toBeLessThan(50_000);
  expect(changesBetween(before, repository.snapshot())).toEqual([]);
  expect(runFolders()).toEqual([]);
});

test('a branch that is there is never moved: the next free name is taken', async () => {
  repository.git('branch', 'ai-fix/add-in-sum-instead-of-subtracting');

  const { result } = await tryLocally(repository.path, { script: rightFirstTime });

  expect(result.branch).toBe('ai-fix/add-in-sum-instead-of-subtracting-2');
  expect(branches()).toHaveLength(3);
});

test('where a branch is called ai-fix, names stand beside it', async () => {
  repository.git('branch', 'ai-fix');

  const { result } = await tryLocally(repository.path, { script: rightFirstTime });

  expect(result.branch).toBe('ai-fix-add-in-sum-instead-of-subtracting');
});
