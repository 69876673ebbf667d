import { type Change, changedLines, joined, makeChange } from './changes.ts';
import type { EditCase } from './edit-case.ts';
import type { Program } from './programs.ts';
import type { Random } from './random.ts';

type Kind = (random: Random, program: Program) => Omit<EditCase, 'kind' | 'path'>;

const sent = (old: readonly string[], fresh: readonly string[]) => [{ old: joined(old), new: joined(fresh) }];
const isBlank = (line: string): boolean => line.trim() === '';
const indentOf = (line: string): string => line.slice(0, line.length - line.trimStart().length);

function plain(change: Change): Omit<EditCase, 'kind' | 'path'> {
  return {
    file: joined(change.program.lines),
    edits: sent(change.old, change.fresh),
    right: [joined(changedLines(change))],
  };
}

/** What is sent, with every line written otherwise. */
const rewritten = (change: Change, write: (line: string) => string): Omit<EditCase, 'kind' | 'path'> => ({
  ...plain(change),
  edits: sent(change.old.map(write), change.fresh.map(write)),
});

function commonIndent(lines: readonly string[]): string {
  const indents = lines.filter((line) => !isBlank(line)).map(indentOf);
  return indents.reduce((least, indent) => (indent.length < least.length ? indent : least), indents[0] ?? '');
}

const reindented = (from: string, to: string) => (line: string) => {
  const depth = indentOf(line).length / from.length;
  return isBlank(line) ? line : to.repeat(depth) + line.trimStart();
};

export const kindsOfSpace: Readonly<Record<string, Kind>> = {
  exact: (random, program) => plain(makeChange(random, program)),

  'trailing space in the file': (random, program) => {
    const change = makeChange(random, program);
    const trail = (line: string, index: number) => (index % 3 === 0 && !isBlank(line) ? `${line}  ` : line);
    const lines = program.lines.map(trail);
    const kept = new Map(program.lines.map((line, index) => [line, trail(line, index)]));
    const added = change.fresh.find((line) => !change.old.includes(line)) ?? '';
    const fresh = change.fresh.map((line) => (line === added ? line : (kept.get(line) ?? line)));
    const after = [...lines.slice(0, change.first), ...fresh, ...lines.slice(change.last + 1)];
    // Lines that occur twice may have it in one place only; then the file itself says what is right.
    const isClear = change.old.every((line, index) => kept.get(line) === lines[change.first + index]);
    return {
      file: joined(lines),
      edits: sent(change.old, change.fresh),
      right: [joined(isClear ? after : fixed(change, lines))],
    };
  },

  'trailing space sent': (random, program) =>
    rewritten(makeChange(random, program), (line) => (isBlank(line) ? line : `${line} `.replace(/ $/, ' '.repeat(2)))),

  'indentation lost': (random, program) => {
    const change = makeChange(random, program);
    const lost = commonIndent(change.old).length;
    return rewritten(change, (line) => line.slice(Math.min(lost, indentOf(line).length)));
  },

  'indented deeper': (random, program) => {
    const by = program.dialect.indent.repeat(1 + random.below(2));
    return rewritten(makeChange(random, program), (line) => (isBlank(line) ? line : by + line));
  },

  'tabs for spaces, spaces for tabs': (random, program) => {
    const { indent } = program.dialect;
    return rewritten(makeChange(random, program), reindented(indent, indent === '\t' ? '    ' : '\t'));
  },

  'two spaces for four, four for two': (random, program) => {
    const { indent } = program.dialect;
    return rewritten(makeChange(random, program), reindented(indent, indent === '  ' ? '    ' : '  '));
  },

  'only the new lines in the other sign': (random, program) => {
    const change = makeChange(random, program);
    const { indent } = program.dialect;
    const write = reindented(indent, indent === '\t' ? '    ' : '\t');
    const fresh = change.fresh.map((line) => (change.old.includes(line) ? line : write(line)));
    return { ...plain(change), edits: sent(change.old, fresh) };
  },

  'first line without its indentation': (random, program) => {
    const change = makeChange(random, program);
    const bare = (lines: readonly string[]) => lines.map((line, index) => (index === 0 ? line.trimStart() : line));
    return { ...plain(change), edits: sent(bare(change.old), bare(change.fresh)), mayRefuse: true };
  },

  'blank lines lost': (random, program) => {
    const spaced = spacedOut(program);
    const change = makeChange(random, spaced, 7);
    const told = (lines: readonly string[]) => lines.filter((line) => !isBlank(line));
    return { ...plain(change), edits: sent(told(change.old), told(change.fresh)) };
  },

  'blank lines added': (random, program) => {
    const change = makeChange(random, program);
    // Behind the same line in both, away from the change.
    const edge = change.at > 1 ? 0 : change.old.length - 2;
    const from = edge === 0 ? 1 : -1;
    const add = (lines: readonly string[]) => [...lines.slice(0, from), '', ...lines.slice(from)];
    return { ...plain(change), edits: sent(add(change.old), add(change.fresh)) };
  },

  'CRLF file': (random, program) => inLines(plain(makeChange(random, program)), () => '\r\n'),

  'CRLF sent': (random, program) => {
    const given = plain(makeChange(random, program));
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    return { ...given, edits: given.edits.map(({ old, new: fresh }) => ({ old: crlf(old), new: crlf(fresh) })) };
  },

  'CRLF file, indentation lost, trailing space': (random, program) => {
    const change = makeChange(random, program);
    const lost = commonIndent(change.old).length;
    const given = rewritten(change, (line) => `${line.slice(Math.min(lost, indentOf(line).length))}\t`);
    return inLines(given, () => '\r\n');
  },

  'byte order mark': (random, program) => {
    const given = plain(makeChange(random, program));
    return { ...given, file: `\ufeff${given.file}`, right: given.right.map((text) => `\ufeff${text}`) };
  },

  'no final line break': (_, program) => {
    const { lines } = program;
    const old = lines.slice(-4);
    const added = `${program.dialect.comment} the end`;
    const file = lines.join('\n');
    return { file, edits: sent(old, [...old, added]), right: [`${file}\n${added}`] };
  },
};

/** The change done to lines that may differ from the program's in trailing space. */
function fixed({ old, fresh, first, last }: Change, lines: readonly string[]): string[] {
  let at = first;
  const placed = fresh.map((line) => {
    if (line.trimEnd() === (lines[at] ?? '').trimEnd()) return lines[at++] ?? '';
    if (fresh.length === old.length) at += 1;
    return line;
  });
  return [...lines.slice(0, first), ...placed, ...lines.slice(last + 1)];
}

function inLines(given: Omit<EditCase, 'kind' | 'path'>, ending: () => string): Omit<EditCase, 'kind' | 'path'> {
  const write = (text: string) => text.replaceAll('\n', ending);
  return { ...given, file: write(given.file), right: given.right.map(write) };
}

/** A blank line in front of every third line of a function, never two. */
function spacedOut({ dialect, lines, functions }: Program): Program {
  const spaced: string[] = [];
  const places: { first: number; last: number }[] = [];
  for (const { first, last } of functions) {
    const start = spaced.length;
    for (const [index, line] of lines.slice(first, last + 1).entries()) {
      if (index % 4 === 3 && !isBlank(line) && spaced.at(-1) !== '') spaced.push('');
      spaced.push(line);
    }
    places.push({ first: start, last: spaced.length - 1 });
    spaced.push('');
  }
  return { dialect, lines: spaced, functions: places };
}
