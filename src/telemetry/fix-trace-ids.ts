import { createHash, randomBytes } from 'node:crypto';
import type { IdGenerator } from '@opentelemetry/sdk-trace';
import type { FixId } from '../domain/ids.ts';

/** A fix is one trace, whoever works at it and however often a process is started anew: its ids follow from its name. */

const hex = (text: string, digits: number): string => createHash('sha256').update(text).digest('hex').slice(0, digits);

export const traceIdOf = (fix: FixId): string => hex(`ai-fix trace ${fix}`, 32);

/** Of the span under which all others hang; a resumed fix has another one for each of its lives. */
export const rootSpanIdOf = (fix: FixId, life: number): string => hex(`ai-fix root ${fix} ${life}`, 16);

export interface SettableIds extends IdGenerator {
  /** The ids of the spans that `make` starts. */
  use<T>(ids: { readonly traceId: string; readonly spanId: string }, make: () => T): T;
}

/** Random ids, but for spans whose names are given. */
export function settableIds(): SettableIds {
  let given: { readonly traceId: string; readonly spanId: string } | null = null;
  return {
    generateTraceId: () => given?.traceId ?? randomBytes(16).toString('hex'),
    generateSpanId: () => given?.spanId ?? randomBytes(8).toString('hex'),
    use: (ids, make) => {
      given = ids;
      try {
        return make();
      } finally {
        given = null;
      }
    },
  };
}
