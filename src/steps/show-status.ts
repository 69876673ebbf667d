import { z } from 'zod';
import { ConfigError } from '../domain/faults.ts';
import { type Fix, fixStates, isResting, threadOf } from '../domain/fix-facts.ts';
import { digestOf } from '../domain/frozen-input.ts';
import type { FixId } from '../domain/ids.ts';
import { adminPart, type ModelHealth } from '../domain/model-health.ts';
import { toldLimit } from '../domain/purse.ts';
import type { Ports } from '../ports/ports.ts';
import type { SharedMoney } from '../thread/money-text.ts';
import { pullRequestStatus, statusComment } from '../thread/status-comment.ts';
import { putComment } from './put-comment.ts';

/** Cost alone changes all the time; it is shown with the next change, or after this long. */
const showCostEveryMs = 2 * 60_000;

/** `waitsFor`: the wait that stands there, if it is one of `told`. */
const shownSchema = z.object({ what: z.string(), atMs: z.number(), waitsFor: z.string().nullish() });

type StatusPorts = Pick<
  Ports,
  'thread' | 'effects' | 'turns' | 'purses' | 'purseLimitsOf' | 'writes' | 'modelHealth' | 'rosterFor' | 'now' | 'pace'
>;

/**
 * Brings the status comments and the state labels up to date, in the fix's thread, once there is one, and in its pull
 * request. Idempotent; what has not changed costs no request.
 *
 * GitHub takes some 500 writes an hour. When many were made, states in which nobody has to do anything are passed over,
 * but for those that leave a reader with something untrue: the first status comment, the begin and the end of a wait for
 * models or money, and the first state after one in which the fix rested, whose label goes with it.
 */
export async function showStatus(ports: StatusPorts, fix: Fix): Promise<void> {
  const thread = threadOf(fix);
  if (thread === null) return;
  const shown = await ports.effects.find(fix.id, 'status-shown');
  const isThrift = !isResting(fix.state) && (await isThriftyNow(ports, fix));
  const hasRested = isThrift && (await isShownResting(ports, fix));
  const mayBePassedOver = isFleeting(fix) || (isThrift && !hasRested && !isNewOfWaits(fix, shown));
  if (shown !== null && mayBePassedOver) return;
  await showComments(ports, fix, thread);
  if (!isThrift || hasRested) await showLabels(ports, fix, thread);
}

const labelSchema = z.object({ state: z.enum(fixStates) });

/** Whoever looks at the issue takes the fix for one that waits for them, or is over. */
async function isShownResting({ effects }: StatusPorts, { id }: Fix): Promise<boolean> {
  const label = labelSchema.safeParse(await effects.find(id, 'state-label'));
  return label.success && isResting(label.data.state);
}

/** What is waited for that a person may want to mend. */
const waitTold = ({ wait }: Fix): string | null => (wait?.for === 'outage' || wait?.for === 'money' ? wait.for : null);

/**
 * A wait that no status tells, or one that is told and over. It is over once something got through: whoever tries in vain
 * again and again waits all the time.
 */
function isNewOfWaits(fix: Fix, shown: unknown): boolean {
  const told = shownSchema.safeParse(shown).data?.waitsFor ?? null;
  const waitsFor = waitTold(fix);
  if (waitsFor !== null) return waitsFor !== told;
  return told !== null && fix.outages === 0 && fix.shortage === null;
}

/**
 * Says in the status comment how far the answer is that a model is writing; the next status takes it away. Passed over
 * where many writes were made, and where no status stands yet.
 */
export async function showGrowth(
  ports: StatusPorts & { readonly fixes: Pick<Ports['fixes'], 'find'> },
  { id, state, repository }: Fix,
  characters: number,
): Promise<void> {
  const fix = await ports.fixes.find(id);
  // Somebody stopped it meanwhile, perhaps.
  if (fix === null || fix.state !== state) return;
  const number = threadOf(fix);
  if (number === null || (await ports.effects.find(id, 'status-shown')) === null) return;
  if (await isThriftyNow(ports, fix)) return;
  const spent = await ports.turns.spending(id);
  const text = statusComment(fix, spent, unwellModels(ports, fix), await sharedMoney(ports, fix), characters);
  await ports.effects.record(id, 'status-shown', { what: 'growth', atMs: ports.now(), waitsFor: waitTold(fix) });
  await putComment(ports, { fix: id, repository, number, key: 'status', text });
}

async function isThriftyNow({ writes, pace }: StatusPorts, { repository }: Fix): Promise<boolean> {
  const { count } = await writes.lastHour(repository.installationId);
  return count >= pace.thriftyFromWrites;
}

const owed = 'status-owed';

/** The status could not be shown. Where the fix rests no change follows that would show it, so the sweep does. */
export const noteOwed = ({ effects }: Pick<StatusPorts, 'effects'>, fix: FixId): Promise<void> =>
  effects.record(fix, owed, { isOwed: true });

export async function showOwed(ports: StatusPorts, fix: Fix): Promise<void> {
  if ((await ports.effects.find(fix.id, owed))?.isOwed !== true) return;
  await showStatus(ports, fix);
  await ports.effects.record(fix.id, owed, { isOwed: false });
}

/** The burst that makes it `in-progress` comes at once, unless something holds it up. */
const isFleeting = ({ state, wait }: Fix): boolean => state === 'approved' && wait === null;

async function showComments(ports: StatusPorts, fix: Fix, thread: number): Promise<void> {
  const { id, repository, pullRequest } = fix;
  const unwell = unwellModels(ports, fix);
  const what = digestOf(JSON.stringify([...visibleFacts(fix), unwell.map(({ modelId, fault }) => [modelId, fault])]));
  const shown = shownSchema.safeParse(await ports.effects.find(id, 'status-shown'));
  const isFresh = shown.success && ports.now() - shown.data.atMs < showCostEveryMs;
  const mayRest = isFresh || fix.shortage?.waitsFor === 'others';
  if (shown.success && shown.data.what === what && mayRest) return;
  const spent = await ports.turns.spending(id);
  await putComment(ports, {
    fix: id,
    repository,
    number: thread,
    key: 'status',
    text: statusComment(fix, spent, unwell, await sharedMoney(ports, fix)),
  });
  if (pullRequest !== null && pullRequest.number !== thread && isResting(fix.state)) {
    const text = pullRequestStatus(fix, spent);
    await putComment(ports, { fix: id, repository, number: pullRequest.number, key: 'status', text });
  }
  await ports.effects.record(id, 'status-shown', { what, atMs: ports.now(), waitsFor: waitTold(fix) });
}

/** Of the fix's own roster, those that only the admin can mend: others are no business of its repository's. */
function unwellModels({ modelHealth, rosterFor }: StatusPorts, { policy }: Fix): readonly ModelHealth[] {
  const unwell = modelHealth().filter(
    ({ state, fault }) => state !== 'closed' && fault !== null && adminPart(fault) !== null,
  );
  if (unwell.length === 0) return [];
  try {
    const asked = new Set(Object.values(rosterFor(policy).describe()).flat());
    return unwell.filter(({ modelId }) => asked.has(modelId));
  } catch (error) {
    // The outage says what is wrong with a roster that cannot be made any more.
    if (error instanceof ConfigError) return [];
    throw error;
  }
}

const sharedMoney = async ({ purses, purseLimitsOf }: StatusPorts, fix: Fix): Promise<SharedMoney> => ({
  limit: toldLimit(await purseLimitsOf(fix), fix.policy.purses),
  standing: (await purses.standings(fix.repository))['repository-day'],
});

/**
 * Who waits for the money that others hold looks again and again: neither when, nor how much there is meanwhile, is worth a
 * write, and that it looks is none. Of other money a reader sees what it is and when there is more, to the minute.
 */
function waitFacts({ wait, shortage }: Fix): unknown[] {
  if (shortage?.waitsFor === 'others') return ['money', shortage.purse, shortage.limit];
  if (wait?.for !== 'money' || shortage === null) return [wait];
  const { purse, limit, amount, endsAtMs } = shortage;
  return ['money', purse, limit, amount, Math.round(endsAtMs / 60_000)];
}

/** All that a reader sees of a fix, but for the cost. */
const visibleFacts = (fix: Fix) => [
  fix.state,
  ...waitFacts(fix),
  fix.gate,
  fix.attempt,
  fix.pullRequest,
  fix.candidate?.runUrl,
  fix.results,
  fix.shortage?.waitsFor === 'others' ? null : fix.epilogue,
  fix.policy.budget,
];

/**
 * A pull request has its label from when the fix first rests: until then it is a draft, and the fix's thread tells. Each
 * label that follows another is two writes.
 */
async function showLabels({ thread, effects }: StatusPorts, fix: Fix, number: number): Promise<void> {
  const { id, repository, state } = fix;
  const labelled = await effects.find(id, 'state-label');
  const beside = fix.pullRequest?.number === number ? undefined : fix.pullRequest?.number;
  const pullRequest = isResting(state) || labelled?.pullRequest === beside ? beside : undefined;
  if (labelled?.state === state && labelled.pullRequest === pullRequest) return;
  const prefix = `${fix.policy.label}:`;
  // The label comes last: who sees it finds everything else in place.
  if (pullRequest !== undefined) await thread.setOwnLabels(repository, pullRequest, prefix, [`${prefix}${state}`]);
  await thread.setOwnLabels(repository, number, prefix, [`${prefix}${state}`]);
  await effects.record(id, 'state-label', { state, ...(pullRequest === undefined ? {} : { pullRequest }) });
}
