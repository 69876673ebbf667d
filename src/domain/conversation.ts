/** The words in which the app and a model talk, free of any provider's dialect. */

export type Role = 'architect' | 'coder' | 'fast' | 'debugger' | 'reviewer';
export const roles: readonly Role[] = ['architect', 'coder', 'fast', 'debugger', 'reviewer'];

/** A call the model asked for. `argumentsJson` is raw: it may be malformed, and the caller says so to the model. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsJson: string;
}

export interface ToolResult {
  readonly callId: string;
  readonly output: string;
  readonly isError: boolean;
  /** What the app tells behind the output. Recorded apart from it: it still holds when the output is old. */
  readonly note?: string;
}

export type Message =
  | { readonly from: 'user'; readonly text: string }
  | { readonly from: 'model'; readonly text: string; readonly toolCalls: readonly ToolCall[] }
  | { readonly from: 'tools'; readonly results: readonly ToolResult[] };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, an object type. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Tokens of one reply. `inputTokens` includes the cached ones; `outputTokens` includes the reasoning. */
export interface Usage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  /** Input that the provider put into its cache, where it says so; some ask more for that. */
  readonly cacheWriteTokens?: number;
  readonly outputTokens: number;
}

export interface ModelReply {
  /** `provider/model` that answered; in a chain not always the first. */
  readonly modelId: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly stop: 'end' | 'tool-calls' | 'length' | 'refusal';
  readonly usage: Usage;
}
