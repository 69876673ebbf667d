import type { Watcher } from '../ports/watcher.ts';
import { type CallHealth, createMetrics, type MetricSources, type Metrics } from './metrics.ts';
import { createSpans, type SpanOptions } from './spans.ts';
import { ownVersion } from './version.ts';

export interface Telemetry {
  readonly watching: readonly Watcher[];
  readonly metrics: Metrics | null;
  close(): Promise<void>;
}

/** What somebody asked for in the settings, and nothing else: without them nothing is counted and nothing is sent. */
export function openTelemetry(
  settings: {
    readonly metrics: object | null;
    readonly spans: Pick<SpanOptions, 'url' | 'headers' | 'serviceName' | 'timeoutMs' | 'withContent'> | null;
  },
  from: Pick<SpanOptions, 'instance' | 'redactor' | 'log' | 'findFix'> &
    Pick<MetricSources, 'tally'> & { health(): readonly CallHealth[] },
): Telemetry {
  const version = ownVersion();
  const { tally, health, instance, redactor, log, findFix } = from;
  const metrics = settings.metrics === null ? null : createMetrics({ version, tally, health });
  const spans =
    settings.spans === null ? null : createSpans({ ...settings.spans, version, instance, redactor, log, findFix });
  return {
    watching: [spans, metrics].filter((watcher) => watcher !== null),
    metrics,
    close: async () => spans?.close(),
  };
}
