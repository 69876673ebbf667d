import type { Fix } from '../../../src/domain/fix-facts.ts';
import type { GateKind } from '../../../src/domain/gate.ts';
import type { Reproduction } from '../../../src/domain/reproduction.ts';
import type { WaitReason } from '../../../src/domain/wait.ts';
import { sampleFailing, sampleRecipe, sampleRecipeRun, sampleTestsRun, sha } from '../../support/sample-fix.ts';

export const nowMs = 50_000;
export const day = 24 * 60 * 60_000;
const waits = (reason: WaitReason): Partial<Fix> => ({ wait: { for: reason, untilMs: nowMs } });

const gate = (kind: GateKind): Partial<Fix> => ({ gate: { kind, digest: 'digest', reasons: [], words: null } });

const unopened: Partial<Fix> = { ground: null, pullRequest: null, candidate: null };

/** Of a bug, where reports tell tests by name, before there is a patch. */
function testFirst(facts: Partial<Reproduction> = {}): Partial<Fix> {
  const reproduction = { failures: 0, feedback: null, run: null, base: null, end: null, ...facts };
  return { candidate: null, attempt: 0, keepsReports: true, reproduction };
}

/** Everywhere a fix can stand: its state, and what it waits for there. */
export const situations = {
  created: { state: 'created', ...unopened },
  'created, outage': { state: 'created', burst: 'open', ...waits('outage'), ...unopened },
  'created, checks': { state: 'created', burst: 'diagnose', ...waits('checks'), ...unopened },
  'created, run of the fixers': {
    state: 'created',
    burst: 'mend',
    ...waits('run'),
    candidate: null,
    attempt: 0,
    recipe: { ...sampleRecipe, run: sampleRecipeRun },
  },
  planning: { state: 'planning', candidate: null },
  'planning, a bug with test reports': { state: 'planning', ...testFirst() },
  'awaiting-approval, a bug with test reports': {
    state: 'awaiting-approval',
    ...waits('approval'),
    ...gate('plan'),
    ...testFirst(),
  },
  'approved, a bug with test reports': { state: 'approved', ...testFirst() },
  'planning, outage': { state: 'planning', burst: 'plan', ...waits('outage') },
  'planning, money': { state: 'planning', burst: 'plan', ...waits('money') },
  'created, money': { state: 'created', burst: 'open', ...waits('money'), ...unopened },
  'in-progress, money': { state: 'in-progress', burst: 'attempt', ...waits('money') },
  'review, money': { state: 'review', burst: 'review', ...waits('money') },
  'awaiting-approval': { state: 'awaiting-approval', ...waits('approval'), ...gate('plan') },
  'awaiting-approval, reminded': {
    state: 'awaiting-approval',
    ...waits('approval'),
    ...gate('plan'),
    isReminded: true,
  },
  'awaiting-approval, outage': {
    state: 'awaiting-approval',
    burst: 'ask-again',
    ...waits('outage'),
    gate: { kind: 'plan', digest: 'digest', reasons: [], words: null, isVoid: true },
  },
  'awaiting-approval of the words': {
    state: 'awaiting-approval',
    ...waits('approval'),
    ...gate('input'),
    ground: null,
    pullRequest: null,
    candidate: null,
  },
  'awaiting-approval of the patch': { state: 'awaiting-approval', ...waits('approval'), ...gate('patch') },
  approved: { state: 'approved' },
  'approved, outage': { state: 'approved', burst: 'attempt', ...waits('outage') },
  'in-progress': { state: 'in-progress' },
  'in-progress, only to be told': { state: 'in-progress', pullRequest: null, wordsBecause: 'a fork' },
  'in-progress, run': { state: 'in-progress', ...waits('run') },
  'in-progress, a bug that is seen failing first': { state: 'in-progress', ...testFirst() },
  'in-progress, run of the test that comes first': {
    state: 'in-progress',
    ...waits('run'),
    ...testFirst({ run: sampleTestsRun }),
  },
  'in-progress, outage of the test that comes first': {
    state: 'in-progress',
    burst: 'reproduce',
    ...waits('outage'),
    ...testFirst(),
  },
  'in-progress, outage': { state: 'in-progress', burst: 'attempt', ...waits('outage') },
  'in-progress, after a patch that was sent back': { state: 'in-progress', feedback: 'a test fails', sendBacks: 1 },
  'in-progress, of a revision': { state: 'in-progress', published: sha('b'), revision: 'rename it', hasOrders: true },
  review: { state: 'review' },
  'review, outage': { state: 'review', burst: 'review', ...waits('outage') },
  'review, of a revision': { state: 'review', published: sha('b') },
  complete: { state: 'complete', published: sha('c'), ...waits('merge') },
  archived: { state: 'archived' },
  stopped: { state: 'stopped' },
  'stopped, only to be told': { state: 'stopped', pullRequest: null, wordsBecause: 'a fork' },
  'stopped, of checks, before anything was opened': {
    state: 'stopped',
    origin: { kind: 'checks', failing: sampleFailing },
    ...unopened,
  },
  'stopped, before anything was opened': { state: 'stopped', ...unopened },
  abandoned: { state: 'abandoned' },
  'abandoned, outage': { state: 'abandoned', burst: 'conclude', ...waits('outage') },
  expired: { state: 'expired' },
} satisfies Record<string, Partial<Fix>>;
export type Situation = keyof typeof situations;
