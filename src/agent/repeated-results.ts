import type { ModelReply, ToolCall, ToolResult } from '../domain/conversation.ts';
import type { PaidTurn } from '../ports/stores.ts';
import { shownResults } from './compact-turns.ts';

/** Below this a pointer would hardly be shorter. */
const worthPointingLength = 1_000;

/** Large answers that stand further up in the conversation word for word are not told again. */
export function withoutRepeats(
  { toolCalls }: ModelReply,
  results: readonly ToolResult[],
  turns: readonly PaidTurn[],
): readonly ToolResult[] {
  if (results.every(({ output }) => output.length < worthPointingLength)) return results;
  const shown = shownResults(turns);
  return results.map((result, index) => {
    const call = toolCalls[index];
    if (call === undefined || result.isError || result.output.length < worthPointingLength) return result;
    const isAgain = toolCalls
      .slice(0, index)
      .some(
        ({ name, argumentsJson }, number) =>
          isSame(name, argumentsJson, call) && results[number]?.output === result.output,
      );
    const stands =
      isAgain ||
      turns.some(({ reply, results: recorded }, turn) =>
        reply.toolCalls.some(
          ({ name, argumentsJson }, number) =>
            isSame(name, argumentsJson, call) &&
            recorded[number]?.output === result.output &&
            // It may be dropped; a note may stand behind it.
            shown[turn]?.[number]?.output.startsWith(result.output) === true,
        ),
      );
    if (!stands) return result;
    const output = `[unchanged: it is what your earlier call of ${call.name} with these arguments showed, further up]`;
    return { ...result, output };
  });
}

const isSame = (name: string, argumentsJson: string, call: ToolCall): boolean =>
  name === call.name && argumentsJson === call.argumentsJson;
