import type { ModelReply } from '../domain/conversation.ts';
import { ModelReplyError, ProviderError } from '../domain/faults.ts';
import {
  type CallTrace,
  digestOf,
  type FailedCall,
  type PromptOrigin,
  type TurnTrace,
  textDigest,
} from '../domain/turn-trace.ts';
import type { Model, ModelRequest, ReplyWatch } from '../ports/model.ts';
import type { Conversation } from './conversation.ts';
import type { CallRun } from './run-calls.ts';

interface TimedReply {
  readonly reply: ModelReply;
  /** The turn's trace, once its calls have run. */
  traceOf(reply: ModelReply, run: CallRun): TurnTrace;
}

/**
 * Asks, with a watch in the hand. A fault goes on to whoever asked, after `tellFault` has heard of it.
 *
 * @throws as the model does.
 */
export async function timedReply(
  model: Model,
  request: ModelRequest,
  { prompt: template }: Pick<Conversation<unknown>, 'prompt'>,
  signal: AbortSignal,
  tellFault: (fault: FailedCall) => Promise<void>,
): Promise<TimedReply> {
  const prompt = template === undefined ? null : originOf(template);
  const { system, messages, tools, maxOutputTokens } = request;
  const { digest: inputDigest, bytes: inputBytes } = digestOf({ system, messages, tools, maxOutputTokens });
  const askedMs = performance.now();
  const sinceAsked = () => Math.round(performance.now() - askedMs);
  let firstTokenMs: number | null = null;
  const watch: ReplyWatch = {
    grown: () => {
      firstTokenMs ??= sinceAsked();
    },
  };
  try {
    const reply = await model.reply(request, signal, watch);
    const latencyMs = sinceAsked();
    return {
      reply,
      traceOf: ({ text, toolCalls }, run) => ({
        prompt,
        parameters: askedWith(reply, request),
        inputDigest,
        inputBytes,
        outputDigest: digestOf({ text, toolCalls }).digest,
        latencyMs,
        firstTokenMs,
        calls: toolCalls.map((call, index) => callTrace({ ...call, name: shownName(call.name, tools) }, run, index)),
      }),
    };
  } catch (error) {
    const fault = faultOf(error, model.id, signal);
    if (fault !== null) await tellFault({ ...fault, prompt, inputDigest, inputBytes, latencyMs: sinceAsked() });
    throw error;
  }
}

function askedWith({ parameters = {} }: ModelReply, request: ModelRequest): TurnTrace['parameters'] {
  const { temperature, effort, maxOutputTokens = request.maxOutputTokens } = parameters;
  return {
    maxOutputTokens: Math.min(maxOutputTokens, request.maxOutputTokens),
    ...(temperature === undefined ? {} : { temperature }),
    ...(effort === undefined ? {} : { effort }),
  };
}

function callTrace({ name, argumentsJson }: ModelReply['toolCalls'][number], run: CallRun, index: number): CallTrace {
  const { output = '', isError = true } = run.results[index] ?? {};
  return {
    name,
    argumentsBytes: Buffer.byteLength(argumentsJson),
    argumentsDigest: textDigest(argumentsJson),
    outputBytes: Buffer.byteLength(output),
    outputDigest: textDigest(output),
    isError,
    tookMs: run.tookMs[index] ?? 0,
  };
}

/** A name that no tool has may be anything that a model was talked into. What it was told of it is in the turn itself. */
const shownName = (name: string, tools: ModelRequest['tools']): string =>
  tools.some((tool) => tool.name === name) ? name : 'unknown';

/** Only its name: the texts of a template are no part of a trace. */
const originOf = ({ name, version, source, digest }: PromptOrigin): PromptOrigin => ({
  name,
  version,
  ...(source === undefined ? {} : { source }),
  ...(digest === undefined ? {} : { digest }),
});

type Fault = Pick<FailedCall, 'modelId' | 'fault' | 'status' | 'reason' | 'passedOver'>;

/** Null for what is no fault of a model's: a bug is nobody's call. */
function faultOf(error: unknown, modelId: string, signal: AbortSignal): Fault | null {
  if (signal.aborted)
    return { modelId, fault: 'stopped', status: null, reason: 'the fix went another way', passedOver: [] };
  if (error instanceof ProviderError)
    return {
      modelId: error.modelId,
      fault: error.fault,
      status: error.status ?? null,
      reason: error.message,
      passedOver: error.passedOver,
    };
  if (error instanceof ModelReplyError)
    return { modelId: error.modelId, fault: 'no-reply', status: null, reason: error.message, passedOver: [] };
  return null;
}
