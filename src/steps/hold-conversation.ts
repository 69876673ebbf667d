import { type Conversation, converse, type TurnLedger } from '../agent/converse.ts';
import { reachedLimit } from '../domain/budget.ts';
import type { Role } from '../domain/conversation.ts';
import { costUsd, noUsage } from '../domain/cost.ts';
import type { FixEvent } from '../domain/event.ts';
import { ModelReplyError, ProviderError } from '../domain/faults.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Overlay } from '../domain/overlay.ts';
import type { Model } from '../ports/model.ts';
import type { Ports } from '../ports/ports.ts';
import type { Roster } from '../ports/roster.ts';
import type { ConversationKey } from '../ports/stores.ts';
import type { Tree } from '../ports/workspace.ts';

export type ConversationPorts = Pick<Ports, 'turns' | 'rosterFor' | 'engine' | 'pace' | 'syntax' | 'history'> & {
  readonly fixes: Pick<Ports['fixes'], 'find'>;
};

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
 * twice but the one in flight. The budget is asked before each turn with an estimate of what it will cost.
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
  const roster = ports.rosterFor(fix.policy);
  const model = roster.modelFor(ask.role);
  const ledger = createLedger(
    ports,
    fix,
    { fix: fix.id, role: ask.role, part: ask.part },
    roster,
    model,
    ask.conversation.maxOutputTokens,
  );
  try {
    const end = await converse(model, ask.conversation, ask.tree, ask.start, ledger, signal);
    switch (end.kind) {
      case 'finished':
        return { kind: 'finished', result: end.result, overlay: end.overlay };
      case 'halted':
        return end.why === 'stopped'
          ? { kind: 'superseded' }
          : { kind: 'event', event: { type: 'budget-reached', limit: ledger.reached() ?? 'usd' } };
      case 'out-of-turns':
        return { kind: 'fruitless', reason: `no result within ${end.turns} turns`, overlay: end.overlay };
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
      return { kind: 'event', event: outage(ports, fix, error) };
    throw error;
  }
}

/** An outage waits; an answer that time does not mend (a wrong key, a model that does not exist) ends the fix. */
function outage(ports: ConversationPorts, fix: Fix, error: ProviderError | ModelReplyError): FixEvent {
  const reason = error.message.slice(0, 500);
  if (!error.isRetryable) return { type: 'faulted', reason: `no model can be asked. ${reason}` };
  const asked = error instanceof ProviderError ? (error.retryAfterMs ?? 0) : 0;
  const pauseMs = Math.max(asked, ports.pace.outagePauseMs(fix.outages));
  return { type: 'outage', of: 'models', reason: `no model answers (${reason})`, retryInMs: pauseMs };
}

function createLedger(
  { turns, engine, fixes }: ConversationPorts,
  fix: Fix,
  key: ConversationKey,
  roster: Roster,
  model: Model,
  maxOutputTokens: number,
): TurnLedger & { reached(): ReturnType<typeof reachedLimit> } {
  let reached: ReturnType<typeof reachedLimit> = null;
  return {
    load: () => turns.load(key),
    beforeTurn: async (index, estimatedInputTokens) => {
      await engine.holdWhileStopping();
      const spent = await turns.spending(fix.id);
      const usage = {
        ...noUsage,
        inputTokens: estimatedInputTokens,
        outputTokens: Math.min(maxOutputTokens, likelyOutputTokens),
      };
      const price = roster.priceOf(model.id);
      const next = { usd: price === null ? 0 : costUsd(usage, price), tokens: usage.inputTokens + usage.outputTokens };
      // Somebody may have changed the limits since the burst began.
      const { policy } = (await fixes.find(fix.id)) ?? fix;
      reached = reachedLimit(policy.budget, { ...spent, attempts: fix.attempt - fix.attemptsBefore }, next);
      if (reached !== null) return { go: false, why: 'budget' };
      await turns.begin(key, index);
      return { go: true };
    },
    record: async (turn) => {
      const price = roster.priceOf(turn.reply.modelId);
      await turns.record(key, turn, { usd: price === null ? null : costUsd(turn.reply.usage, price) });
    },
    reached: () => reached,
  };
}

/** What a turn usually writes. The most it may write would refuse turns long before the money is gone. */
const likelyOutputTokens = 2_000;
