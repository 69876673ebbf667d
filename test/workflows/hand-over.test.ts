import { beforeEach, expect, it } from 'vitest';
import type { DeliveryId } from '../../src/domain/ids.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { Signal } from '../../src/domain/signal.ts';
import type { PolicyAnswer } from '../../src/ports/ports.ts';
import type { Delivery } from '../../src/ports/stores.ts';
import { createHandOver } from '../../src/workflows/hand-over.ts';
import { fakeOnboardings, sampleOnboarding } from '../support/fake-onboardings.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleIssue, sampleRepository } from '../support/sample-fix.ts';

let started: string[];
let settled: string[];
let policyReads: number;
let policy: () => Promise<PolicyAnswer>;
let handOver: (delivery: Delivery) => Promise<void>;

const valid: PolicyAnswer = { kind: 'valid', policy: defaultPolicy };
const actor = { login: 'alice', isBot: false };
const labelled = (label: string): Signal => ({
  type: 'issue-labelled',
  repository: sampleRepository,
  actor,
  label,
  issue: sampleIssue,
});
const deliveryOf = (id: string, signal: Signal): Delivery => ({
  id: id as DeliveryId,
  signal,
  status: 'received',
  tries: 1,
});

beforeEach(() => {
  started = [];
  settled = [];
  policyReads = 0;
  policy = async () => valid;
  const ports = portsForTest({
    policyOf: () => {
      policyReads += 1;
      return policy();
    },
    engine: { startDelivery: async ({ id }: Delivery) => void started.push(id) },
    fixes: { findOfThread: async () => null },
    onboardings: fakeOnboardings([sampleOnboarding({ state: 'proposed', pullRequest: 3 })]),
    deliveries: { settle: async (id: string) => void settled.push(id) },
  });
  handOver = createHandOver(ports);
});

it("somebody else's label is settled without a workflow", async () => {
  await handOver(deliveryOf('d-1', labelled('bug')));

  expect({ started, settled }).toEqual({ started: [], settled: ['d-1'] });
});

it('our label goes to the engine', async () => {
  await handOver(deliveryOf('d-1', labelled('ai-fix')));

  expect({ started, settled }).toEqual({ started: ['d-1'], settled: [] });
});

it.each([
  ['ai-fix is off', { isEnabled: false }],
  ['labels start nothing', { triggers: { ...defaultPolicy.triggers, issues: 'off' as const } }],
])('our label is settled without a workflow where %s', async (_why, change) => {
  policy = async () => ({ kind: 'valid', policy: { ...defaultPolicy, ...change } });

  await handOver(deliveryOf('d-1', labelled('ai-fix')));

  expect({ started, settled }).toEqual({ started: [], settled: ['d-1'] });
});

it('a burst of labels reads the configuration once', async () => {
  await Promise.all(['d-1', 'd-2', 'd-3'].map((id) => handOver(deliveryOf(id, labelled('bug')))));

  expect(policyReads).toBe(1);
});

it.each<[string, () => Promise<PolicyAnswer>]>([
  ['cannot be read', () => Promise.reject(new Error('GitHub is away'))],
  ['is not valid', async () => ({ kind: 'invalid', problems: ['no'], lastValid: null })],
])('when the configuration %s, the engine decides', async (_why, answer) => {
  policy = answer;

  await handOver(deliveryOf('d-1', labelled('bug')));

  expect({ started, settled }).toEqual({ started: ['d-1'], settled: [] });
});

it.each(['pull-request-closed', 'pull-request-reopened'] as const)(
  '%s goes to the engine where the pull request sets the repository up, and is settled where it is none of ours',
  async (type) => {
    await handOver(deliveryOf('d-3', { type, repository: sampleRepository, actor, number: 3 }));
    await handOver(deliveryOf('d-4', { type, repository: sampleRepository, actor, number: 4 }));

    expect({ started, settled }).toEqual({ started: ['d-3'], settled: ['d-4'] });
  },
);

it('every other signal goes to the engine unread', async () => {
  await handOver(deliveryOf('d-1', { type: 'run-finished', repository: sampleRepository, runId: 7 }));

  expect({ started, policyReads }).toEqual({ started: ['d-1'], policyReads: 0 });
});
