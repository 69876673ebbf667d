import type { Message, ModelReply, ToolSpec } from '../domain/conversation.ts';

/** One model of one provider, ready to be asked. */
export interface Model {
  /** `provider/model`, as the roster writes it. */
  readonly id: string;
  /**
   * Asks once. Short faults (429, 5xx, connection) are retried inside, obeying `retry-after`, at most for about a minute.
   *
   * @throws {ProviderError} when the provider does not answer usefully; `isRetryable` says whether later may differ.
   * @throws {ModelReplyError} when it answered, but with nothing that is a reply.
   */
  reply(request: ModelRequest, signal: AbortSignal): Promise<ModelReply>;
}

export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly maxOutputTokens: number;
}
