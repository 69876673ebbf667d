import type { ModelReply } from '../domain/conversation.ts';
import type { Overlay } from '../domain/overlay.ts';
import type { Model } from '../ports/model.ts';
import type { PaidTurn } from '../ports/stores.ts';
import type { Tree } from '../ports/workspace.ts';
import { pathsIn } from './call-paths.ts';
import type { Conversation, TurnAsk, TurnLedger } from './conversation.ts';
import { isProse, moneyLeftNote, requestOf, turnsLeftNote, withNotes } from './conversation-request.ts';
import { storableText } from './cut-text.ts';
import { finishNamed } from './finish.ts';
import { applyChanges, overlayChanges } from './overlay-changes.ts';
import { repairedCalls, repairedNote } from './repair-calls.ts';
import { withoutRepeats } from './repeated-results.ts';
import { inputSize } from './request-size.ts';
import { runCalls } from './run-calls.ts';
import { saidStandstill, standstillNote, standstillOf } from './standstill.ts';
import { timedReply } from './timed-reply.ts';

interface Ended {
  /** All edits up to here, whatever the end. */
  readonly overlay: Overlay;
  /** Turns paid in all, those before a resume included. */
  readonly turns: number;
}

export type ConversationEnd<Result> =
  | (Ended & { readonly kind: 'finished'; readonly result: Result })
  | (Ended & { readonly kind: 'out-of-turns' })
  | (Ended & { readonly kind: 'halted'; readonly why: 'budget' | 'money' | 'stopped' })
  /** It went in circles: `text` says how. */
  | (Ended & { readonly kind: 'stuck'; readonly text: string })
  /** The model refused, or wrote prose without a tool call three times in a row; `text` is the last of it. */
  | (Ended & { readonly kind: 'no-answer'; readonly why: 'prose' | 'refusal'; readonly text: string });

/**
 * Talks with a model until it calls the finishing tool, or may not go on.
 *
 * Durable: the turns in the ledger are taken as they are, without asking the model or running a tool again, so a
 * killed conversation goes on where its last recorded turn ended. A reply that has come is recorded even when `signal`
 * aborts meanwhile; only a reply lost between the model and `record` is bought twice. Where another process recorded the
 * same turn first, its reply holds and work goes on from there.
 *
 * @throws {ProviderError} and {ModelReplyError} as the model does; nothing of that turn is recorded.
 * @throws {ForgeError} when a tool cannot read the tree; that turn's reply is lost too.
 * @throws the signal's reason once it aborts.
 */
export async function converse<Result>(
  model: Model,
  conversation: Conversation<Result>,
  tree: Tree,
  start: Overlay,
  ledger: TurnLedger,
  signal: AbortSignal,
): Promise<ConversationEnd<Result>> {
  let turns = [...(await ledger.load())];
  let overlay = overlayAfter(start, turns);
  for (;;) {
    const end = endOf(conversation, turns, overlay);
    if (end !== null) return end;
    signal.throwIfAborted();
    const permit = await ledger.beforeTurn(turns.length, askOf(conversation, turns));
    if (!permit.go) return { kind: 'halted', why: permit.why, overlay, turns: turns.length };
    const { maxOutputTokens = conversation.maxOutputTokens, mayAskAgain } = permit;
    const request = { ...requestOf(conversation, turns, maxOutputTokens), ...(mayAskAgain && { mayAskAgain }) };
    const index = turns.length;
    const timed = await timedReply(model, request, conversation, signal, (fault) => ledger.fail(index, fault)).catch(
      async (fault: unknown) => {
        await ledger.unanswered(fault);
        throw fault;
      },
    );
    const reply = storableReply(timed.reply);
    const run = await runCalls(reply, conversation.tools, conversation.finishes, { tree, overlay });
    const results = withNotes(withoutRepeats(reply, run.results, turns), [await guideFor(conversation, turns, reply)]);
    const turn = noted(conversation, turns, permit.leftShare, {
      index,
      reply,
      results,
      overlayChanges: overlayChanges(overlay, run.overlay),
    });
    if ((await ledger.record(turn, timed.traceOf(reply, run))) === 'late') {
      turns = [...(await ledger.load())];
      overlay = overlayAfter(start, turns);
      continue;
    }
    turns.push(turn);
    overlay = run.overlay;
  }
}

const overlayAfter = (start: Overlay, turns: readonly PaidTurn[]): Overlay =>
  turns.reduce((sum, turn) => applyChanges(sum, turn.overlayChanges), start);

const minOutputTokens = 1_500;

function askOf<Result>(conversation: Conversation<Result>, turns: readonly PaidTurn[]): TurnAsk {
  const { maxOutputTokens } = conversation;
  const turn = turns.at(-1);
  const last =
    turn === undefined ? null : { turn, request: requestOf(conversation, turns.slice(0, -1), maxOutputTokens) };
  const size = inputSize(requestOf(conversation, turns, maxOutputTokens), last);
  return { ...size, maxOutputTokens, minOutputTokens: Math.min(minOutputTokens, maxOutputTokens) };
}

/** Told when work first comes to a folder; recorded with the results, so that it is told once. */
async function guideFor<Result>(
  { guide }: Conversation<Result>,
  turns: readonly PaidTurn[],
  reply: ModelReply,
): Promise<string | null> {
  if (guide === undefined) return null;
  const text = await guide(
    pathsOf(reply),
    turns.flatMap((turn) => pathsOf(turn.reply)),
  );
  return text === '' ? null : text;
}

const pathsOf = ({ toolCalls }: ModelReply): string[] =>
  toolCalls.flatMap(({ argumentsJson }) => pathsIn(argumentsJson));

/** With what the model has to know of turns, money and its own progress; recorded, so that it stays what it was. */
function noted<Result>(
  { maxTurns, maxIdleTurns, finishes: [finish] }: Conversation<Result>,
  turns: readonly PaidTurn[],
  leftShare: number | undefined,
  turn: PaidTurn,
): PaidTurn {
  const { name } = finish.spec;
  const standstill = standstillOf([...turns, turn], maxIdleTurns);
  const notes = [
    repairedNote(turn.reply.toolCalls),
    standstill === null || standstill.isOver ? null : standstillNote(standstill, name),
    moneyLeftNote(leftShare, name),
    turnsLeftNote(maxTurns - turn.index - 1, name),
  ];
  return { ...turn, results: withNotes(turn.results, notes) };
}

/** A reply that the ledger refused would be bought again and again. Repaired first, so that what is recorded is what ran. */
const storableReply = (reply: ModelReply): ModelReply => ({
  ...reply,
  text: storableText(reply.text),
  toolCalls: repairedCalls(reply).map(({ id, name, argumentsJson, ...rest }) => ({
    ...rest,
    id: storableText(id),
    name: storableText(name),
    argumentsJson: storableText(argumentsJson),
  })),
});

const maxProseTurns = 3;

/** Follows from the recorded turns alone, so that a resumed conversation ends where the first one did. */
function endOf<Result>(
  { finishes, maxTurns, maxIdleTurns }: Conversation<Result>,
  turns: readonly PaidTurn[],
  overlay: Overlay,
): ConversationEnd<Result> | null {
  const ended: Ended = { overlay, turns: turns.length };
  const last = turns.at(-1);
  if (last !== undefined) {
    const accepted = last.reply.toolCalls.find(
      (call, index) => finishNamed(finishes, call.name) !== undefined && last.results[index]?.isError === false,
    );
    const parsed =
      accepted === undefined ? undefined : finishNamed(finishes, accepted.name)?.read(accepted.argumentsJson);
    if (parsed?.ok) return { ...ended, kind: 'finished', result: parsed.result };
    const { stop, text } = last.reply;
    if (stop === 'refusal') return { ...ended, kind: 'no-answer', why: 'refusal', text };
    const recent = turns.slice(-maxProseTurns);
    if (recent.length === maxProseTurns && recent.every(isProse))
      return { ...ended, kind: 'no-answer', why: 'prose', text };
  }
  const standstill = standstillOf(turns, maxIdleTurns);
  if (standstill?.isOver === true) return { ...ended, kind: 'stuck', text: saidStandstill(standstill) };
  return turns.length >= maxTurns ? { ...ended, kind: 'out-of-turns' } : null;
}
