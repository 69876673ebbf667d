import type { Message } from '../domain/conversation.ts';

/**
 * The conversation as every provider accepts it.
 *
 * - Call ids are numbered anew. A conversation may hold turns of several providers (failover), and ids that we made up,
 *   which repeat from turn to turn; Anthropic wants them unique in the whole conversation and of `[a-zA-Z0-9_-]`, OpenAI
 *   at most 40 characters. Being a function of the position, they leave a cached prefix as it was.
 * - Tool names that a model invented are spelled in the letters that are allowed, and an empty one is called `unnamed`.
 * - Half a surrogate pair, as a cut log may end in, becomes the replacement character: providers refuse it.
 *
 * @throws {TypeError} when a result answers no call of the turn before it: a bug of the caller.
 */
export function toWireMessages(messages: readonly Message[], idOf: WireId = plainId): Message[] {
  let wireIds: ReadonlyMap<string, string> = new Map();
  return messages.map((message, turn) => {
    if (message.from === 'model') {
      wireIds = new Map(message.toolCalls.map(({ id }, index) => [id, idOf(turn, index)]));
    }
    return toWireMessage(message, wireIds);
  });
}

/** The id of a call, by the places of its turn and in it. */
export type WireId = (turn: number, index: number) => string;
export const plainId: WireId = (turn, index) => `call-${turn}-${index}`;
/** Of nine letters and digits, as Mistral wants them. */
export const nineLetterId: WireId = (turn, index) => `c${`${turn}`.padStart(5, '0')}${`${index}`.padStart(3, '0')}`;

/** For a model that calls one tool at a time: turns of several calls, another model's, are told as turns of one. */
export function oneCallATurn(messages: readonly Message[]): Message[] {
  return messages.flatMap((message, index): Message[] => {
    const next = messages[index + 1];
    const before = messages[index - 1];
    if (message.from === 'tools' && before?.from === 'model' && before.toolCalls.length > 1) return [];
    if (message.from !== 'model' || message.toolCalls.length < 2 || next?.from !== 'tools') return [message];
    return message.toolCalls.flatMap((call, place): Message[] => {
      const said: Message =
        place === 0 ? { ...message, toolCalls: [call] } : { from: 'model', text: '', toolCalls: [call] };
      return [said, { from: 'tools', results: next.results.filter(({ callId }) => callId === call.id) }];
    });
  });
}

function toWireMessage(message: Message, wireIds: ReadonlyMap<string, string>): Message {
  switch (message.from) {
    case 'user':
      return { from: 'user', text: message.text.toWellFormed() };
    case 'model': {
      const toolCalls = message.toolCalls.map((call) => ({
        id: wireIdOf(wireIds, call.id),
        name: toWireName(call.name),
        argumentsJson: call.argumentsJson.toWellFormed(),
      }));
      const { reasoning } = message;
      return { from: 'model', text: message.text.toWellFormed(), toolCalls, ...(reasoning && { reasoning }) };
    }
    case 'tools': {
      const results = message.results.map(({ callId, output, isError }) => ({
        callId: wireIdOf(wireIds, callId),
        output: output.toWellFormed(),
        isError,
      }));
      return { from: 'tools', results };
    }
  }
}

const toWireName = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'unnamed';

function wireIdOf(wireIds: ReadonlyMap<string, string>, id: string): string {
  const wireId = wireIds.get(id);
  if (wireId === undefined) throw new TypeError(`no tool call of the turn before has the id ${JSON.stringify(id)}`);
  return wireId;
}
