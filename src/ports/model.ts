import type { Message, ModelReply, ToolSpec } from '../domain/conversation.ts';

/** One model of one provider, ready to be asked. */
export interface Model {
  /** `provider/model`, as the roster writes it. */
  readonly id: string;
  /**
   * Asks. A chain asks again after short faults (429, 5xx, connection), obeying `retry-after`, and goes on to the next;
   * all of it for about a minute at most, beside the time that answers take.
   *
   * @throws {ProviderError} when the provider does not answer usefully; `isRetryable` says whether later may differ.
   * @throws {ModelReplyError} when it answered, but with nothing that is a reply.
   */
  reply(request: ModelRequest, signal: AbortSignal, watch?: ReplyWatch): Promise<ModelReply>;
}

/** Sees a reply grow while it streams. Its calls must be cheap; they never throw. */
export interface ReplyWatch {
  /** Called when the first event of a stream has come and is no error, be it still without a word. */
  begun?(): void;
  /** Called at most a few times a second. `characters`: what has come of text, arguments and reasoning together. */
  grown(characters: number): void;
}

export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly maxOutputTokens: number;
  /**
   * Who answered the turn before. A chain asks it first: its cache holds the conversation, and what it reasoned is of use
   * to nobody else.
   */
  readonly lastAnsweredBy?: string;
}
