import { describe, expect, it } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import { runTitle } from '../../src/domain/sandbox-protocol.ts';
import { cancelRuns, type DispatchPorts, dispatchValidation, drawNonce } from '../../src/steps/dispatch-validation.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { type FakeSandbox, type FakeSandboxFacts, fakeRun, fakeSandbox } from '../support/fake-sandbox.ts';
import { sampleCandidate, sampleFixAtWork, sampleGround, sha } from '../support/sample-fix.ts';

const fix = sampleFixAtWork();
const nonce = 'n0nce';
const title = runTitle(nonce, sampleCandidate.sha);
const wanted = { ground: sampleGround, candidate: sampleCandidate.sha, checks: ['test', 'lint'], number: 1 };

/** GitHub's list may lag for no time at all, so nothing is waited for. */
function portsWith(facts: FakeSandboxFacts = {}, listingLagMs = 0): DispatchPorts & { sandbox: FakeSandbox } {
  return {
    sandbox: fakeSandbox(facts),
    effects: fakeEffects(),
    pace: {
      outagePauseMs: () => 0,
      waitsForAdmin: true,
      listingLagMs,
      quietMs: 0,
      writesPerHour: 1e6,
      thriftyFromWrites: 1e6,
      tellGrowthEveryMs: 60_000,
      checksPollMs: 1,
      lookAgainEveryMs: 60_000,
      lookForLabelsEveryMs: 0,
      watchEveryMs: 1_000,
    },
    now: Date.now,
  };
}

describe('a validation', () => {
  it('is dispatched with everything that the protocol asks for', async () => {
    const ports = portsWith();

    const candidate = await dispatchValidation(ports, fix, nonce, wanted);

    expect(ports.sandbox.dispatched).toEqual([
      { protocol: '1', mode: 'validate', checks: '["test","lint"]', sha: sha('c'), base_sha: sha('a'), nonce },
    ]);
    expect(candidate).toMatchObject({ sha: sha('c'), runId: 1_001, runUrl: expect.stringContaining('1001') });
  });

  it('is dispatched once, however often it is asked for', async () => {
    const ports = portsWith();

    const first = await dispatchValidation(ports, fix, nonce, wanted);
    const second = await dispatchValidation(ports, fix, nonce, wanted);

    expect(second).toEqual(first);
    expect(ports.sandbox.dispatched).toHaveLength(1);
  });

  it('whose answer was lost is found by its title and not dispatched again', async () => {
    const ports = portsWith({ losesFirstAnswer: true });
    await expect(dispatchValidation(ports, fix, nonce, wanted)).rejects.toThrow(ForgeError);

    const candidate = await dispatchValidation(ports, fix, nonce, wanted);

    expect(candidate).toMatchObject({ runId: 1_001 });
    expect(ports.sandbox.dispatched).toHaveLength(1);
  });

  it('whose answer was lost is waited for while the list may lag', async () => {
    const ports = portsWith({ losesFirstAnswer: true, lagLooks: 1 }, 5_000);
    await expect(dispatchValidation(ports, fix, nonce, wanted)).rejects.toThrow(ForgeError);

    const candidate = await dispatchValidation(ports, fix, nonce, wanted);

    expect(candidate).toMatchObject({ runId: 1_001 });
    expect(ports.sandbox.dispatched).toHaveLength(1);
  });

  it('that nobody can find is dispatched again, and the double is cancelled later', async () => {
    const ports = portsWith({ losesFirstAnswer: true, lagLooks: 1 });
    await ports.effects.record(fix.id, 'dispatches', { count: 1 });
    await expect(dispatchValidation(ports, fix, nonce, wanted)).rejects.toThrow(ForgeError);

    const candidate = await dispatchValidation(ports, fix, nonce, wanted);
    await cancelRuns(ports, fix, 'doubles');

    expect(candidate).toMatchObject({ runId: 1_002 });
    expect(ports.sandbox.cancelled).toEqual([1_001]);
  });

  it('is found by its title where GitHub does not tell its id', async () => {
    const ports = portsWith({ tellsRunId: false });

    const candidate = await dispatchValidation(ports, fix, nonce, wanted);

    expect(candidate).toMatchObject({ runId: 1_001 });
  });

  it('that shows nowhere after all is a fault that passes', async () => {
    const ports = portsWith({ tellsRunId: false, lagLooks: 10 });

    const dispatched = dispatchValidation(ports, fix, nonce, wanted);

    await expect(dispatched).rejects.toMatchObject({ name: 'ForgeError', isRetryable: true });
  });

  it('is believed by its id even before it can be read', async () => {
    const ports = portsWith();
    const unread = { ...ports, sandbox: { ...ports.sandbox, inspect: async () => null } };

    const first = await dispatchValidation(unread, fix, nonce, wanted);
    const second = await dispatchValidation(unread, fix, nonce, wanted);

    expect(first).toMatchObject({ runId: 1_001, runUrl: '' });
    expect(second).toEqual(first);
  });

  it('that GitHub refuses ends with its reason', async () => {
    const candidate = await dispatchValidation(portsWith({ refuses: '422 no such input' }), fix, nonce, wanted);

    expect(candidate).toEqual({ refused: '422 no such input' });
  });

  it('of another number is another run', async () => {
    const ports = portsWith();
    await dispatchValidation(ports, fix, nonce, wanted);

    const second = await dispatchValidation(ports, fix, 'other', { ...wanted, number: 2 });

    expect(second).toMatchObject({ runId: 1_002 });
  });

  it('never takes a run of a stranger for its own', async () => {
    const ports = portsWith({ tellsRunId: false });
    ports.sandbox.runs.push(
      fakeRun({ id: 1, title: runTitle('guessed', sampleCandidate.sha) }),
      fakeRun({ id: 2, title, headBranch: 'main' }),
    );

    const candidate = await dispatchValidation(ports, fix, nonce, wanted);

    expect(candidate).toMatchObject({ runId: 1_001 });
  });
});

describe('a nonce', () => {
  it('is drawn once for a dispatch', async () => {
    const { effects } = portsWith();

    const drawn = [await drawNonce({ effects }, fix, 1), await drawNonce({ effects }, fix, 1)];

    expect(drawn[0]).toBe(drawn[1]);
    expect(drawn[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('differs for every dispatch and every fix', async () => {
    const { effects } = portsWith();
    const other = sampleFixAtWork({ id: 'f-13-sample02' as typeof fix.id });

    const drawn = await Promise.all([
      drawNonce({ effects }, fix, 1),
      drawNonce({ effects }, fix, 2),
      drawNonce({ effects }, other, 1),
    ]);

    expect(new Set(drawn).size).toBe(3);
  });
});

describe('runs of a fix that is over', () => {
  it('are cancelled all, each once', async () => {
    const ports = portsWith();
    await ports.effects.record(fix.id, 'dispatches', { count: 2 });
    await dispatchValidation(ports, fix, nonce, wanted);
    await dispatchValidation(ports, fix, 'other', { ...wanted, number: 2 });

    await cancelRuns(ports, fix, 'all');

    expect(ports.sandbox.cancelled).toEqual([1_001, 1_002]);
  });

  it('are none where nothing was dispatched', async () => {
    const ports = portsWith();

    await cancelRuns(ports, fix, 'all');

    expect(ports.sandbox.cancelled).toEqual([]);
  });
});
