import { z } from 'zod';
import { type Fix, threadOf } from '../../domain/fix-facts.ts';
import { type DocumentKind, documentKinds, documentsFor, nextDocuments, planDigest } from '../../domain/plan.ts';
import { gateReason } from '../../domain/policy.ts';
import type { Ticket } from '../../domain/ticket.ts';
import type { Ports } from '../../ports/ports.ts';
import { planShown, recordShown } from '../../steps/check-shown.ts';
import { doubtNow } from '../../steps/inspect-repository.ts';
import { planNotes } from '../../steps/plan-notes.ts';
import { postPlan, replaceOlderPlan } from '../../steps/post-plan.ts';
import { planText } from '../../steps/prompt-context.ts';
import { tellPeople } from '../../steps/tell-people.ts';
import { writePlan } from '../../steps/write-plan.ts';
import { outOfReachReason, outOfReachText, planAloneText } from '../../thread/checks-text.ts';
import type { RunBurst } from '../burst.ts';
import { groundOf, ticketOf } from './facts.ts';

/**
 * The plan documents, as comments on the pull request, up to the first one that has to wait for a person; then its
 * gate. Once that is open this burst runs again, for the documents behind it.
 */
export const plan: RunBurst = async ({ fix, ports, step, signal }) => {
  const ticket = ticketOf(fix);
  const ground = groundOf(fix);
  const mustWait = (kind: DocumentKind) => reasonFor(fix, ticket, kind, []) !== null;
  const all = documentsFor(ticket.complexity, mustWait);
  const known = await step('look what is written', () => writtenIn(ports, fix));
  const kinds = nextDocuments(all, [...fix.settledDocuments, ...known.kinds], mustWait);
  const needsWriting = all.every((kind) => fix.settledDocuments.includes(kind) || !known.kinds.includes(kind));
  const written = needsWriting
    ? await step('write the plan', async () => {
        const talk = await writePlan(ports, fix, { ticket, ground, kinds }, signal);
        if (talk.kind !== 'finished') return talk;
        const { protected_paths_touched: protectedPaths, out_of_reach: outOfReach } = talk.result;
        if (outOfReach !== undefined) return { kind: 'out-of-reach', outOfReach } as const;
        await keep(ports, fix, talk.result.documents, { kinds: [...known.kinds, ...kinds], protectedPaths });
        return { kind: 'finished', kinds: [...known.kinds, ...kinds], protectedPaths } as const;
      })
    : ({ kind: 'finished', ...known } as const);
  if (written.kind === 'superseded') return null;
  if (written.kind === 'event') return written.event;
  if (written.kind === 'out-of-reach') {
    const { why, diff = null } = written.outOfReach;
    return { type: 'refused', reason: outOfReachReason, message: outOfReachText({ why, diff }) };
  }
  if (written.kind === 'fruitless')
    return { type: 'faulted', of: 'models', reason: `no plan came out: ${written.reason}` };

  const doubt = await step('look at the issue again', () => doubtNow(ports, fix));
  const gate = gateAmong(fix, ticket, written);
  const last = written.kinds.at(-1) ?? 'plan';
  const waitsBecause = [gate?.reason, doubt?.reason].filter((reason) => reason != null).join(', and ') || null;
  const document = gate?.kind ?? last;
  const number = fix.pullRequest?.number ?? threadOf(fix);
  if (number === null && waitsBecause !== null) {
    await step('tell the plan', () => tellPlan(ports, fix, waitsBecause));
    return { type: 'told', reason: 'the plan was told; nobody could approve it here' };
  }
  const posted = await step('post the plan', async () => {
    const documents = await ports.documents.list(fix.id);
    if (number === null) return { digest: planDigest(documents, ground.base), shownIn: null };
    const notes = await planNotes(ports, fix, ground.base);
    const shownIn = await postPlan(ports, fix, number, { documents, document, waitsBecause, notes });
    if (waitsBecause !== null) await recordShown(ports, fix, number, await planShown(ports, fix, number));
    return { digest: planDigest(documents, ground.base), shownIn };
  });
  if (number !== null) await step('fold the plan before', () => replaceOlderPlan(ports, fix, number));
  const settles = upTo(all, waitsBecause === null ? last : document, fix);
  const isPartial = all.some((kind) => !settles.includes(kind) && !fix.settledDocuments.includes(kind));
  return { type: 'planned', ...posted, waitsBecause, words: doubt?.words ?? null, document, settles, isPartial };
};

/** Nothing may be pushed, and there is no thread in which somebody could approve the plan. */
async function tellPlan(ports: Ports, fix: Fix, waitsBecause: string): Promise<void> {
  const text = planAloneText(waitsBecause, planText(await ports.documents.list(fix.id)));
  await tellPeople(ports, fix, { key: 'plan', title: 'A plan', text });
}

interface Written {
  readonly kinds: readonly DocumentKind[];
  readonly protectedPaths: readonly string[];
}

/** Why a document waits, by its own gate. */
const reasonFor = (fix: Fix, { complexity }: Ticket, kind: DocumentKind, protectedPaths: readonly string[]) =>
  gateReason(kind, fix.policy.gates[kind].mode, { complexity, protectedPaths });

/** The first document whose gate is closed, of those that are written and not settled yet. */
function gateAmong(fix: Fix, ticket: Ticket, { kinds, protectedPaths }: Written) {
  for (const kind of documentKinds) {
    if (!kinds.includes(kind) || fix.settledDocuments.includes(kind)) continue;
    const reason = reasonFor(fix, ticket, kind, protectedPaths);
    if (reason !== null) return { kind, reason };
  }
  return null;
}

const upTo = (all: readonly DocumentKind[], last: DocumentKind, { settledDocuments }: Fix): DocumentKind[] =>
  all.slice(0, all.indexOf(last) + 1).filter((kind) => !settledDocuments.includes(kind));

const writtenSchema = z.object({ kinds: z.array(z.enum(documentKinds)), protectedPaths: z.array(z.string()) });

/** What this round of planning has written already. */
async function writtenIn({ effects }: Pick<Ports, 'effects'>, fix: Fix): Promise<Written> {
  const known = writtenSchema.safeParse(await effects.find(fix.id, `plan-written:${fix.round}`));
  return known.success ? known.data : { kinds: [], protectedPaths: [] };
}

/** Settled documents stay; of the others only this round's count. */
async function keep(
  { documents, effects }: Pick<Ports, 'documents' | 'effects'>,
  fix: Fix,
  fresh: Awaited<ReturnType<Ports['documents']['list']>>,
  written: Written,
): Promise<void> {
  const before = await documents.list(fix.id);
  const valid = [...fix.settledDocuments, ...written.kinds];
  const kept = before.filter(({ kind }) => valid.includes(kind) && !fresh.some((one) => one.kind === kind));
  await documents.put(fix.id, [...kept, ...fresh]);
  await effects.record(fix.id, `plan-written:${fix.round}`, { ...written });
}
