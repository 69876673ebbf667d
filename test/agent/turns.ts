import { noUsage } from '../../src/domain/cost.ts';
import type { PaidTurn } from '../../src/ports/stores.ts';

type Called = readonly [name: string, args: object, output: string, isError?: boolean];

/** Recorded turns, each of these calls with what they said; `edits` names the files that a turn changed. */
export function paidTurns(...turns: readonly { calls: readonly Called[]; edits?: readonly string[] }[]): PaidTurn[] {
  return turns.map(({ calls, edits = [] }, index) => ({
    index,
    reply: {
      modelId: 'fake/model',
      text: '',
      toolCalls: calls.map(([name, args], call) => ({
        id: `call-${call}`,
        name,
        argumentsJson: JSON.stringify(args),
      })),
      stop: 'tool-calls',
      usage: noUsage,
    },
    results: calls.map(([, , output, isError = false], call) => ({ callId: `call-${call}`, output, isError })),
    overlayChanges: Object.fromEntries(edits.map((path) => [path, { kind: 'write', text: '', mode: '100644' }])),
  }));
}

export const reading = (path: string, length: number): Called => ['read_file', { path }, 'x'.repeat(length)];
