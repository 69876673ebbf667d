import { describe, expect, it } from 'vitest';
import type { SideRun } from '../../src/domain/candidate.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import { type Inventory, takeInventory } from '../../src/domain/inventory.ts';
import { digestOfTests } from '../../src/domain/patch-tests.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { weighRuns } from '../../src/steps/weigh-runs.ts';
import { fakeArtifact, fakeSandbox } from '../support/fake-sandbox.ts';
import {
  sampleAttempt,
  sampleFailing,
  sampleFixAtWork,
  sampleTestsRun,
  sampleTicket,
  sha,
} from '../support/sample-fix.ts';

const report = (cases: Readonly<Record<string, 'passed' | 'failed'>>): string =>
  `<testsuite>${Object.entries(cases)
    .map(
      ([name, outcome]) =>
        `<testcase name="${name}">${outcome === 'failed' ? '<failure message="no"/>' : ''}</testcase>`,
    )
    .join('')}</testsuite>`;

const overlay = { 'sum.test.js': { kind: 'write', text: 'adds', mode: '100644' } } as const;
const patch = { ...sampleAttempt, overlay };
const reproduced: Fix['reproduction'] = {
  failures: 0,
  feedback: null,
  run: null,
  base: null,
  end: {
    kind: 'reproduced',
    tests: [{ check: 'test', name: 'adds', message: 'no' }],
    runUrl: 'https://github.test/run/5',
    digest: digestOfTests(overlay),
    base: sha('a'),
  },
};

interface Facts {
  readonly fix?: Partial<Fix>;
  readonly base?: Inventory | null;
  /** What ran on the base with the new tests; null where that run is not there. */
  readonly tests?: Parameters<typeof report>[0] | null;
}

/** A green candidate with the tests `old` and `adds`, weighed. */
function weigh({ fix: facts = {}, base = takeInventory([{ name: 'old', outcome: 'passed' }]), tests = null }: Facts) {
  const fix = sampleFixAtWork(facts);
  const sandbox = fakeSandbox();
  sandbox.artifactsOf.set(fix.candidate?.runId ?? 0, [
    fakeArtifact('junit-test', report({ old: 'passed', adds: 'passed' })),
  ]);
  if (tests !== null)
    sandbox.artifactsOf.set(sampleTestsRun.runId, [fakeArtifact('junit-test', report({ old: 'passed', ...tests }))]);
  const inventories = {
    find: () => Promise.resolve(base === null ? {} : { test: base }),
    put: () => Promise.resolve(),
  };
  const isRed = Object.values(tests ?? {}).includes('failed');
  const results = [{ check: 'test', jobId: 1, conclusion: isRed ? 'failure' : 'success', failedSteps: [] }];
  const run: SideRun = sampleTestsRun;
  const beside = tests === null ? [] : [{ run, reading: { kind: isRed ? 'failed' : 'passed', results } as const }];
  return weighRuns({ sandbox, inventories }, fix, patch, { checks: ['test'], workflowBlob: 'w', beside });
}

describe('a green patch', () => {
  it('shows the tests that failed on the base beside it', async () => {
    expect(await weigh({ tests: { adds: 'failed' } })).toMatchObject({
      kind: 'passed',
      evidence: { kind: 'seen', tests: [{ name: 'adds', message: 'no' }], failedIn: sampleTestsRun.runUrl },
    });
  });

  it('shows those that were seen before it, where they are the very same', async () => {
    expect(await weigh({ fix: { reproduction: reproduced } })).toMatchObject({
      kind: 'passed',
      evidence: { kind: 'seen', tests: [{ name: 'adds' }], failedIn: 'https://github.test/run/5' },
    });
  });

  it.each<[string, Partial<Fix>]>([
    ['other tests', { reproduction: { ...reproduced, end: { ...reproduced.end, digest: 'other' } as never } }],
    ['another base', { reproduction: { ...reproduced, end: { ...reproduced.end, base: sha('f') } as never } }],
  ])('does not claim what was seen with %s', async (_what, facts) => {
    expect(await weigh({ fix: facts })).toMatchObject({ kind: 'passed', evidence: { kind: 'none' } });
  });

  it('of a bug whose tests pass without it goes back once', async () => {
    const unproven = await weigh({ tests: { adds: 'passed' } });
    const again = await weigh({ tests: { adds: 'passed' }, fix: { unproven: 1 } });

    expect(unproven).toMatchObject({
      kind: 'failed',
      isUnproven: true,
      feedback: { text: expect.stringContaining('- adds') },
    });
    expect(again).toMatchObject({ kind: 'passed', evidence: { kind: 'unproven', passing: ['adds'] } });
  });

  it('does not go back where no attempt is left: the checks are green', async () => {
    const policy = { ...defaultPolicy, budget: { ...defaultPolicy.budget, attempts: 1 } };

    expect(await weigh({ tests: { adds: 'passed' }, fix: { policy } })).toMatchObject({
      kind: 'passed',
      evidence: { kind: 'unproven' },
    });
  });

  it('of a feature never goes back for that', async () => {
    const ticket = { ...sampleTicket, kind: 'feature' } as const;

    expect(await weigh({ tests: { adds: 'passed' }, fix: { ticket } })).toMatchObject({ kind: 'passed' });
  });

  it('for failing checks never goes back for that either', async () => {
    const origin = { kind: 'checks', failing: sampleFailing } as const;

    expect(await weigh({ tests: { adds: 'passed' }, fix: { origin } })).toMatchObject({
      kind: 'passed',
      evidence: { kind: 'unproven' },
    });
  });

  it('shows nothing where nothing is reported, or the repository turned it off', async () => {
    const policy = { ...defaultPolicy, evidence: { testFirst: 'off' } as const };

    expect(await weigh({ base: null })).toMatchObject({
      evidence: { kind: 'none', reason: 'no check keeps a test report' },
    });
    expect(await weigh({ fix: { policy }, tests: { adds: 'failed' } })).toMatchObject({ evidence: { kind: 'none' } });
  });
});
