import { beforeEnd, objectAt, type StreamEvent, sayingOnce, type Wire } from './wire.ts';

interface Piece {
  readonly index: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}
interface Choice {
  readonly delta: { readonly content?: string | null; readonly tool_calls?: readonly Piece[] };
  readonly finish_reason: string | null;
}

const choiceOf = (event: StreamEvent): Choice | undefined =>
  event === '[DONE]' ? undefined : (event.choices as Choice[] | undefined)?.[0];
const piecesOf = (event: StreamEvent): readonly Piece[] => choiceOf(event)?.delta.tool_calls ?? [];

function withPieces(event: StreamEvent, change: (piece: Piece) => Piece): StreamEvent {
  const choice = choiceOf(event);
  if (event === '[DONE]' || choice?.delta.tool_calls === undefined) return event;
  const delta = { ...choice.delta, tool_calls: choice.delta.tool_calls.map(change) };
  return { ...event, choices: [{ ...choice, delta }] };
}

/** OpenAI's Chat Completions, as nearly every other server speaks it: chunks without names, and `[DONE]`. */
export const chatWire: Wire = {
  name: 'chat',
  path: '/v1/chat/completions',
  namesEvents: false,
  error: (code, message) => ({ error: { message, type: code, code, param: null } }),
  errorEvent: (message) => ({ error: { message, code: 500 } }),
  isEnd: (event) => typeof choiceOf(event)?.finish_reason === 'string',
  isLastWord: (event) => event === '[DONE]',
  grownBy: (event) =>
    [choiceOf(event)?.delta.content ?? '', ...piecesOf(event).map((piece) => piece.function?.arguments ?? '')].join(''),
  growing: (event, text) =>
    withPieces(event, (piece) => ({ ...piece, function: { ...piece.function, arguments: text } })),
  usageOf: (event) => {
    const usage = objectAt(event, 'usage') as Record<string, number> | null;
    return usage === null ? null : { input: usage.prompt_tokens ?? 0, output: usage.completion_tokens ?? 0 };
  },
  withoutUsage: (event) => {
    if (event === '[DONE]') return event;
    const { usage: _usage, ...others } = event;
    return others;
  },
  empty: (events) => events.filter((event) => piecesOf(event).length === 0 && !choiceOf(event)?.delta.content),
  withCallsTwice: (events) => {
    const calls = events.filter((event) => piecesOf(event).length > 0);
    const count = new Set(calls.flatMap(piecesOf).map(({ index }) => index)).size;
    const again = calls.map((event) => withPieces(event, (piece) => ({ ...piece, index: piece.index + count })));
    return beforeEnd(chatWire, events, again);
  },
  withArguments: (events, text) => sayingOnce(chatWire, events, text),
};
