import type { ModelReply } from '../../src/domain/conversation.ts';
import { noUsage } from '../../src/domain/cost.ts';
import type { Model, ModelRequest } from '../../src/ports/model.ts';

export interface FakeModel extends Model {
  /** Every request as it was asked, in order. */
  readonly requests: readonly ModelRequest[];
}

export type FakeReply = ModelReply | Error | ((request: ModelRequest, signal: AbortSignal) => Promise<ModelReply>);

/**
 * A model that gives these replies in order; an error is thrown, a function asked.
 *
 * @throws {TypeError} from `reply` once the script has ended: a test that asks more than it said is wrong.
 */
export function fakeModel(script: readonly FakeReply[], id = 'fake/model'): FakeModel {
  const requests: ModelRequest[] = [];
  return {
    id,
    requests,
    async reply(request, signal) {
      signal.throwIfAborted();
      // A copy of what is said: what a test reads later must be what was asked.
      const { mayAskAgain: _purse, ...said } = request;
      requests.push(structuredClone(said));
      const next = script[requests.length - 1];
      if (next === undefined) throw new TypeError(`the script has ${script.length} replies and was asked for one more`);
      if (next instanceof Error) throw next;
      return typeof next === 'function' ? next(request, signal) : next;
    },
  };
}

/** A reply that calls tools; arguments that are text stand for raw, maybe malformed JSON. */
export function calling(...calls: readonly (readonly [name: string, args: object | string])[]): ModelReply {
  const toolCalls = calls.map(([name, args], index) => ({
    id: `call-${index}`,
    name,
    argumentsJson: typeof args === 'string' ? args : JSON.stringify(args),
  }));
  return { modelId: 'fake/model', text: '', toolCalls, stop: 'tool-calls', usage: noUsage };
}

export const saying = (text: string, stop: ModelReply['stop'] = 'end'): ModelReply => ({
  modelId: 'fake/model',
  text,
  toolCalls: [],
  stop,
  usage: noUsage,
});
