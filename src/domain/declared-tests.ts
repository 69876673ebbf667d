import { bareLine, type ChangedLines, countsOf, takeOne } from './changed-lines.ts';
import type { TestLanguage } from './test-language.ts';

/** A test as its text declares it. */
export interface DeclaredTest {
  /** Empty where it is computed. */
  readonly name: string;
  /** Where the name stands: below the annotations, above the body. */
  readonly line: number;
}

export interface TestChanges {
  /** The tests of the changed part as it was, and as it is, in order. */
  readonly old: readonly DeclaredTest[];
  readonly now: readonly DeclaredTest[];
  readonly gone: readonly DeclaredTest[];
  readonly fresh: ReadonlySet<DeclaredTest>;
}

/** Which tests came and went, by name. A test that moved within the file did neither. */
export function testChanges(
  { before, after }: Pick<ChangedLines, 'before' | 'after'>,
  language: TestLanguage,
): TestChanges {
  const old = declaredTests(before, language);
  const now = declaredTests(after, language);
  const oldNames = namesOf(old);
  const newNames = namesOf(now);
  const fresh = new Set(now.filter(({ name }) => !takeOne(oldNames, name)));
  return { old, now, fresh, gone: old.filter(({ name }) => !takeOne(newNames, name)) };
}

const namesOf = (tests: readonly DeclaredTest[]): Map<string, number> => countsOf(tests.map(({ name }) => name));

function declaredTests({ text, firstLine }: ChangedLines['after'], { tests, comment }: TestLanguage): DeclaredTest[] {
  const found: DeclaredTest[] = [];
  const line = { number: firstLine, start: 0, end: endOfLine(text, 0) };
  let isComment = comment.test(lineFrom(text, 0));
  for (const match of text.matchAll(tests)) {
    if (match.index > line.end) {
      for (; match.index > line.end; line.end = endOfLine(text, line.start)) {
        line.number += 1;
        line.start = line.end + 1;
      }
      isComment = comment.test(lineFrom(text, line.start));
    }
    if (isComment) continue;
    const name = match.slice(1).find((group) => group !== undefined) ?? '';
    found.push({ name, line: line.number + match[0].split('\n').length - 1 });
  }
  return found;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

/** Enough of a line to see whether it is a comment. */
const lineFrom = (text: string, start: number): string => bareLine(text.slice(start, start + 200));
