import type { Attributes } from '@opentelemetry/api';
import type { ModelReply } from '../domain/conversation.ts';
import type { Redactor } from '../domain/redact.ts';
import type { CallTrace, FailedCall, PromptOrigin } from '../domain/turn-trace.ts';
import type { ConversationKey } from '../ports/stores.ts';
import type { AnsweredCall } from '../ports/watcher.ts';

/**
 * What spans say of calls, by the semantic conventions for generative AI 1.45, and in names of our own (`ai_fix.`) where
 * those have none: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */

/** Well-known names where ours differ: https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/ */
const providerNames: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  gemini: 'gcp.gemini',
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  xai: 'x_ai',
};

const finishReasons: Readonly<Record<ModelReply['stop'], string>> = {
  end: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  refusal: 'content_filter',
};

const longestContent = 8_000;
const longestId = 80;

/** `provider/model` in two; the model's own name may hold slashes. */
function partsOf(modelId: string): { readonly provider: string; readonly model: string } {
  const slash = modelId.indexOf('/');
  const provider = slash < 0 ? modelId : modelId.slice(0, slash);
  return { provider: providerNames[provider] ?? provider, model: modelId.slice(slash + 1) };
}

export const chatName = (modelId: string): string => `chat ${partsOf(modelId).model}`;

export const toolSpanName = ({ name }: Pick<CallTrace, 'name'>): string => `execute_tool ${name.slice(0, 80)}`;

function common(modelId: string, conversation: ConversationKey, prompt: PromptOrigin | null): Attributes {
  const { provider, model } = partsOf(modelId);
  const { fix, role, part } = conversation;
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'gen_ai.conversation.id': `${fix}/${role}/${part}`,
    'gen_ai.agent.name': role,
    'ai_fix.fix': fix,
    ...(prompt === null ? {} : { 'gen_ai.prompt.name': prompt.name, 'ai_fix.prompt.version': prompt.version }),
  };
}

/** What is sent of what models wrote. */
export interface Words {
  readonly redactor: Redactor;
  /** False: no texts, only names and numbers. */
  readonly withContent: boolean;
}

export function chatAttributes(call: AnsweredCall, { redactor, withContent }: Words): Attributes {
  const { turn, trace, usd, conversation } = call;
  const { reply } = turn;
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = reply.usage;
  const { maxOutputTokens, temperature } = trace.parameters;
  return {
    ...common(reply.modelId, conversation, trace.prompt),
    'gen_ai.response.model': partsOf(reply.modelId).model,
    'gen_ai.response.finish_reasons': [finishReasons[reply.stop]],
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.cache_read.input_tokens': cachedInputTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    ...(maxOutputTokens === undefined ? {} : { 'gen_ai.request.max_tokens': maxOutputTokens }),
    ...(temperature === undefined ? {} : { 'gen_ai.request.temperature': temperature }),
    ...(cacheWriteTokens === undefined ? {} : { 'gen_ai.usage.cache_creation.input_tokens': cacheWriteTokens }),
    ...(reasoningTokens === undefined ? {} : { 'gen_ai.usage.reasoning.output_tokens': reasoningTokens }),
    ...(trace.firstTokenMs === null ? {} : { 'gen_ai.response.time_to_first_chunk': trace.firstTokenMs / 1_000 }),
    ...(usd === null ? {} : { 'ai_fix.cost_usd': usd }),
    'ai_fix.turn': turn.index,
    'ai_fix.input_digest': trace.inputDigest,
    'ai_fix.output_digest': trace.outputDigest,
    ...(reply.passedOver === undefined ? {} : { 'ai_fix.passed_over': reply.passedOver.map(({ modelId }) => modelId) }),
    ...(withContent ? { 'gen_ai.output.messages': saidMessages(call, redactor) } : {}),
  };
}

/** https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-output-messages.json */
function saidMessages({ turn, trace }: AnsweredCall, redactor: Redactor): string {
  const { text, toolCalls, stop } = turn.reply;
  const parts = [
    ...(text === '' ? [] : [{ type: 'text', content: shown(text, redactor) }]),
    ...toolCalls.map(({ id, argumentsJson }, index) => ({
      type: 'tool_call',
      id: shownId(id, redactor),
      name: trace.calls[index]?.name ?? 'unknown',
      arguments: shown(argumentsJson, redactor),
    })),
  ];
  return JSON.stringify([{ role: 'assistant', parts, finish_reason: finishReasons[stop] }]);
}

export function toolAttributes(
  { turn, conversation }: AnsweredCall,
  call: CallTrace,
  index: number,
  { redactor, withContent }: Words,
): Attributes {
  const said = turn.reply.toolCalls[index];
  const output = turn.results[index]?.output ?? '';
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': call.name,
    'gen_ai.tool.type': 'function',
    'gen_ai.conversation.id': `${conversation.fix}/${conversation.role}/${conversation.part}`,
    'ai_fix.fix': conversation.fix,
    'ai_fix.tool.arguments_bytes': call.argumentsBytes,
    'ai_fix.tool.output_bytes': call.outputBytes,
    ...(said === undefined ? {} : { 'gen_ai.tool.call.id': shownId(said.id, redactor) }),
    ...(call.isError ? { 'error.type': 'tool_error' } : {}),
    ...(withContent
      ? {
          'gen_ai.tool.call.arguments': shown(said?.argumentsJson ?? '', redactor),
          'gen_ai.tool.call.result': shown(output, redactor),
        }
      : {}),
  };
}

export const faultAttributes = (conversation: ConversationKey, failed: FailedCall): Attributes => ({
  ...common(failed.modelId, conversation, failed.prompt),
  'error.type': failed.fault,
  ...(failed.status === null ? {} : { 'http.response.status_code': failed.status }),
  'ai_fix.input_digest': failed.inputDigest,
});

/** Some servers hand on what the model itself wrote there. */
const shownId = (id: string, redactor: Redactor): string => redactor.redact(id).slice(0, longestId).toWellFormed();

const shown = (text: string, redactor: Redactor): string =>
  redactor.redact(text).slice(0, longestContent).toWellFormed();
