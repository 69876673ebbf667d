import type { Message, ModelReply, ToolResult } from '../domain/conversation.ts';
import type { Overlay } from '../domain/overlay.ts';
import type { Model, ModelRequest } from '../ports/model.ts';
import type { PaidTurn } from '../ports/stores.ts';
import type { Tree } from '../ports/workspace.ts';
import { storableText } from './cut-text.ts';
import { type Finishes, finishNamed } from './finish.ts';
import { applyChanges, overlayChanges } from './overlay-changes.ts';
import { runCalls } from './run-calls.ts';
import type { Tool } from './tool.ts';

/** What one role is asked to do, and within what. */
export interface Conversation<Result> {
  readonly system: string;
  /** The first user message. */
  readonly opening: string;
  readonly tools: readonly Tool[];
  /** The calls that end the conversation with a structured result; the first is the one that reminders name. */
  readonly finishes: Finishes<Result>;
  readonly maxTurns: number;
  readonly maxOutputTokens: number;
}

/** The rows of one conversation, and the purse that it is paid from. */
export interface TurnLedger {
  /** The turns paid so far, by index. */
  load(): Promise<readonly PaidTurn[]>;
  /** Asked before paying: may refuse because the budget is spent or the fix was stopped. */
  beforeTurn(
    index: number,
    estimatedInputTokens: number,
  ): Promise<{ readonly go: true } | { readonly go: false; readonly why: 'budget' | 'stopped' }>;
  record(turn: PaidTurn): Promise<void>;
}

interface Ended {
  /** All edits up to here, whatever the end. */
  readonly overlay: Overlay;
  /** Turns paid in all, those before a resume included. */
  readonly turns: number;
}

export type ConversationEnd<Result> =
  | (Ended & { readonly kind: 'finished'; readonly result: Result })
  | (Ended & { readonly kind: 'out-of-turns' })
  | (Ended & { readonly kind: 'halted'; readonly why: 'budget' | 'stopped' })
  /** The model refused, or wrote prose without a tool call three times in a row; `text` is the last of it. */
  | (Ended & { readonly kind: 'no-answer'; readonly why: 'prose' | 'refusal'; readonly text: string });

/**
 * Talks with a model until it calls the finishing tool, or may not go on.
 *
 * Durable: the turns in the ledger are taken as they are, without asking the model or running a tool again, so a
 * killed conversation goes on where its last recorded turn ended. A reply that has come is recorded even when `signal`
 * aborts meanwhile; only a reply lost between the model and `record` is bought twice.
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
  const turns = [...(await ledger.load())];
  let overlay = turns.reduce((sum, turn) => applyChanges(sum, turn.overlayChanges), start);
  for (;;) {
    const end = await endOf(conversation, turns, tree, overlay);
    if (end !== null) return end;
    signal.throwIfAborted();
    const request = requestOf(conversation, turns);
    const permit = await ledger.beforeTurn(turns.length, estimateTokens(request));
    if (!permit.go) return { kind: 'halted', why: permit.why, overlay, turns: turns.length };
    const reply = storableReply(await model.reply(request, signal));
    const run = await runCalls(reply, conversation.tools, conversation.finishes, { tree, overlay });
    const turn: PaidTurn = {
      index: turns.length,
      reply,
      results: withTurnsLeft(run.results, conversation.maxTurns - turns.length - 1, conversation.finishes[0].spec.name),
      overlayChanges: overlayChanges(overlay, run.overlay),
    };
    await ledger.record(turn);
    turns.push(turn);
    overlay = run.overlay;
  }
}

/** A reply that the ledger refused would be bought again and again. */
const storableReply = (reply: ModelReply): ModelReply => ({
  ...reply,
  text: storableText(reply.text),
  toolCalls: reply.toolCalls.map(({ id, name, argumentsJson }) => ({
    id: storableText(id),
    name: storableText(name),
    argumentsJson: storableText(argumentsJson),
  })),
});

const maxProseTurns = 3;

/** Follows from the recorded turns alone, so that a resumed conversation ends where the first one did. */
async function endOf<Result>(
  { finishes, maxTurns }: Conversation<Result>,
  turns: readonly PaidTurn[],
  tree: Tree,
  overlay: Overlay,
): Promise<ConversationEnd<Result> | null> {
  const ended: Ended = { overlay, turns: turns.length };
  const last = turns.at(-1);
  if (last !== undefined) {
    const accepted = last.reply.toolCalls.find(
      (call, index) => finishNamed(finishes, call.name) !== undefined && last.results[index]?.isError === false,
    );
    const finish = accepted === undefined ? undefined : finishNamed(finishes, accepted.name);
    const parsed = accepted === undefined ? undefined : await finish?.parse(accepted.argumentsJson, { tree, overlay });
    if (parsed?.ok) return { ...ended, kind: 'finished', result: parsed.result };
    const { stop, text } = last.reply;
    if (stop === 'refusal') return { ...ended, kind: 'no-answer', why: 'refusal', text };
    const recent = turns.slice(-maxProseTurns);
    if (recent.length === maxProseTurns && recent.every(isProse))
      return { ...ended, kind: 'no-answer', why: 'prose', text };
  }
  return turns.length >= maxTurns ? { ...ended, kind: 'out-of-turns' } : null;
}

const isProse = ({ reply }: PaidTurn): boolean => reply.toolCalls.length === 0;

function requestOf<Result>(conversation: Conversation<Result>, turns: readonly PaidTurn[]): ModelRequest {
  const { system, opening, tools, finishes, maxOutputTokens } = conversation;
  const compactedTurns = compactedTurnsOf(turns.length);
  const messages = turns.flatMap((turn) => messagesOf(turn, turn.index < compactedTurns, conversation));
  return {
    system,
    messages: [{ from: 'user', text: opening }, ...messages],
    tools: [...tools, ...finishes].map(({ spec }) => spec),
    maxOutputTokens,
  };
}

function messagesOf<Result>(
  turn: PaidTurn,
  isCompacted: boolean,
  { finishes: [finish], maxTurns }: Conversation<Result>,
): Message[] {
  const { text, toolCalls, stop } = turn.reply;
  const said: Message = { from: 'model', text, toolCalls };
  if (!isProse(turn)) return [said, { from: 'tools', results: isCompacted ? compacted(turn) : turn.results }];
  const cut = stop === 'length' ? 'Your reply was cut off at the output limit. ' : '';
  const left = turnsLeftNote(maxTurns - turn.index - 1, finish.spec.name);
  const nudge = `${cut}Nobody reads text without a tool call. Call a tool; when you are done, call ${finish.spec.name}.`;
  return [said, { from: 'user', text: left === null ? nudge : `${nudge}\n${left}` }];
}

const keptTurns = 12;
const largeResultLength = 2_000;

/** Moves on in steps of twelve turns, not with each: a prefix that changed every turn would never hit a prompt cache. */
const compactedTurnsOf = (turns: number): number => Math.floor(turns / keptTurns) * keptTurns - keptTurns;

const compacted = ({ reply, results }: PaidTurn): ToolResult[] =>
  results.map((result, index) => {
    const call = reply.toolCalls[index];
    if (call === undefined || result.output.length <= largeResultLength) return result;
    const output = `[an old result of ${result.output.length} characters was dropped; call ${call.name} again if you need it]`;
    return { ...result, output };
  });

function withTurnsLeft(results: readonly ToolResult[], left: number, finishName: string): readonly ToolResult[] {
  const note = turnsLeftNote(left, finishName);
  const last = results.at(-1);
  if (note === null || last === undefined) return results;
  return [...results.slice(0, -1), { ...last, output: `${last.output}\n${note}` }];
}

function turnsLeftNote(left: number, finishName: string): string | null {
  if (left < 1 || left > 2) return null;
  return `[${left === 1 ? '1 turn is' : `${left} turns are`} left; call ${finishName} before they end]`;
}

/** About four characters a token; good enough to ask whether a budget can bear the turn. */
const estimateTokens = ({ system, messages, tools }: ModelRequest): number =>
  Math.ceil(JSON.stringify([system, messages, tools]).length / 4);
