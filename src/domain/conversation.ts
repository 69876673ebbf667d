/** The words in which the app and a model talk, free of any provider's dialect. */

export type Role = 'architect' | 'coder' | 'fast' | 'debugger' | 'reviewer';
export const roles: readonly Role[] = ['architect', 'coder', 'fast', 'debugger', 'reviewer'];

/** A call the model asked for. `argumentsJson` is raw: it may be malformed, and the caller says so to the model. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsJson: string;
  /** The model wrote something else, which plainly stood for these arguments. */
  readonly isRepaired?: boolean;
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
  | {
      readonly from: 'model';
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      readonly reasoning?: Reasoning;
    }
  | { readonly from: 'tools'; readonly results: readonly ToolResult[] };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, an object type. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a model thought before it answered, in its provider's own form: handed back as it came, and to that provider only. */
export interface Reasoning {
  readonly modelId: string;
  /** Plain JSON, signed or encrypted by the provider. Never shown, never read. */
  readonly parts: readonly unknown[];
}

/** Tokens of one reply. `inputTokens` includes the cached ones; `outputTokens` includes the reasoning. */
export interface Usage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  /** Input that the provider put into its cache, where it says so; some ask more for that. */
  readonly cacheWriteTokens?: number;
  readonly outputTokens: number;
  /** What of the output was reasoning, where the provider says so. */
  readonly reasoningTokens?: number;
  /** The provider counted nothing: these are bounds by length, so that no limit is passed unseen. */
  readonly isEstimated?: boolean;
}

/** A model of the chain that was asked before, or not even asked, and why. */
export interface PassedOver {
  readonly modelId: string;
  readonly reason: string;
}

export interface ModelReply {
  /** `provider/model` that answered; in a chain not always the first. */
  readonly modelId: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly stop: 'end' | 'tool-calls' | 'length' | 'refusal';
  readonly usage: Usage;
  /** What tries before this one are known to have used, though nothing came of them: it is paid too. */
  readonly lostUsage?: Usage;
  readonly reasoning?: Reasoning;
  /** How it was asked beyond the request, where the roster says so. */
  readonly parameters?: ModelParameters;
  /** Those of the chain that did not answer before this one did. */
  readonly passedOver?: readonly PassedOver[];
}

/** How hard a model shall think, and how it shall choose its words. What is left out is the provider's own default. */
export interface ModelParameters {
  readonly temperature?: number;
  readonly effort?: Effort;
  /** At most this is written in one reply, reasoning included, even where the conversation would allow more. */
  readonly maxOutputTokens?: number;
}

export const efforts = ['none', 'low', 'medium', 'high', 'max'] as const;
export type Effort = (typeof efforts)[number];

/** One place of a role's chain. */
export interface ModelChoice extends ModelParameters {
  /** `provider/model`. */
  readonly model: string;
}

/** By role, in the order in which they are asked; a role that is left out has no choice of its own. */
export type Chains = Partial<Readonly<Record<Role, readonly ModelChoice[]>>>;
