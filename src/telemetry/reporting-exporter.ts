import type { SpanExporter } from '@opentelemetry/sdk-trace';

const everyMs = 10 * 60_000;

/** Says in the log that the collector does not take spans, and how many were lost; not more than every ten minutes. */
export function reportingExporter(
  exporter: SpanExporter,
  log: { warn(details: object, text: string): void },
  now: () => number = () => performance.now(),
): SpanExporter {
  let lost = 0;
  let saidMs = Number.NEGATIVE_INFINITY;
  return {
    export: (spans, tell) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined || result.code !== 0) {
          lost += spans.length;
          if (now() - saidMs >= everyMs) {
            saidMs = now();
            log.warn(
              { err: result.error, spans: lost },
              'the OpenTelemetry collector does not take spans; they are lost',
            );
            lost = 0;
          }
        }
        tell(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
