import type { EditCase } from './edit-case.ts';
import { kindsOfSpace } from './kinds-of-space.ts';
import { kindsOfWords } from './kinds-of-words.ts';
import { dialects, makeProgram } from './programs.ts';
import { seeded } from './random.ts';

const kinds = { ...kindsOfSpace, ...kindsOfWords };

/** So many edits of each kind in each language; the seed decides all of them. */
export function makeCases(seed: number, each: number): EditCase[] {
  const random = seeded(seed);
  return Object.entries(kinds).flatMap(([kind, make]) =>
    dialects.flatMap((dialect) =>
      Array.from({ length: each }, () => ({
        kind,
        path: dialect.path,
        ...make(random, makeProgram(random, dialect)),
      })),
    ),
  );
}
