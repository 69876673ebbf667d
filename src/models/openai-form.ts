import type { ModelParameters } from '../domain/conversation.ts';
import type { Quirks } from './quirks.ts';

/** Parameters that are left out once a server has refused them. */
export type LeftOut =
  | 'temperature'
  | 'stream'
  | 'stream_options'
  | 'parallel_tool_calls'
  | 'prompt_cache_key'
  | 'tool_choice'
  | 'cache_control';

/** How one model takes its requests: what its provider's row says, and what was found out by asking. */
export interface ChatForm {
  /** More is never asked for. */
  readonly mostOutputTokens: number;
  readonly outputLimit: Quirks['outputLimit'];
  readonly isLimitSwapped: boolean;
  readonly system: Quirks['system'];
  readonly parallelCalls: boolean;
  /** OpenAI's models since GPT-5.4 call functions over this API only with reasoning switched off. */
  readonly isReasoningOff: boolean;
  /** Which of the ways to tell the effort it takes. */
  readonly effort: number;
  /** Without the reasoning of earlier turns, where it is refused. */
  readonly isReasoningBack: boolean;
  readonly leftOut: ReadonlySet<LeftOut>;
}

/** Who is asked, and how. */
export interface ChatAsked {
  readonly id: string;
  readonly model: string;
  readonly parameters: ModelParameters;
  readonly quirks: Quirks;
}
