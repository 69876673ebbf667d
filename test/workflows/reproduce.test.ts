import { beforeEach, describe, expect, it } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { testsRunOf } from '../../src/steps/tests-run.ts';
import type { RunBurst } from '../../src/workflows/burst.ts';
import { observe } from '../../src/workflows/bursts/observe.ts';
import { reproduce } from '../../src/workflows/bursts/reproduce.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFixAtWork, sampleGround, sampleTestsRun, sha } from '../support/sample-fix.ts';

const overlay = { 'sum.test.js': { kind: 'write', text: 'adds', mode: '100644' } } as const;
const written = { number: 1, base: sampleGround.base, overlay, tests: ['adds'] };
const sandbox = { path: '.github/workflows/ai-fix.yml', blob: sha('8'), checks: ['test'], keepsReports: true };
const place = { tests: overlay, ground: sampleGround, workflowBlob: sandbox.blob };

let ports: Ports;
/** What each step of a burst comes to. */
let steps: Map<string, unknown>;

beforeEach(() => {
  const inventories = { find: async () => ({}), put: async () => undefined };
  const reproductions = { find: async () => written, put: async () => undefined };
  ports = portsForTest({ effects: fakeEffects(), inventories, reproductions });
  steps = new Map<string, unknown>([
    ['settle the ground', { kind: 'settled', ground: sampleGround, sandbox }],
    ['look which checks report', ['test']],
    ['write the failing test', { kind: 'written' }],
    ['put the tests on the base', sampleTestsRun.sha],
    ['number the dispatch of the tests', sampleTestsRun.dispatch],
    ['draw the nonce of the tests', 'n'],
    ['dispatch the tests', sampleTestsRun],
    ['look what was expected', { checks: ['test'], workflowBlob: sandbox.blob }],
  ]);
});

const fix = (facts: Partial<Fix['reproduction']> = {}): Fix =>
  sampleFixAtWork({ reproduction: { failures: 0, feedback: null, run: null, base: null, end: null, ...facts } });

/** Runs a burst; `done` are the steps that it came through, in order. */
async function run(burst: RunBurst, of: Fix): Promise<{ event: FixEvent | null; done: readonly string[] }> {
  const done: string[] = [];
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    done.push(name);
    return steps.has(name) ? (steps.get(name) as T) : work();
  };
  const event = await burst({ fix: of, ports, step, signal: new AbortController().signal, note: async () => of });
  return { event, done };
}

describe('the run of a test that was written first', () => {
  it('is dispatched once, whatever comes between', async () => {
    const first = await run(reproduce, fix());
    const second = await run(reproduce, fix());

    expect(first.done).toContain('dispatch the tests');
    expect(second.done).not.toContain('dispatch the tests');
    expect(second.event).toEqual(first.event);
    expect(second.event).toMatchObject({ type: 'reproduction-dispatched', run: sampleTestsRun });
  });

  it('is dispatched again after one that gave no verdict', async () => {
    await run(reproduce, fix());
    steps.set('read the run of the tests', { kind: 'void', reason: 'it was cancelled' });

    const { event } = await run(observe, fix({ run: sampleTestsRun }));

    expect(event).toEqual({ type: 'reproduction-void', reason: 'it was cancelled' });
    expect(await testsRunOf(ports, fix(), place)).toBeNull();
    expect((await run(reproduce, fix())).done).toContain('dispatch the tests');
  });
});
