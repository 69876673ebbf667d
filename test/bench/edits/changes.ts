import type { Program } from './programs.ts';
import type { Random } from './random.ts';

/** A change of a few lines within a function, before anything goes wrong with how it is sent. */
export interface Change {
  readonly program: Program;
  /** The lines that are sent, from 0; both belong to it. */
  readonly first: number;
  readonly last: number;
  readonly old: readonly string[];
  readonly fresh: readonly string[];
  /** Lines of `old`, from 0, that the change takes away. */
  readonly removed: readonly number[];
  /** The line of `fresh` that is new, and of `old` where it goes. */
  readonly at: number;
}

export const joined = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** A window with a line replaced, put in or taken out in its middle, never next to a blank line or at its edge. */
export function makeChange(random: Random, program: Program, least = 5): Change {
  for (let tries = 0; tries < 500; tries += 1) {
    const { first: head, last: tail } = random.pick(program.functions);
    const length = Math.min(least + random.below(4), tail - head + 1);
    const first = head + random.below(tail - head + 2 - length);
    const old = program.lines.slice(first, first + length);
    const at = 1 + random.below(Math.max(1, length - 2));
    const near = old.slice(Math.max(0, at - 1), at + 2);
    const telling = old.filter((line) => /\d{2}/.test(line));
    if (near.length < 3 || near.some((line) => line.trim() === '') || !/\d/.test(old[at] ?? '')) continue;
    if (old[0]?.trim() === '' || old.at(-1)?.trim() === '' || telling.length < 3) continue;
    return { program, first, last: first + length - 1, old, at, ...changeAt(random, program, old, at) };
  }
  throw new Error('the programs are too small for a change');
}

function changeAt(random: Random, { dialect }: Program, old: readonly string[], at: number) {
  const line = old[at] ?? '';
  const indent = line.slice(0, line.length - line.trimStart().length);
  const added = indent + dialect.statement(`added_${random.below(1000)}`, `"made by the change"`);
  const opens = /[:{]$/.test(line);
  if (opens || random.chance(0.4)) return { fresh: old.with(at, renumbered(random, line)), removed: [at] };
  return { fresh: [...old.slice(0, at), added, ...old.slice(at)], removed: [] };
}

/** The same line with its last number changed. */
export function renumbered(random: Random, line: string): string {
  const number = /\d+(?=\D*$)/;
  return line.replace(number, (digits) => String(Number(digits) + 1 + random.below(50)));
}

/** The program's lines after the change. */
export const changedLines = ({ program: { lines }, first, last, fresh }: Change): string[] => [
  ...lines.slice(0, first),
  ...fresh,
  ...lines.slice(last + 1),
];
