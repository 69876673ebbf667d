import type { Conversation } from '../agent/conversation.ts';
import { converse } from '../agent/converse.ts';
import type { Role } from '../domain/conversation.ts';
import type { FixEvent } from '../domain/event.ts';
import { ConfigError, ModelReplyError, ProviderError } from '../domain/faults.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { shareOf } from '../domain/fix-share.ts';
import { deadlines } from '../domain/next.ts';
import type { Overlay } from '../domain/overlay.ts';
import type { Ports } from '../ports/ports.ts';
import type { Roster } from '../ports/roster.ts';
import type { Tree } from '../ports/workspace.ts';
import { createLedger, type LedgerPorts } from './pay-turns.ts';
import { growthTold } from './tell-growth.ts';

export type ConversationPorts = LedgerPorts &
  Pick<Ports, 'rosterFor' | 'pace' | 'syntax' | 'history' | 'tellGrowth' | 'log'>;

/**
 * - `finished`: the model handed over a result.
 * - `fruitless`: it did not, within its turns; `reason` says how it ended.
 * - `event`: the fix has to go another way (budget reached, no model answers).
 * - `superseded`: somebody stopped the fix meanwhile.
 */
export type Talk<Result> =
  | { readonly kind: 'finished'; readonly result: Result; readonly overlay: Overlay }
  | { readonly kind: 'fruitless'; readonly reason: string; readonly overlay: Overlay }
  | { readonly kind: 'event'; readonly event: FixEvent }
  | { readonly kind: 'superseded' };

/**
 * Talks with the models of a role until there is a result, and pays for it.
 *
 * Every turn is a row before the next is asked, so a killed conversation goes on where it was and no reply is bought
 * twice but the one in flight. No turn is asked for that could cost more than the budget still holds.
 */
export async function holdConversation<Result>(
  ports: ConversationPorts,
  fix: Fix,
  ask: {
    readonly role: Role;
    readonly part: string;
    readonly conversation: Conversation<Result>;
    readonly tree: Tree;
    readonly start: Overlay;
  },
  signal: AbortSignal,
): Promise<Talk<Result>> {
  const roster = rosterOf(ports, fix);
  if (roster instanceof ConfigError) return { kind: 'event', event: unaskable(ports, fix, roster) };
  const model = growthTold(ports, fix, roster.modelFor(ask.role));
  const ledger = createLedger(ports, fix, { fix: fix.id, role: ask.role, part: ask.part }, roster);
  try {
    const end = await converse(model, ask.conversation, ask.tree, ask.start, ledger, signal);
    switch (end.kind) {
      case 'finished':
        return { kind: 'finished', result: end.result, overlay: end.overlay };
      case 'halted':
        return end.why === 'stopped'
          ? { kind: 'superseded' }
          : { kind: 'event', event: eventOf(ledger.reached(), ports.now()) };
      case 'out-of-turns':
        return { kind: 'fruitless', reason: `no result within ${end.turns} turns`, overlay: end.overlay };
      case 'stuck':
        return { kind: 'fruitless', reason: `the model got stuck: ${end.text}`, overlay: end.overlay };
      case 'no-answer':
        return {
          kind: 'fruitless',
          reason: `the model answered without a tool call: ${end.text.slice(0, 500)}`,
          overlay: end.overlay,
        };
    }
  } catch (error) {
    if (signal.aborted) return { kind: 'superseded' };
    if (error instanceof ProviderError || error instanceof ModelReplyError)
      return { kind: 'event', event: outage(ports, fix, roster.describe()[ask.role], error) };
    throw error;
  } finally {
    // What the fix shows next stands after it.
    await model.settled();
  }
}

function rosterOf({ rosterFor }: ConversationPorts, { policy }: Fix): Roster | ConfigError {
  try {
    return rosterFor(policy);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function eventOf(reached: ReturnType<ReturnType<typeof createLedger>['reached']>, atMs: number): FixEvent {
  switch (reached.kind) {
    case 'short':
      return { type: 'money-short', shortage: reached.shortage, atMs, retryInMs: reached.retryInMs };
    case 'reached': {
      const { kind: _, ...limit } = reached;
      return { type: 'budget-reached', ...limit };
    }
    case 'none':
      throw new TypeError('a conversation was halted and nobody knows why');
  }
}

/**
 * What time mends is waited for, and so is what the admin can mend: their keys and accounts are nobody's else here, and a
 * fix that was given up would not come back by itself. A request that no model takes ends the fix.
 */
function outage(
  { pace }: ConversationPorts,
  fix: Fix,
  models: readonly string[],
  error: ProviderError | ModelReplyError,
): FixEvent {
  const reason = error.message.slice(0, 500);
  const isForAdmin = error instanceof ProviderError && error.remedy === 'tell-admin';
  const mayPass = isForAdmin ? pace.waitsForAdmin : error.isRetryable;
  if (!mayPass) return faulted(reason);
  const asked = error instanceof ProviderError ? (error.retryAfterMs ?? 0) : 0;
  // A provider tells all the same time; it is spread as waking early is.
  const widthMs = pace.outagePauseMs(0);
  const spread = asked > 0 ? Math.min(asked, deadlines.outage - widthMs) + shareOf(fix) * widthMs : 0;
  const pauseMs = Math.max(spread, pace.outagePauseMs(fix.outages));
  return { type: 'outage', of: 'models', models, reason: `no model answers (${reason})`, retryInMs: pauseMs };
}

/** The fix began under other keys: what its repository chose has none here now. */
function unaskable({ pace }: ConversationPorts, { outages }: Fix, { message }: ConfigError): FixEvent {
  const reason = message.slice(0, 500);
  if (!pace.waitsForAdmin) return faulted(reason);
  const retryInMs = pace.outagePauseMs(outages);
  return { type: 'outage', of: 'models', models: [], reason: `no model can be asked (${reason})`, retryInMs };
}

const faulted = (reason: string): FixEvent => ({
  type: 'faulted',
  of: 'models',
  reason: `no model can be asked. ${reason}`,
});
