import { setTimeout as sleep } from 'node:timers/promises';
import type { Accept } from '../../app/edge.ts';
import type { Order } from '../../domain/command.ts';
import type { Fix, FixState } from '../../domain/fix-facts.ts';
import { isOver, threadOf } from '../../domain/fix-facts.ts';
import type { FixId } from '../../domain/ids.ts';
import { isDisputed } from '../../domain/remember-judgement.ts';
import { promptProblems } from '../../steps/freeze-prompts.ts';
import { unusablePromptsText } from '../../thread/configuration-text.ts';
import { documentTitles } from '../../thread/pull-request-text.ts';
import { startWanted } from '../../workflows/start-wanted.ts';
import { narrate } from './narrate.ts';
import { type OpenTry, person } from './open-try.ts';
import type { TryDesk, TryOptions } from './options.ts';

/** How it came to its end, with what was seen on the way. */
export interface Followed {
  readonly fix: Fix;
  readonly stateMs: Readonly<Partial<Record<FixState, number>>>;
  /** A gate that nobody opened; null where none stood in the way. */
  readonly closedGate: { readonly why: string } | null;
}

const lookEveryMs = 100;
const maxMs = 24 * 60 * 60_000;
/** Whoever sends back what is shown thirty times gets no further this way. */
const maxAnswers = 30;
/** How long a stop may take until it is left where it is. */
const stopWithinMs = 20_000;

/**
 * Tells each event as it comes, asks at gates, and returns once nothing more will happen. A stop goes the way of
 * `/ai-fix stop`: what runs is ended, and the fix says its farewell.
 */
export async function follow(open: OpenTry, accept: Accept, options: TryOptions, desk: TryDesk): Promise<Followed> {
  const { ports } = open;
  const began = Date.now();
  const stateMs: Partial<Record<FixState, number>> = {};
  let told = 0;
  let seenAtMs = began;
  let id: FixId | null = null;
  let stoppedAtMs: number | null = null;
  let closedGate: Followed['closedGate'] = null;
  let answered = 0;

  for (;;) {
    const fix = await findFix(open, id, options);
    id = fix.id;
    const order = (word: 'approve' | 'reject' | 'stop', text = '') =>
      command(open, accept, fix, { kind: 'command', word, text });
    const nowMs = Date.now();
    stateMs[fix.state] = (stateMs[fix.state] ?? 0) + nowMs - seenAtMs;
    seenAtMs = nowMs;
    const events = (await ports.fixes.events(fix.id)).map(({ event }) => event);
    for (const [index, event] of [...events.entries()].slice(told)) {
      const line = narrate(event, events.slice(0, index));
      if (line !== null) desk.progress(line);
      if (event.type === 'planned') await showPlan(open, fix, desk);
      if (event.type === 'judged' || event.type === 'attempt-failed' || event.type === 'reviewed')
        desk.progress(await spentSoFar(open, fix));
    }
    told = events.length;

    const isAtWork = (await ports.fixes.running(10)).length > 0 || (await ports.fixes.wanting(10)).length > 0;
    const isAtRest = !isAtWork && (fix.state === 'complete' || isOver(fix.state));
    if (isAtRest) return { fix, stateMs, closedGate };
    if (options.signal.aborted && stoppedAtMs === null) {
      stoppedAtMs = nowMs;
      await order('stop');
    }
    const isOverdue = stoppedAtMs !== null && nowMs - stoppedAtMs > stopWithinMs;
    if (isOverdue || nowMs - began > maxMs) return { fix, stateMs, closedGate };

    const isWaiting = fix.state === 'awaiting-approval' && fix.wait?.for === 'approval' && !isAtWork;
    if (isWaiting && fix.gate !== null && stoppedAtMs === null) {
      answered += 1;
      if (answered > maxAnswers) return { fix, stateMs, closedGate: { why: 'the gates closed again and again' } };
      const answer = options.mayProceed && !isDisputed(fix) ? 'y' : await ask(open, fix, options, desk);
      if (answer === null && options.signal.aborted) continue;
      if (answer === null) {
        const why = `nobody answered at the gate of the ${fix.gate.kind}: ${fix.gate.reasons.join('; ')}`;
        return { fix, stateMs, closedGate: { why } };
      }
      if (/^(?:y|yes)$/i.test(answer)) await order('approve');
      else if (/^(?:n|no|)$/i.test(answer)) {
        closedGate = { why: `you said no to the ${fix.gate.kind}` };
        stoppedAtMs = nowMs;
        await order('stop');
      } else await order('reject', answer);
      await untilHeard(open, fix);
    }
    await sleep(lookEveryMs);
  }
}

/** @throws {Error} when the signal began nothing, with what was noted. */
async function findFix(
  { ports, repository, issue, base }: OpenTry,
  id: FixId | null,
  { fixesChecks }: TryOptions,
): Promise<Fix> {
  const subject = fixesChecks === true ? `checks:${base.branch}` : `issue:${issue.number}`;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const fix = id === null ? await ports.fixes.findLive(repository, subject) : await ports.fixes.find(id);
    const found = fix ?? (await ports.fixes.findOfThread(repository, issue.number));
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error('the work did not begin; the log in the folder of the run says more');
    await sleep(lookEveryMs);
  }
}

/** What was ordered is on record before anything is asked again. */
async function untilHeard({ ports }: OpenTry, before: Fix): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const now = await ports.fixes.find(before.id);
    if (now === null || now.state !== before.state || now.gate?.digest !== before.gate?.digest) return;
    await sleep(lookEveryMs);
  }
}

/** The person's word takes the way that a comment takes: nothing of the story is decided here. */
async function command(
  { repository, forge, ports }: OpenTry,
  accept: Accept,
  fix: Fix,
  order: Extract<Order, { kind: 'command' }>,
): Promise<void> {
  const number = threadOf(fix);
  if (number === null) {
    // Failing checks have no thread before there is a pull request, and until then a stop is all that can be meant.
    const stop = { type: 'stop-requested', by: person, reason: `${person} asked for it` } as const;
    await ports.fixes.append(fix.id, stop, { key: `try-${order.word}` });
    await startWanted(ports, fix.id);
    return;
  }
  const actor = { login: person, isBot: false };
  const commentId = forge.nextCommentId();
  const where = { repository, actor, number, isPullRequest: fix.origin.kind === 'checks', commentId };
  await accept(`try-order-${commentId}`, { type: 'command', ...where, order });
}

async function ask(open: OpenTry, fix: Fix, { signal }: TryOptions, desk: TryDesk): Promise<string | null> {
  const { gate } = fix;
  if (gate?.kind === 'patch') {
    const shown = open.forge.ownComment(`gate-${gate.digest.slice(0, 12)}`);
    if (shown !== null) desk.show(withoutMarker(shown));
  }
  const what = gate?.kind === 'patch' ? 'Put this patch on a branch' : 'Go on with this plan';
  const answer = await desk.ask(`${what}? [y]es, [n]o, or what should be different: `, signal);
  return answer?.trim() ?? null;
}

async function showPlan({ ports }: OpenTry, fix: Fix, desk: TryDesk): Promise<void> {
  for (const { kind, markdown } of await ports.documents.list(fix.id))
    if (!fix.settledDocuments.includes(kind) || fix.gate === null)
      desk.show(`## ${documentTitles[kind]}\n\n${markdown}`);
  const problems = await promptProblems(ports, fix);
  if (problems.length > 0) desk.show(unusablePromptsText(problems));
}

async function spentSoFar({ ports }: OpenTry, fix: Fix): Promise<string> {
  const { usd, tokens, hasUnknownPrice } = await ports.turns.spending(fix.id);
  const { budget } = (await ports.fixes.find(fix.id))?.policy ?? fix.policy;
  return `spent ${hasUnknownPrice ? 'at least ' : ''}$${usd.toFixed(2)} of $${budget.usd.toFixed(2)}, ${tokens.toLocaleString('en-US')} tokens`;
}

/** Our comments begin with a line that nobody sees on GitHub. */
export const withoutMarker = (body: string): string => body.replace(/^<!--[^\n]*-->\n/, '');
