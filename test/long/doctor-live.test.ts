import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askGitHub, isPlainlyScratch } from '../../src/cli/live/ask-github.ts';
import type { Result, Verdict } from '../../src/cli/live/experiment.ts';
import { experiments } from '../../src/cli/live/experiments.ts';
import type { LabPace, Leftover } from '../../src/cli/live/lab.ts';
import { markdownTable, textTable } from '../../src/cli/live/table.ts';
import { readSettings } from '../../src/config/environment.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { startCli } from '../support/app-process.ts';
import { captureTerminal } from '../support/captured-terminal.ts';
import { until } from '../support/house.ts';
import { openStands, type Stands } from '../support/stands.ts';
import { tinyFiles } from '../support/tiny-repository.ts';

const fullName = 'acme/shop-scratch';
const repository = { owner: 'acme', name: 'shop-scratch' };
const pushWorkflow = `on: push
jobs:
  nothing:
    runs-on: ubuntu-latest
    steps:
      - run: "true"
`;
const files = { ...tinyFiles, '.github/workflows/push.yml': pushWorkflow };
const pace: LabPace = { pollMs: 100, runMs: 30_000, pushRunMs: 10_000, quietMs: 1_000, tokenMs: 5_000 };

let stands: Stands;
let environment: Record<string, string>;

beforeEach(async () => {
  stands = await openStands({});
  environment = await stands.environment('data');
});
afterEach(() => stands.close());

interface Answer {
  readonly results: readonly Result[];
  readonly leftovers: readonly Leftover[];
}

async function ask(how: { pace?: Partial<LabPace>; only?: string } = {}) {
  const settings = readSettings(environment);
  const terminal = captureTerminal();
  const { signal } = new AbortController();
  const asked = experiments.filter(({ name }) => name.includes(how.only ?? ''));
  const order = { repository, format: 'json', signal, pace: { ...pace, ...how.pace }, experiments: asked } as const;
  const exit = await askGitHub(settings, createRedactor(settings.secrets), order, terminal);
  const { results, leftovers } = JSON.parse(terminal.said) as Answer;
  const of = (name: string) => results.find((result) => result.name.includes(name));
  const names = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).map(({ name }) => name);
  return { exit, results, leftovers, of, names };
}

/** A pull request of a person, which another one has approved. */
async function approvedPullRequest(): Promise<number> {
  const { github } = stands;
  github.setRole(fullName, 'alice', 'write');
  github.setRole(fullName, 'bob', 'write');
  await github.commit(fullName, { branch: 'by-hand', from: 'main', files: { a: 'a' }, message: 'a', author: 'alice' });
  const pull = { title: 'By hand', head: 'by-hand', base: 'main' };
  const { number } = await github.as('alice').post<{ number: number }>(`/repos/${fullName}/pulls`, pull);
  await github.as('bob').post(`/repos/${fullName}/pulls/${number}/reviews`, { event: 'APPROVE' });
  return number;
}

const openPullRequests = () => stands.github.pullRequests(fullName).filter(({ state }) => state === 'open');

async function createScratch(): Promise<void> {
  await stands.github.createRepository({ fullName, files });
  stands.github.runPushes(fullName, 'branches');
}

/** The stand-in's runner saves no caches; this is what GitHub would do when a run begins. */
function saveCacheOf(refOf: (branch: string) => string): void {
  stands.github.faults.add({
    method: 'POST',
    path: /\/dispatches$/,
    act: ({ body }) => {
      const { ref } = body as { ref: string };
      stands.github.saveCache(fullName, { key: 'built', ref: refOf(ref) });
    },
  });
}

/** What GitHub might do otherwise, by a part of the experiment's name, and what is then found. */
const changes: readonly (readonly [name: string, change: () => void | Promise<void>, found: string])[] = [
  ['a ref with other workflows', () => stands.github.takeOtherWorkflows(fullName), 'taken'],
  ['refs/ai-fix/ starts nothing', () => stands.github.runPushes(fullName, 'every ref'), 'on push'],
  ['title carries', () => stands.github.tamperRun(fullName, 'every', { display_title: 'sandbox' }), '"sandbox"'],
  ['commit is the branch', () => stands.github.tamperRun(fullName, 'every', { run_attempt: 2 }), 'attempt 2'],
  ['stays with its branch', () => saveCacheOf(() => 'refs/heads/main'), 'one of refs/heads/main'],
  [
    'dismissing',
    async () => {
      await approvedPullRequest();
      stands.github.refuseDismissals(fullName);
    },
    'refused: the review of bob',
  ],
  ['drafts', () => stands.github.refuseDrafts(fullName), '422, then a plain one, in a public repository'],
  ['without author is signed', () => tamperSignature(), 'not (unsigned)'],
  ['a new token', () => refuseTokens(), '401 for 1 s and longer'],
  ["job's log", () => tamperLog(), '200'],
  ['tells its run', () => refuseRunDetails(), 'no id'],
  ['out of draft', () => pretendReady(), 'still a draft'],
];

describe('ai-fix doctor --live', () => {
  it('finds everything as the design expects it, and leaves nothing behind', async () => {
    await createScratch();
    const byHand = await approvedPullRequest();
    saveCacheOf((branch) => `refs/heads/${branch}`);
    const refsBefore = stands.github.refs(fullName);

    const { exit, results, leftovers, names } = await ask();

    expect(results.filter(({ verdict }) => verdict !== 'as expected')).toEqual([]);
    expect(names('as expected')).toHaveLength(14);
    expect(exit).toBe(0);
    expect(leftovers).toEqual([]);
    expect(stands.github.refs(fullName)).toEqual(refsBefore);
    expect(openPullRequests().map(({ number }) => number)).toEqual([byHand]);
    expect(stands.github.caches(fullName)).toEqual([]);
    expect(stands.github.runs(fullName).filter(({ status }) => status !== 'completed')).toEqual([]);
    expect(stands.github.reviews(fullName, byHand).map(({ state }) => state)).toEqual(['DISMISSED']);
    expect(stands.github.journal.entries.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it.each(changes)('tells that GitHub is otherwise: %s', async (name, change, found) => {
    await createScratch();
    await change();

    const { exit, of } = await ask({ pace: { tokenMs: 1_000 }, only: name });

    expect(of(name)?.verdict).toBe('different');
    expect(of(name)?.found).toContain(found);
    expect(exit).toBe(1);
  });

  it('tells that a run cannot have the candidate', async () => {
    await createScratch();
    stands.github.tamperJobs(fullName, 'every', (jobs) =>
      jobs.map((job) => ({ ...job, steps: [{ name: 'Run actions/checkout', conclusion: 'failure' }] })),
    );

    const { of } = await ask({ only: 'checks the candidate out' });

    expect(of('checks the candidate out')?.verdict).toBe('different');
  });

  it('says what it cannot ask with rights of its own, and how it becomes possible', async () => {
    await stands.github.createRepository({ fullName, files: { 'README.md': '' } });

    const { exit, of, names } = await ask();

    expect(exit).toBe(0);
    expect(names('different')).toEqual([]);
    expect(of('refs/ai-fix/')?.found).toContain('add .github/workflows/push.yml');
    expect(of('tells its run')?.found).toContain('npx ai-fix init');
    expect(of('checks the candidate out')?.found).toContain('npx ai-fix init');
    expect(of('dismissing')?.found).toContain('have another account approve it');
    expect(Object.keys(stands.github.refs(fullName))).toEqual(['refs/heads/main']);
  });

  it('ends when a run does not, and cancels it', async () => {
    await createScratch();
    stands.github.hangRuns(fullName);

    const { of, leftovers } = await ask({ pace: { runMs: 500, pushRunMs: 2_000 } });

    expect(of('checks the candidate out')?.verdict).toBe('not asked');
    expect(of('checks the candidate out')?.found).toContain('has not ended');
    expect(leftovers).toEqual([]);
    await until('the runs are cancelled', 5_000, () =>
      stands.github.runs(fullName).every(({ conclusion }) => conclusion === 'cancelled'),
    );
  });

  it('cleans up where one is refused in the middle, and names what is left', async () => {
    await createScratch();
    stands.github.faults.add({ method: 'POST', path: /\/pulls$/, times: 9, act: { status: 403 } });
    stands.github.faults.add({ method: 'DELETE', path: /\/git\/refs\/heads/, times: 9, act: { status: 403 } });

    const { exit, of, leftovers } = await ask();

    expect(exit).toBe(1);
    expect(of('one empty commit')?.verdict).toBe('different');
    expect(of('out of draft')?.found).toContain('the pull request is needed for it');
    expect(leftovers.map(({ what }) => what)).toEqual([expect.stringMatching(/^the branch ai-fix\/doctor-/)]);
    expect(Object.keys(stands.github.refs(fullName)).filter((ref) => ref.startsWith('refs/ai-fix/'))).toEqual([]);
  });

  it('does not take a GitHub that is down for one that is otherwise', async () => {
    await createScratch();
    stands.github.faults.add({ method: 'POST', path: /\/git\/commits$/, times: 99, act: { status: 502 } });

    const { names } = await ask();

    expect(names('different')).toEqual([]);
    expect(names('not asked').length).toBeGreaterThan(10);
  });

  it('cleans up after Ctrl-C, and prints no token', async () => {
    await stands.github.createRepository({ fullName, files: tinyFiles });
    stands.github.hangRuns(fullName);
    const running = startCli(['doctor', '--live', fullName], environment, stands.scratch);
    await until('a run was dispatched', 30_000, () =>
      stands.github.runs(fullName).some(({ event }) => event === 'workflow_dispatch'),
    );

    running.signal('SIGINT');
    const { code } = await running.exit;

    expect(code).toBe(1);
    expect(running.output).toContain('SIGINT: cleaning up');
    expect(running.output).toContain('interrupted');
    expect(running.output).toContain('Cleaned up.');
    expect(Object.keys(stands.github.refs(fullName))).toEqual(['refs/heads/main']);
    expect(openPullRequests()).toEqual([]);
    for (const token of stands.github.tokens.values) expect(running.output).not.toContain(token);
  });

  it.each(['acme/shop', 'acme/latest', 'test/attestations'])('makes nothing in %s unless told twice', async (name) => {
    const running = startCli(['doctor', '--live', name], environment, stands.scratch);
    const { code } = await running.exit;

    expect(code).toBe(64);
    expect(running.output).toContain('--yes-this-is-a-scratch-repository');
    expect(stands.github.journal.entries).toEqual([]);
  });

  it('says in one line that GitHub cannot be reached', async () => {
    const nowhere = { ...environment, GHE_HOST: '127.0.0.1:9' };
    const running = startCli(['doctor', '--live', fullName], nowhere, stands.scratch);
    const { code } = await running.exit;

    expect(code).toBe(1);
    expect(running.output).toMatch(/^ai-fix: GitHub did not let us [^\n]*\n$/);
  });

  it('says that the App is not installed on it', async () => {
    const running = startCli(['doctor', '--live', 'acme/no-test'], environment, stands.scratch);
    const { code } = await running.exit;

    expect(code).toBe(64);
    expect(running.output).toContain('the App is not installed there');
  });
});

describe('what a live run prints', () => {
  const result: Result = {
    name: 'a | b',
    why: 'x',
    expected: 'words that go on for longer than a column of a terminal is wide',
    found: 'x'.repeat(200),
    verdict: 'different',
  };

  it('fits a terminal', () => {
    const lines = textTable([result]).split('\n');

    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
    expect(lines.join('').match(/x/g)?.length).toBeGreaterThanOrEqual(200);
  });

  it('is one row of Markdown for each, whatever GitHub says', () => {
    const hostile = { ...result, found: 'one\n| two <img src=x> `three`\u001b[2J' };

    const lines = markdownTable([result, hostile]).split('\n');

    expect(lines).toHaveLength(4);
    expect(lines[3]).toContain('one \\| two \\<img src=x\\> \\`three\\` [2J');
  });

  it.each([
    ['scratch', true],
    ['shop-sandbox', true],
    ['test-shop', true],
    ['TestBed', true],
    ['my_tests', true],
    ['shop', false],
    ['latest', false],
    ['attestation', false],
    ['testimonials', false],
    ['contest', false],
  ])('%s is plainly a scratch repository: %s', (name, expected) => {
    expect(isPlainlyScratch(name)).toBe(expected);
  });
});

function tamperSignature(): void {
  const author = { name: 'ai-fix[bot]', email: 'x', date: '2026-01-01T00:00:00Z' };
  const verification = { verified: false, reason: 'unsigned', signature: null, payload: null };
  const tree = { sha: 'a'.repeat(40), url: 'x' };
  const body = { author, verification, message: '', parents: [], tree };
  // The first read is of the head, for its tree.
  stands.github.faults.add({ method: 'GET', path: /\/git\/commits\//, act: () => undefined });
  stands.github.faults.add({ method: 'GET', path: /\/git\/commits\//, act: { status: 200, body } });
}

function refuseTokens(): void {
  // The first three reads are the doctor's own, before it measures.
  for (let own = 0; own < 3; own++)
    stands.github.faults.add({ method: 'GET', path: /^\/repos\/acme\/shop-scratch$/, act: () => undefined });
  stands.github.faults.add({ method: 'GET', path: /^\/repos\/acme\/shop-scratch$/, times: 99, act: { status: 401 } });
}

/** As an older GitHub Enterprise Server does, which does not know what is asked for. */
function refuseRunDetails(): void {
  stands.github.faults.add({ method: 'POST', path: /\/dispatches$/, act: { status: 422 } });
}

function pretendReady(): void {
  const body = { data: { markPullRequestReadyForReview: { pullRequest: { isDraft: false } } } };
  stands.github.faults.add({ method: 'POST', path: /graphql$/, act: { status: 200, body } });
}

function tamperLog(): void {
  stands.github.faults.add({ method: 'GET', path: /\/logs$/, act: { status: 200, body: 'a log' } });
}
