import type { Syntax } from '../ports/syntax.ts';

/**
 * The same parser for one piece of work over many files. Once the time is over every answer is null: one after another,
 * a repository's most tangled texts would keep it busy for minutes, and all others would wait for it.
 */
export function withinTime(syntax: Syntax, limitMs: number): Syntax {
  const endAt = performance.now() + limitMs;
  let isOver = false;
  const inTime = async <T>(ask: () => Promise<T | null>): Promise<T | null> => {
    const leftMs = endAt - performance.now();
    if (isOver || leftMs <= 0) return null;
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => {
      isOver = true;
      late.resolve(null);
    }, leftMs);
    const asked = ask();
    asked.catch(() => undefined);
    return Promise.race([asked, late.promise]).finally(() => clearTimeout(timer));
  };
  return {
    outline: (path, text) => inTime(() => syntax.outline(path, text)),
    problems: (path, text) => inTime(() => syntax.problems(path, text)),
  };
}
