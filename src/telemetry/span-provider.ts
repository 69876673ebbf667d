import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, resourceAttributesEnvDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type SettableIds, settableIds } from './fix-trace-ids.ts';
import { reportingExporter } from './reporting-exporter.ts';

export interface CollectorOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly version: string;
  /** Tells replicas apart. */
  readonly instance: string;
  readonly log: { warn(details: object, text: string): void };
}

export interface SpanProvider {
  readonly tracer: Tracer;
  readonly ids: SettableIds;
  /** Sends what is left, for a second at most. */
  close(): Promise<void>;
}

const sendEveryMs = 2_000;
const lastWordsMs = 1_000;
/** Above whatever we cut ourselves. */
const longestValue = 40_000;

/** Spans on their way to a collector. Nothing global is set or patched, so no library starts to send anything of its own. */
export function openSpanProvider(options: CollectorOptions): SpanProvider {
  const { url, headers, timeoutMs: timeoutMillis, version } = options;
  const exporter = reportingExporter(
    new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis }),
    options.log,
  );
  const ids = settableIds();
  const provider = new TracerProvider({
    resource: detectResources({ detectors: [resourceAttributesEnvDetector] }).merge(
      resourceFromAttributes({
        'service.name': options.serviceName,
        'service.version': version,
        'service.instance.id': options.instance,
      }),
    ),
    sampler: new AlwaysOnSampler(),
    idGenerator: ids,
    spanLimits: { attributeValueLengthLimit: longestValue },
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: sendEveryMs })],
  });
  return {
    tracer: provider.getTracer('ai-fix', version),
    ids,
    close: async () => {
      const late = new Promise<void>((resolve) => setTimeout(resolve, lastWordsMs).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}
