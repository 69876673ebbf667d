import type { ToolCall, ToolResult } from '../domain/conversation.ts';
import type { PaidTurn } from '../ports/stores.ts';
import { pathIn } from './call-paths.ts';

/**
 * Old results of a long conversation are dropped, so that it stays affordable and the model keeps its eyes on the work.
 *
 * Everything follows from the recorded turns alone, so a resumed conversation shows what the first one showed. It moves
 * in rare, large steps: what is shown before the newest turns stays the same to the letter until the next step, and a
 * provider's cache holds that long.
 */

/** A step is due when results of this length (some 50,000 tokens) stand there… */
const dueLength = 200_000;
/** …and leaves so much of the newest. */
const leftLength = 80_000;
/** Beyond these, the newest readings of files, as far as they still hold. */
const keptReadingsLength = 40_000;
/** And what was told behind the results: instructions of folders, which still hold. */
const keptNotesLength = 40_000;
/** Errors and small answers stay. */
const largeResultLength = 2_000;

/** The results of each turn as the next request shows them, with the notes behind them. */
export function shownResults(turns: readonly PaidTurn[]): readonly (readonly ToolResult[])[] {
  const step = lastStep(turns);
  if (step === null) return turns.map(({ results }) => results.map(withNote));
  const old = turns.slice(0, step.firstWhole);
  const kept = keptReadings(turns.slice(0, step.at), step.firstWhole);
  const noted = keptNotes(old);
  return turns.map((turn, index) => {
    if (index >= step.firstWhole) return turn.results.map(withNote);
    return compacted(turn, index, kept).map((result) => (noted.has(index) ? withNote(result) : withoutNote(result)));
  });
}

const withNote = ({ note, ...result }: ToolResult): ToolResult =>
  note === undefined ? result : { ...result, output: `${result.output}\n${note}` };
const withoutNote = ({ note: _note, ...result }: ToolResult): ToolResult => result;

const lengthOf = ({ results }: PaidTurn): number =>
  results.reduce((sum, { output, note = '' }) => sum + output.length + note.length, 0);

/** Of these turns the ones whose notes stay, the newest first, within their bound. Instructions are told only once. */
function keptNotes(turns: readonly PaidTurn[]): ReadonlySet<number> {
  const kept = new Set<number>();
  let room = keptNotesLength;
  for (const [index, { results }] of [...turns.entries()].toReversed()) {
    const length = results.reduce((sum, { note = '' }) => sum + note.length, 0);
    if (length > room) continue;
    room -= length;
    kept.add(index);
  }
  return kept;
}

interface Step {
  /** How many turns there were when it was due. */
  readonly at: number;
  /** The first turn that it left whole. */
  readonly firstWhole: number;
}

function lastStep(turns: readonly PaidTurn[]): Step | null {
  const lengths = turns.map(lengthOf);
  let step: Step | null = null;
  let live = 0;
  for (const [index, length] of lengths.entries()) {
    live += length;
    if (live <= dueLength) continue;
    let firstWhole: number = step?.firstWhole ?? 0;
    // The newest turn stays, whatever its length.
    for (; live > leftLength && firstWhole < index; firstWhole++) live -= lengths[firstWhole] ?? 0;
    step = { at: index + 1, firstWhole };
  }
  return step;
}

const placeOf = (turn: number, call: number): string => `${turn}:${call}`;

/** Places of the newest reading of each file and range that no later edit made stale, newest first, within their bound. */
function keptReadings(turns: readonly PaidTurn[], firstWhole: number): ReadonlySet<string> {
  const kept = new Set<string>();
  const known = new Set<string>();
  const edited = new Set<string>();
  let room = keptReadingsLength;
  for (const [index, { reply, results, overlayChanges }] of [...turns.entries()].toReversed()) {
    for (const path of Object.keys(overlayChanges)) edited.add(path);
    for (const [number, call] of [...reply.toolCalls.entries()].toReversed()) {
      const reading = readingOf(call);
      const length = results[number]?.output.length ?? 0;
      if (reading === null || known.has(reading.key) || length <= largeResultLength) continue;
      known.add(reading.key);
      if (edited.has(reading.path) || index >= firstWhole || length > room) continue;
      room -= length;
      kept.add(placeOf(index, number));
    }
  }
  return kept;
}

function readingOf({ name, argumentsJson }: ToolCall): { readonly path: string; readonly key: string } | null {
  if (name !== 'read_file') return null;
  const path = pathIn(argumentsJson);
  return path === null ? null : { path, key: JSON.stringify({ ...JSON.parse(argumentsJson), path }) };
}

const compacted = ({ reply, results }: PaidTurn, turn: number, kept: ReadonlySet<string>): ToolResult[] =>
  results.map((result, index) => {
    const call = reply.toolCalls[index];
    if (call === undefined || result.isError || result.output.length <= largeResultLength) return result;
    if (kept.has(placeOf(turn, index))) return result;
    const output = `[an old result of ${result.output.length} characters was dropped; call ${call.name} again if you need it]`;
    return { ...result, output };
  });
