import { beforeEach, describe, expect, it } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { numberDispatch } from '../../src/steps/dispatch-validation.ts';
import { setRecipeAside } from '../../src/steps/set-recipe-aside.ts';
import type { RunBurst } from '../../src/workflows/burst.ts';
import { harvest } from '../../src/workflows/bursts/harvest.ts';
import { mend } from '../../src/workflows/bursts/mend.ts';
import { fakeAttempts } from '../support/fake-attempts.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { type FakeSandbox, fakeSandbox } from '../support/fake-sandbox.ts';
import { fakeThread } from '../support/fake-thread.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import {
  sampleAttempt,
  sampleFailing,
  sampleFixAtWork,
  sampleGround,
  sampleRecipe,
  sampleRecipeRun,
  sha,
} from '../support/sample-fix.ts';

const workflow = {
  path: '.github/workflows/ai-fix-sandbox.yml',
  blob: sha('8'),
  checks: ['test'],
  keepsReports: true,
  fixers: ['format', 'lint'],
};

let sandbox: FakeSandbox;
let ports: Ports;
/** What each step comes to, where it is not done. */
let steps: Map<string, unknown>;

beforeEach(() => {
  sandbox = fakeSandbox();
  const parts = { sandbox, effects: fakeEffects(), attempts: fakeAttempts(), thread: fakeThread(), now: () => 1_000 };
  ports = portsForTest({ ...parts, pace: { listingLagMs: 0 } });
  steps = new Map<string, unknown>([
    ['settle the ground', { kind: 'settled', ground: sampleGround, sandbox: workflow }],
  ]);
});

const fixOf = (facts: Partial<Fix> = {}): Fix =>
  sampleFixAtWork({
    ...{ origin: { kind: 'checks', failing: sampleFailing }, state: 'created', attempt: 0, candidate: null },
    recipe: sampleRecipe,
    ...facts,
  });

function run(burst: RunBurst, of: Fix): Promise<FixEvent | null> {
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> =>
    steps.has(name) ? (steps.get(name) as T) : work();
  return burst({ fix: of, ports, step, signal: new AbortController().signal, note: async () => of });
}

describe('fixers', () => {
  it('are dispatched on the base in one job of their own, with the names that the workflow still has', async () => {
    const recipe = { ...sampleRecipe, fixers: ['format', 'gone'] };

    const event = await run(mend, fixOf({ recipe }));

    expect(sandbox.dispatched).toMatchObject([
      { mode: 'recipe', checks: '["fixers"]', fixers: '["format"]', sha: sampleGround.base },
    ]);
    expect(event).toMatchObject({
      type: 'recipe-dispatched',
      run: { tree: 'recipe', sha: sampleGround.base },
      fixers: ['format'],
    });
  });

  it('are dispatched once, although the answer to the dispatch was lost in a crash', async () => {
    sandbox = fakeSandbox({ losesFirstAnswer: true });
    ports = { ...ports, sandbox };
    // A burst that is resumed finds the steps that were through.
    const done = new Map<string, unknown>();
    const resumable = async (): Promise<FixEvent | null> => {
      const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
        if (steps.has(name)) return steps.get(name) as T;
        if (!done.has(name)) done.set(name, await work());
        return done.get(name) as T;
      };
      const fix = fixOf();
      return mend({ fix, ports, step, signal: new AbortController().signal, note: async () => fix });
    };

    await expect(resumable()).rejects.toThrow('the connection broke');
    const event = await resumable();

    expect(sandbox.dispatched).toHaveLength(1);
    expect(event).toMatchObject({ type: 'recipe-dispatched' });
  });

  it('that the workflow does not name any more keep nobody waiting', async () => {
    steps.set('settle the ground', { kind: 'settled', ground: sampleGround, sandbox: { ...workflow, fixers: [] } });

    expect(await run(mend, fixOf())).toEqual({
      type: 'recipe-fruitless',
      reason: expect.stringContaining('does not name them any more'),
    });
    expect(sandbox.dispatched).toEqual([]);
  });

  it('whose run GitHub refuses to start are no fault of the fix', async () => {
    ports = { ...ports, sandbox: fakeSandbox({ refuses: 'Unexpected inputs provided: ["fixers"]' }) };

    expect(await run(mend, fixOf())).toEqual({
      type: 'recipe-fruitless',
      reason: 'GitHub refused to start their run: Unexpected inputs provided: ["fixers"]',
    });
  });

  const running = fixOf({ recipe: { ...sampleRecipe, run: sampleRecipeRun } });
  const expected = { workflowPath: workflow.path, workflowBlob: workflow.blob, checks: ['fixers'] };

  it.each([
    ['goes on', { kind: 'running', remainingMs: 5 }, { type: 'still-running', remainingMs: 5 }],
    [
      'was cancelled',
      { kind: 'void', reason: 'the validation run ended as `cancelled`' },
      { type: 'recipe-fruitless', reason: expect.stringContaining('cancelled') },
    ],
    [
      'failed',
      { kind: 'failed', results: [{ check: 'fixers', jobId: 1, conclusion: 'failure', failedSteps: ['Install'] }] },
      { type: 'recipe-fruitless', reason: 'their run failed in the step Install' },
    ],
  ])('whose run %s are told of as that', async (_what, reading, event) => {
    await numberDispatch(ports, running, expected);
    steps.set('read the run of the fixers', reading);

    expect(await run(harvest, running)).toEqual(event);
  });

  it('go round no approval that the repository wants of every plan', async () => {
    await numberDispatch(ports, running, expected);
    steps.set('read the run of the fixers', { kind: 'passed', results: [] });
    steps.set('take in the patch of the fixers', { kind: 'patch', asks: [] });
    const gates = { ...defaultPolicy.gates, plan: { mode: 'required', approvers: null } } as const;

    const event = await run(harvest, { ...running, policy: { ...defaultPolicy, gates } });

    expect(event).toMatchObject({ type: 'patched', attempt: 0, asks: [{ path: 'the plan' }] });
    expect(await run(harvest, running)).toEqual({ type: 'patched', attempt: 0, asks: [] });
  });

  it('that write expectations anew have a person asked, whatever their run tells of them', async () => {
    const fixers = ['format', 'update-snapshots'];
    const fix = fixOf({ recipe: { ...sampleRecipe, fixers, run: sampleRecipeRun } });
    await numberDispatch(ports, fix, expected);
    steps.set('read the run of the fixers', { kind: 'passed', results: [] });
    steps.set('take in the patch of the fixers', { kind: 'patch', asks: [] });

    const event = await run(harvest, fix);

    expect(event).toMatchObject({
      type: 'patched',
      asks: [{ path: 'update-snapshots', why: expect.stringContaining('what tests expect') }],
    });
  });

  it('that mended nothing leave nothing to build on, and the pull request says why, once', async () => {
    const fix = fixOf({
      recipe: { ...sampleRecipe, run: sampleRecipeRun, end: { kind: 'none', reason: 'the checks fail' } },
    });
    await ports.attempts.put(fix.id, { ...sampleAttempt, number: 0, fixers: [] });

    await setRecipeAside(ports, fix);
    await setRecipeAside(ports, fix);

    expect(await ports.attempts.all(fix.id)).toMatchObject([{ number: 0, status: 'dropped', overlay: {} }]);
    const comments = await ports.thread.ownComments(fix.repository, 13);
    expect(comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('nothing of them is used: the checks fail'),
    ]);
  });
});
