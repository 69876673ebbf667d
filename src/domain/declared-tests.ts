import { bareLine, type ChangedLines, takeOne } from './changed-lines.ts';
import type { TestLanguage } from './test-language.ts';

/** A test as its text declares it. */
export interface DeclaredTest {
  /** Empty where it is computed. */
  readonly name: string;
  /** Where the name stands: below the annotations, above the body. */
  readonly line: number;
}

export interface TestChanges {
  readonly gone: readonly DeclaredTest[];
  /** The tests of the changed part as it is now, in order. */
  readonly now: readonly (DeclaredTest & { readonly isNew: boolean })[];
}

/** Which tests came and went, by name. A test that moved within the file did neither. */
export function testChanges(
  { before, after }: Pick<ChangedLines, 'before' | 'after'>,
  language: TestLanguage,
): TestChanges {
  const old = declaredTests(before, language);
  const fresh = declaredTests(after, language);
  const oldNames = namesOf(old);
  const freshNames = namesOf(fresh);
  return {
    now: fresh.map((test) => ({ ...test, isNew: !takeOne(oldNames, test.name) })),
    gone: old.filter(({ name }) => !takeOne(freshNames, name)),
  };
}

function namesOf(tests: readonly DeclaredTest[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of tests) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function declaredTests({ text, firstLine }: ChangedLines['after'], { tests, comment }: TestLanguage): DeclaredTest[] {
  const found: DeclaredTest[] = [];
  const at = { line: firstLine, start: 0 };
  let isComment = comment.test(lineFrom(text, 0));
  for (const match of text.matchAll(tests)) {
    const lineStart = at.start;
    follow(at, text, match.index);
    if (at.start !== lineStart) isComment = comment.test(lineFrom(text, at.start));
    if (isComment) continue;
    const breaks = match[0].split('\n').length - 1;
    found.push({ name: match.slice(1).find((group) => group !== undefined) ?? '', line: at.line + breaks });
  }
  return found;
}

/** Moves on to the line that holds an offset. */
function follow(at: { line: number; start: number }, text: string, offset: number): void {
  for (let next = text.indexOf('\n', at.start); next !== -1 && next < offset; next = text.indexOf('\n', at.start)) {
    at.line += 1;
    at.start = next + 1;
  }
}

/** Enough of a line to see whether it is a comment. */
const lineFrom = (text: string, start: number): string => bareLine(text.slice(start, start + 200));
