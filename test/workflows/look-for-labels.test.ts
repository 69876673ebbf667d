import { beforeEach, expect, it } from 'vitest';
import type { Fix } from '../../src/domain/fix-facts.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { Signal } from '../../src/domain/signal.ts';
import type { PolicyAnswer, Ports } from '../../src/ports/ports.ts';
import type { LabelledIssue } from '../../src/ports/repositories.ts';
import { lookForLabels } from '../../src/workflows/look-for-labels.ts';
import { fakeRepositories } from '../support/fake-repositories.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFix, sampleIssue, sampleRepository } from '../support/sample-fix.ts';

const minuteMs = 60_000;
const nowMs = 10 * 24 * 60 * minuteMs;
const hourAgoMs = nowMs - 60 * minuteMs;

interface Standing {
  readonly labelledAtMs?: number;
  readonly fix?: Fix | null;
  readonly wasDelivered?: boolean;
  readonly policy?: PolicyAnswer;
  readonly accepted?: 'new' | 'known' | 'again';
}

let accepted: { readonly id: string; readonly signal: Signal }[];
let started: string[];
let warned: object[];
beforeEach(() => {
  accepted = [];
  started = [];
  warned = [];
});

const labelled = (labelledAtMs: number): LabelledIssue => ({
  issue: { ...sampleIssue, labelledAtMs, isFound: true },
  by: { login: 'alice', id: 3, isBot: false },
});

function portsWith({ labelledAtMs = hourAgoMs, fix = null, wasDelivered = false, ...rest }: Standing): Ports {
  const ports = portsForTest({
    knownRepositories: { claimToLookAt: async () => [sampleRepository] },
    policyOf: async () => rest.policy ?? { kind: 'valid', policy: defaultPolicy },
    repositories: fakeRepositories({ labelled: [labelled(labelledAtMs)] }),
    deliveries: {
      hasLabel: async () => wasDelivered,
      accept: async (id: string, signal: Signal) => {
        accepted.push({ id, signal });
        return rest.accepted ?? 'new';
      },
    },
    fixes: { findOfThread: async () => fix },
    engine: { startDelivery: async ({ id }: { id: string }) => void started.push(id) },
    pace: { lookAgainEveryMs: 10 * minuteMs, lookForLabelsEveryMs: 15 * minuteMs },
    now: () => nowMs,
    log: { info: () => undefined, warn: (details: object) => void warned.push(details) },
  });
  return ports;
}

it('a label without a delivery and without a fix is taken up as a delivery, with the words of now', async () => {
  await lookForLabels(portsWith({}));

  const id = `label-acme/shop#12-${hourAgoMs}`;
  const { issue, by: actor } = labelled(hourAgoMs);
  const signal = { type: 'issue-labelled', repository: sampleRepository, actor, label: 'ai-fix', issue };
  expect(accepted).toEqual([{ id, signal }]);
  expect(started).toEqual([id]);
});

it.each<[string, Standing]>([
  ['whose webhook came, whatever became of it', { wasDelivered: true }],
  ['that a fix goes by which is over', { fix: sampleFix({ state: 'stopped', createdAtMs: hourAgoMs + 2_000 }) }],
  ['that came while its fix was just begun', { fix: sampleFix({ createdAtMs: hourAgoMs - 2_000 }) }],
  ['that may still be told', { labelledAtMs: nowMs - 5 * minuteMs }],
  ['of more than three days ago', { labelledAtMs: nowMs - 73 * 60 * minuteMs }],
  ['whose moment nobody can read', { labelledAtMs: Number.NaN }],
])('a label %s is let be', async (_which, standing) => {
  await lookForLabels(portsWith(standing));

  expect({ accepted, started, warned }).toEqual({ accepted: [], started: [], warned: [] });
});

it('a label that was put on anew after the fix of an earlier one had ended counts', async () => {
  await lookForLabels(portsWith({ fix: sampleFix({ state: 'archived', createdAtMs: hourAgoMs - 5 * minuteMs }) }));

  expect(started).toHaveLength(1);
});

it('what another look has found is not handed in twice', async () => {
  await lookForLabels(portsWith({ accepted: 'known' }));

  expect(started).toEqual([]);
});

it.each<[string, PolicyAnswer, number]>([
  ['cannot be used and never could', { kind: 'invalid', problems: ['no'], lastValid: null }, 0],
  ['cannot be used any more', { kind: 'invalid', problems: ['no'], lastValid: defaultPolicy }, 1],
])('where the configuration %s, the label of the last valid one counts', async (_what, policy, times) => {
  await lookForLabels(portsWith({ policy }));

  expect(started).toHaveLength(times);
});

it('a repository that GitHub does not show keeps nobody else waiting', async () => {
  const ports = portsWith({});
  const gone = { ...sampleRepository, name: 'gone' };
  await lookForLabels({
    ...ports,
    knownRepositories: { claimToLookAt: async () => [gone, sampleRepository] },
    policyOf: (repository) => (repository === gone ? Promise.reject(new Error('404')) : ports.policyOf(repository)),
  });

  expect(started).toHaveLength(1);
  expect(warned).toMatchObject([{ repository: gone }]);
});
