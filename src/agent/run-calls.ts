import type { ModelReply, ToolCall, ToolResult } from '../domain/conversation.ts';
import type { Overlay } from '../domain/overlay.ts';
import { cutOutput, cutText } from './cut-text.ts';
import { type Finishes, finishNamed } from './finish.ts';
import type { Tool, ToolContext } from './tool.ts';

const maxCallsPerReply = 20;
const maxOutputBytes = 30_000;

export interface CallRun {
  /** One for each call, in the order of the calls. */
  readonly results: readonly ToolResult[];
  readonly overlay: Overlay;
  /** How long each of them took; for the trace, never for a decision. */
  readonly tookMs: readonly number[];
}

/**
 * Runs the calls of one reply in order, each on what the one before left; the finishing call is judged last, on the
 * final overlay, wherever it stands. Everything wrong with a call is an error result, never a throw.
 *
 * @throws {ForgeError} when the tree cannot be read.
 */
export async function runCalls(
  reply: ModelReply,
  tools: readonly Tool[],
  finishes: Finishes<unknown>,
  start: ToolContext,
): Promise<CallRun> {
  const results = new Map<number, ToolResult>();
  const tookMs = reply.toolCalls.map(() => 0);
  let overlay = start.overlay;
  for (const [index, call] of reply.toolCalls.entries()) {
    if (index < maxCallsPerReply && finishNamed(finishes, call.name) !== undefined) continue;
    const beganMs = performance.now();
    const done = await runCall(call, index, tools, finishes, { tree: start.tree, overlay });
    tookMs[index] = Math.round(performance.now() - beganMs);
    overlay = done.overlay;
    results.set(index, done.result);
  }
  await judgeFinish(reply.toolCalls, finishes, { tree: start.tree, overlay }, results, tookMs);
  const ordered = reply.toolCalls.flatMap((_, index) => results.get(index) ?? []);
  return { results: reply.stop === 'length' ? withCutNote(ordered) : ordered, overlay, tookMs };
}

async function runCall(
  call: ToolCall,
  index: number,
  tools: readonly Tool[],
  finishes: Finishes<unknown>,
  context: ToolContext,
): Promise<{ result: ToolResult; overlay: Overlay }> {
  if (index >= maxCallsPerReply) {
    const output = `Not run: only the first ${maxCallsPerReply} calls of a reply are. Call again what is still needed.`;
    return { result: resultOf(call, output, true), overlay: context.overlay };
  }
  const tool = tools.find(({ spec }) => spec.name === call.name);
  if (tool === undefined) {
    const names = [...tools, ...finishes].map(({ spec }) => spec.name).join(', ');
    const output = `There is no tool ${JSON.stringify(cutText(call.name, 80))}. The tools are: ${names}.`;
    return { result: resultOf(call, output, true), overlay: context.overlay };
  }
  const { output, isError, overlay } = await tool.run(call.argumentsJson, context);
  return { result: resultOf(call, output, isError), overlay };
}

/** The first finishing call counts, and only when nothing beside it failed: a model that finishes trusts its calls. */
async function judgeFinish(
  calls: readonly ToolCall[],
  finishes: Finishes<unknown>,
  context: ToolContext,
  results: Map<number, ToolResult>,
  tookMs: number[],
): Promise<void> {
  const hasFailed = [...results.values()].some((result) => result.isError);
  let isFirst = true;
  for (const [index, call] of calls.entries()) {
    if (results.has(index)) continue;
    const beganMs = performance.now();
    const correction = await finishFault(call, finishes, context, { isFirst, hasFailed });
    tookMs[index] = Math.round(performance.now() - beganMs);
    results.set(index, resultOf(call, correction ?? 'Accepted.', correction !== null));
    isFirst = false;
  }
}

async function finishFault(
  call: ToolCall,
  finishes: Finishes<unknown>,
  context: ToolContext,
  { isFirst, hasFailed }: { isFirst: boolean; hasFailed: boolean },
): Promise<string | null> {
  if (!isFirst) return `Only one ${call.name} a reply; the first one was judged.`;
  if (hasFailed)
    return `Not accepted: a call in the same reply failed. Look at its result, then call ${call.name} again.`;
  const parsed = await finishNamed(finishes, call.name)?.parse(call.argumentsJson, context);
  return parsed === undefined || parsed.ok ? null : parsed.correction;
}

const resultOf = (call: ToolCall, output: string, isError: boolean): ToolResult => ({
  callId: call.id,
  output: cutOutput(output, maxOutputBytes),
  isError,
});

/** The call that the limit cut off is the last one; what is wrong with its JSON alone would not tell the model why. */
function withCutNote(results: readonly ToolResult[]): ToolResult[] {
  const last = results.at(-1);
  if (last?.isError !== true) return [...results];
  const note =
    'Your reply was cut off at the output limit. Make fewer or smaller calls: create a part, then add to it.';
  return [...results.slice(0, -1), { ...last, output: `${note}\n${last.output}` }];
}
