import type Anthropic from '@anthropic-ai/sdk';
import type { Message, ModelParameters } from '../domain/conversation.ts';
import type { ModelRequest } from '../ports/model.ts';
import { thinkingForms } from './anthropic-effort.ts';
import { cacheMark, isMarked } from './cache-marks.ts';
import { ownReasoning } from './own-reasoning.ts';
import { argumentsObject } from './tool-calls.ts';
import { type TurnPart, turnInOrder } from './turn-order.ts';
import { toWireMessages } from './wire-messages.ts';

type Block =
  | Anthropic.TextBlockParam
  | Anthropic.ToolUseBlockParam
  | Anthropic.ToolResultBlockParam
  | Anthropic.ThinkingBlockParam
  | Anthropic.RedactedThinkingBlockParam;
interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Block[];
}

/** Parameters that are left out once a server has refused them. */
export type LeftOut = 'temperature' | 'stream' | 'tool_choice' | 'cache_control';

/** How one model takes its requests; found out by asking. */
export interface AnthropicForm {
  /** More is never asked for. */
  readonly mostOutputTokens: number;
  /** Which of the ways to tell the effort it takes. */
  readonly effort: number;
  /** Without the reasoning of earlier turns, where it is refused. */
  readonly isReasoningBack: boolean;
  readonly leftOut: ReadonlySet<LeftOut>;
}

/** Who is asked, and how. */
export interface AnthropicAsked {
  readonly id: string;
  readonly model: string;
  readonly parameters: ModelParameters;
}

/** Marked for the cache: the end of the system prompt, before which the tools stand, and what `isMarked` says. */
export function toAnthropicBody(
  { id, model, parameters }: AnthropicAsked,
  request: ModelRequest,
  form: AnthropicForm,
): Anthropic.MessageCreateParams {
  const tools = request.tools.map(({ name, description, parameters: schema }) => ({
    name,
    description,
    input_schema: { ...schema, type: 'object' as const },
  }));
  const ownId = form.isReasoningBack ? id : null;
  const turns = mergeTurns(toWireMessages(request.messages).map((message) => toTurn(message, ownId)));
  const thinking = thinkingOf(model, parameters, request, form, ownId);
  const isThinking = thinking.thinking !== undefined && thinking.thinking.type !== 'disabled';
  const told = <Value extends object>(name: LeftOut, value: Value): Value | null =>
    form.leftOut.has(name) ? null : value;
  const { temperature } = parameters;
  return {
    model,
    max_tokens: Math.min(request.maxOutputTokens, form.mostOutputTokens),
    ...(isBlank(request.system)
      ? {}
      : { system: [{ type: 'text', text: request.system.toWellFormed(), ...told('cache_control', cacheMark) }] }),
    messages: form.leftOut.has('cache_control') ? turns : withMarks(turns),
    ...(tools.length > 0 && { tools }),
    // A model that thinks cannot be forced, and takes no temperature of ours.
    ...(tools.length === 1 && !isThinking && told('tool_choice', { tool_choice: { type: 'any' as const } })),
    ...thinking,
    ...(temperature !== undefined && !isThinking && told('temperature', { temperature })),
    ...told('stream', { stream: true as const }),
  } as Anthropic.MessageCreateParams;
}

function withMarks(turns: readonly Turn[]): Turn[] {
  const sizes = turns.map(({ content }) => content.length);
  return turns.map(({ role, content }, turn) => ({
    role,
    content: content.map((block, part) =>
      isMarked({ turn, part }, sizes) && isCacheable(block) ? { ...block, ...cacheMark } : block,
    ),
  }));
}

function thinkingOf(
  model: string,
  { effort }: ModelParameters,
  { messages, maxOutputTokens }: ModelRequest,
  form: AnthropicForm,
  ownId: string | null,
) {
  const forms = thinkingForms(model, effort, Math.min(maxOutputTokens, form.mostOutputTokens));
  const wanted = forms[Math.min(form.effort, forms.length - 1)] ?? {};
  // By a budget, a turn with tool calls must begin with its thoughts; what another model wrote in this conversation has none.
  const isTornOff = wanted.thinking?.type === 'enabled' && hasForeignCalls(messages, ownId);
  return isTornOff ? {} : wanted;
}

const hasForeignCalls = (messages: readonly Message[], ownId: string | null): boolean =>
  messages.some(
    (message) =>
      message.from === 'model' &&
      message.toolCalls.length > 0 &&
      (ownId === null || ownReasoning(message, ownId) === null),
  );

function toTurn(message: Message, ownId: string | null): Turn {
  switch (message.from) {
    case 'user':
      return { role: 'user', content: textBlocks(message.text) };
    case 'model': {
      const kept = ownId === null ? null : ownReasoning(message, ownId);
      return { role: 'assistant', content: turnInOrder(message, kept ?? []).flatMap(toBlocks) };
    }
    case 'tools':
      return {
        role: 'user',
        content: message.results.map(({ callId, output, isError }) => ({
          type: 'tool_result',
          tool_use_id: callId,
          content: isBlank(output) ? '(no output)' : output,
          ...(isError && { is_error: true }),
        })),
      };
  }
}

function toBlocks(part: TurnPart): Block[] {
  switch (part.kind) {
    case 'reasoning':
      return [part.part as Anthropic.ThinkingBlockParam];
    case 'text':
      return textBlocks(part.text);
    case 'call': {
      const { id, name, argumentsJson } = part.call;
      return [{ type: 'tool_use', id, name, input: argumentsObject(argumentsJson) }];
    }
  }
}

/** Anthropic refuses text blocks without a visible character. */
const isBlank = (text: string): boolean => text.trim() === '';
const textBlocks = (text: string): Block[] => (isBlank(text) ? [] : [{ type: 'text', text }]);

/** Roles must alternate and no turn may be empty; results stay before the text of the same side, as required. */
function mergeTurns(turns: readonly Turn[]): Turn[] {
  const merged: Turn[] = [];
  for (const turn of turns) {
    const last = merged.at(-1);
    if (turn.content.length === 0) continue;
    if (last?.role === turn.role) merged[merged.length - 1] = { ...last, content: [...last.content, ...turn.content] };
    else merged.push(turn);
  }
  return merged;
}

/** Thoughts take no mark; they are never the end of what we ask. */
const isCacheable = ({ type }: Block): boolean => type !== 'thinking' && type !== 'redacted_thinking';
