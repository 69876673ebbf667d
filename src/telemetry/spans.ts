import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import type { Fix } from '../domain/fix-facts.ts';
import { type FixId, fullName } from '../domain/ids.ts';
import type { Redactor } from '../domain/redact.ts';
import type { AnsweredCall, Watcher } from '../ports/watcher.ts';
import { rootSpanIdOf, traceIdOf } from './fix-trace-ids.ts';
import { chatAttributes, chatName, faultAttributes, toolAttributes, toolSpanName } from './gen-ai-attributes.ts';
import { type CollectorOptions, openSpanProvider } from './span-provider.ts';

export interface SpanOptions extends CollectorOptions {
  /** Words of conversations are sent too, redacted. */
  readonly withContent: boolean;
  readonly redactor: Redactor;
  findFix(id: FixId): Promise<Fix | null>;
}

export interface Spans extends Watcher {
  /** Sends what is left, for a second and a half at most. */
  close(): Promise<void>;
}

/** How long the end of the process waits for the database to tell of fixes that ended just now. */
const longestFindMs = 500;

/**
 * Sends spans to an OTLP collector: a fix is a trace, its bursts are spans of it, their steps spans of these, and in
 * them the calls of models and tools. Nothing waits for the collector: what it does not take in time is dropped.
 */
export function createSpans(options: SpanOptions): Spans {
  const { tracer, ids, close } = openSpanProvider(options);
  const contexts = new AsyncLocalStorage<Context>();
  let roots = Promise.resolve();
  const here = (fix: FixId): Context => contexts.getStore() ?? under(fix, 0);

  const within = async <T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> => {
    try {
      return await contexts.run(trace.setSpan(parent, span), work);
    } catch (error) {
      // Only its class: a message may hold anything.
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
      throw error;
    } finally {
      span.end();
    }
  };

  return {
    burst: async (burst, work) => {
      const fix = await options.findFix(burst.fix).catch(() => null);
      const parent = under(burst.fix, fix?.lives ?? 0);
      const attributes = {
        'ai_fix.fix': burst.fix,
        'ai_fix.burst': burst.number,
        'ai_fix.repository': fullName(burst.repository),
      };
      return within(tracer.startSpan(`burst ${burst.kind}`, { attributes }, parent), parent, work);
    },
    step: (name, work) => {
      const parent = contexts.getStore();
      return parent === undefined ? work() : within(tracer.startSpan(name, {}, parent), parent, work);
    },
    answered: (call) => tellCall(call),
    failed: (conversation, fault) => {
      const endMs = Date.now();
      const span = tracer.startSpan(
        chatName(fault.modelId),
        { kind: SpanKind.CLIENT, startTime: endMs - fault.latencyMs, attributes: faultAttributes(conversation, fault) },
        here(conversation.fix),
      );
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(endMs);
    },
    happened: (event, burst) => {
      if (burst.kind === 'conclude' && event.type !== 'outage') roots = roots.then(() => endRoot(burst.fix));
    },
    close: async () => {
      await Promise.race([roots, new Promise((resolve) => setTimeout(resolve, longestFindMs).unref())]);
      await close();
    },
  };

  /** Reply and tools have ended when it is told; each one's time is known, and they came one after the other. */
  function tellCall(call: AnsweredCall): void {
    const { turn, trace: numbers } = call;
    const parent = here(call.conversation.fix);
    const tookMs = numbers.calls.reduce((sum, { tookMs: one }) => sum + one, 0);
    let atMs = Date.now() - tookMs;
    tracer
      .startSpan(
        chatName(turn.reply.modelId),
        { kind: SpanKind.CLIENT, startTime: atMs - numbers.latencyMs, attributes: chatAttributes(call, options) },
        parent,
      )
      .end(atMs);
    for (const [index, tool] of numbers.calls.entries()) {
      const attributes = toolAttributes(call, tool, index, options);
      const span = tracer.startSpan(toolSpanName(tool), { startTime: atMs, attributes }, parent);
      if (tool.isError) span.setStatus({ code: SpanStatusCode.ERROR });
      atMs += tool.tookMs;
      span.end(atMs);
    }
  }

  /** The fix itself, once it is over and its end was recorded: a burst that is run again sends none. */
  async function endRoot(id: FixId): Promise<void> {
    const fix = await options.findFix(id).catch(() => null);
    if (fix === null) return;
    const attributes = { 'ai_fix.fix': id, 'ai_fix.repository': fullName(fix.repository), 'ai_fix.state': fix.state };
    ids
      .use({ traceId: traceIdOf(id), spanId: rootSpanIdOf(id, fix.lives) }, () =>
        tracer.startSpan('fix', { root: true, startTime: fix.createdAtMs, attributes }, ROOT_CONTEXT),
      )
      .end();
  }
}

/** Below the span of the fix, which is sent last, and perhaps by another process. */
const under = (fix: FixId, life: number): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: traceIdOf(fix),
    spanId: rootSpanIdOf(fix, life),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
