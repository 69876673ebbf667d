import { changedLines, joined, makeChange, renumbered } from './changes.ts';
import type { EditCase } from './edit-case.ts';
import { makeProgram, type Program } from './programs.ts';
import type { Random } from './random.ts';

type Kind = (random: Random, program: Program) => Omit<EditCase, 'kind' | 'path'>;

const sent = (old: readonly string[], fresh: readonly string[]) => [{ old: joined(old), new: joined(fresh) }];
const isBlank = (line: string): boolean => line.trim() === '';

/** The lines of a function long enough to leave some of them out. */
function longFunction(random: Random, program: Program) {
  const long = program.functions.filter(({ first, last }) => last - first >= 7);
  const { first, last } = random.pick(long.length > 0 ? long : program.functions);
  return { first, last, lines: program.lines.slice(first, last + 1) };
}

/** What models write for lines that they leave out, beside the marks with dots. */
const remarks = [
  '(rest of the function remains the same)',
  '[existing code]',
  'existing code here',
  'rest of code',
  'the rest of the body is unchanged',
  'remaining code unchanged',
  'same as before',
  'same as above',
  '... (unchanged)',
  '... keep existing imports ...',
  '... 12 more lines ...',
  '12 more lines',
  'Other methods remain unchanged',
  'code omitted for brevity',
  'unchanged',
  'snip',
  'keep the existing logic',
  'everything as before',
  'all other cases stay as they are',
] as const;

const marks = ['...', '… existing code …', '... existing code ...', '... rest of the function unchanged ...'] as const;

export const kindsOfWords: Readonly<Record<string, Kind>> = {
  'lines left out in both': (random, program) => {
    const { first, last, lines } = longFunction(random, program);
    const head = lines.slice(0, 2);
    const tail = lines.slice(isBlank(lines.at(-3) ?? '') ? -2 : -3);
    const mark = `${program.dialect.indent}${program.dialect.comment} ${random.pick(marks)}`;
    const changed = [head[0] ?? '', `${program.dialect.indent}${program.dialect.comment} told more`, ...head.slice(1)];
    const after = [...program.lines.slice(0, first), ...changed, ...program.lines.slice(first + 2)];
    return {
      file: joined(program.lines),
      edits: sent([...head, mark, ...tail], [...changed, mark, ...tail]),
      right: [joined(after)],
      // Where the last lines stand twice in the block, which ones end it cannot be told.
      mayRefuse: occursTwice(program.lines.slice(first, last + 1), tail),
    };
  },

  'lines left out of the new text only': (random, program) => {
    const { lines } = longFunction(random, program);
    const mark = `${program.dialect.indent}${program.dialect.comment} ${random.pick(marks)}`;
    const edits = sent(lines, [...lines.slice(0, 2), mark, ...lines.slice(-1)]);
    return { file: joined(program.lines), edits, right: [] };
  },

  'lines left out in other words': (random, program) => {
    const { lines } = longFunction(random, program);
    const remark = `${program.dialect.indent}${program.dialect.comment} ${random.pick(remarks)}`;
    const edits = sent(lines, [`${lines[0] ?? ''} `, remark, ...lines.slice(-1)]);
    return { file: joined(program.lines), edits, right: [] };
  },

  'a remark in such words where no line goes': (random, program) => {
    const { first, lines } = longFunction(random, program);
    const remark = `${program.dialect.indent}${program.dialect.comment} ${random.pick(remarks.filter((one) => !one.startsWith('...')))}`;
    const edits = sent(lines.slice(0, 2), [...lines.slice(0, 1), remark, ...lines.slice(1, 2)]);
    return { file: joined(program.lines), edits, right: [joined(program.lines.toSpliced(first + 1, 0, remark))] };
  },

  'lines left out of the old text only': (random, program) => {
    const { lines } = longFunction(random, program);
    const mark = `${program.dialect.indent}${program.dialect.comment} ${random.pick(marks)}`;
    const edits = sent([...lines.slice(0, 2), mark, ...lines.slice(-2)], [...lines.slice(0, 2), ...lines.slice(-2)]);
    return { file: joined(program.lines), edits, right: [] };
  },

  'a kept line drifted': (random, program) => {
    const change = makeChange(random, program, 8);
    const kept = change.old.flatMap((line, index) =>
      index > 0 && index < change.old.length - 1 && Math.abs(index - change.at) > 1 && /\d/.test(line) ? [index] : [],
    );
    const drifted = kept.length === 0 ? null : random.pick(kept);
    if (drifted === null)
      return {
        file: joined(program.lines),
        edits: sent(change.old, change.fresh),
        right: [joined(changedLines(change))],
      };
    const line = renumbered(random, change.old[drifted] ?? '');
    const isBehind = drifted > change.at;
    const shift = isBehind ? change.fresh.length - change.old.length : 0;
    const file = program.lines.with(change.first + drifted, line);
    return {
      file: joined(file),
      edits: sent(change.old, change.fresh),
      right: [joined(changedLines(change).with(change.first + drifted + shift, line))],
    };
  },

  'a line came in the file meanwhile': (random, program) => {
    const change = makeChange(random, program, 8);
    const place = change.at > 3 ? 1 : change.old.length - 1;
    if (Math.abs(place - change.at) < 2)
      return {
        file: joined(program.lines),
        edits: sent(change.old, change.fresh),
        right: [joined(changedLines(change))],
      };
    const line = `${program.dialect.indent}${program.dialect.comment} somebody else was here`;
    const shift = place > change.at ? change.fresh.length - change.old.length : 0;
    return {
      file: joined(program.lines.toSpliced(change.first + place, 0, line)),
      edits: sent(change.old, change.fresh),
      right: [joined(changedLines(change).toSpliced(change.first + place + shift, 0, line))],
    };
  },

  'the changed line itself drifted': (random, program) => {
    const change = makeChange(random, program);
    const fresh = change.old.with(change.at, renumbered(random, `${change.old[change.at] ?? ''}`));
    const file = program.lines.with(
      change.first + change.at,
      `${change.old[change.at]} // or 7`.replace('//', program.dialect.comment),
    );
    return { file: joined(file), edits: sent(change.old, fresh), right: [] };
  },

  'the same lines twice': (random, program) => {
    const change = makeChange(random, program);
    const twice = [...program.lines, '', ...program.lines];
    return { file: joined(twice), edits: sent(change.old, change.fresh), right: [] };
  },

  'the same lines twice but for indentation': (random, program) => {
    const change = makeChange(random, program);
    const deeper = program.lines.map((line) => (isBlank(line) ? line : program.dialect.indent + line));
    const by = program.dialect.indent.repeat(3);
    const odd = (lines: readonly string[]) => lines.map((line) => (isBlank(line) ? line : by + line));
    return {
      file: joined([...program.lines, '', ...deeper]),
      edits: sent(odd(change.old), odd(change.fresh)),
      right: [],
    };
  },

  'between two places that differ in one line': (random, program) => {
    const change = makeChange(random, program, 8);
    const places = [0, change.old.length - 1, change.at].includes(2) ? 3 : 2;
    const other = (line: string) => `${line}9`;
    const at = change.first + places;
    const twin = program.lines.with(at, other(program.lines[at] ?? ''));
    const asked = change.old.with(places, `${change.old[places]}8`);
    const fresh = change.fresh.map((line) => (line === change.old[places] ? `${line}8` : line));
    return { file: joined([...program.lines, '', ...twin]), edits: sent(asked, fresh), right: [] };
  },

  'line numbers copied': (random, program) => {
    const change = makeChange(random, program);
    // The numbers may be stale: of a file that was shorter then.
    const stale = random.below(2) * random.below(30);
    const numbered = (lines: readonly string[]) =>
      lines.map((line, index) => `${change.first + 1 + stale + index}\t${line}`);
    const fresh = random.chance(0.5) ? numbered(change.fresh) : change.fresh;
    return {
      file: joined(program.lines),
      edits: sent(numbered(change.old), fresh),
      right: [joined(changedLines(change))],
    };
  },

  'a whole function rewritten': (random, program) => {
    const { first, last, lines } = longFunction(random, program);
    const fresh = makeProgram(random, program.dialect, 1).lines;
    const trimmed = lines.map((line) => `${line} `);
    const after = [...program.lines.slice(0, first), ...fresh, ...program.lines.slice(last + 1)];
    return {
      file: joined(program.lines),
      edits: sent(random.chance(0.5) ? trimmed : lines, fresh),
      right: [joined(after)],
    };
  },

  'code moved in two calls': (random, program) => {
    const [from, to] = random.chance(0.5) ? [0, 3] : [3, 0];
    const [taken, goal] = [program.functions[from], program.functions[to]];
    if (taken === undefined || goal === undefined) throw new Error('a program has five functions');
    const moved = program.lines.slice(taken.first, taken.last + 1);
    const head = program.lines.slice(goal.first, goal.first + 3);
    const kept = program.lines.filter((_, at) => at < taken.first || at > taken.last);
    const at = goal.first > taken.first ? goal.first - moved.length : goal.first;
    const edits = [...sent(moved, []).map(({ old }) => ({ old, new: '' })), ...sent(head, [...moved, '', ...head])];
    return {
      file: joined(program.lines),
      edits,
      right: [joined([...kept.slice(0, at), ...moved, '', ...kept.slice(at)])],
    };
  },

  'plain quotes for typographic ones': (random, program) => {
    const change = makeChange(random, program);
    const { comment, indent } = program.dialect;
    const told = `${indent}${comment} “It’s ${random.below(1000)}” – he said`;
    const plain = told.replace('“', '"').replace('”', '"').replace('’', "'").replace('–', '-');
    const edge = change.at > 1 ? 1 : change.old.length - 1;
    const put = (lines: readonly string[], line: string, from = 0) => lines.toSpliced(from, 0, line);
    const place = edge === 1 ? 1 : -1;
    const inFresh = place === 1 ? 1 : change.fresh.length - 1;
    return {
      file: joined(put(program.lines, told, change.first + (place === 1 ? 1 : change.old.length - 1))),
      edits: sent(put(change.old, plain, place === 1 ? 1 : change.old.length - 1), put(change.fresh, plain, inFresh)),
      right: [joined(put(changedLines(change), told, change.first + inFresh))],
    };
  },

  'a line with typographic quotes changed': (random, program) => {
    const { first, lines } = longFunction(random, program);
    const { comment, indent } = program.dialect;
    const told = (word: string) => `${indent}${comment} “It’s ${word}” – he said`;
    const plain = (word: string) => told(word).replace('“', '"').replace('”', '"').replace('’', "'").replace('–', '-');
    const [head = '', next = ''] = lines;
    const file = program.lines.toSpliced(first + 1, 0, told('done'));
    const edits = sent([head, plain('done'), next], [head, plain('ready'), next]);
    return { file: joined(file), edits, right: [joined(file.with(first + 1, told('ready')))] };
  },

  'signs beyond the first plane': (random, program) => {
    const change = makeChange(random, program);
    const told = `${program.dialect.indent}${program.dialect.comment} 🦀 naïve – 日本語 ${random.below(1000)} `;
    const lines = program.lines.toSpliced(change.first + 1, 0, told);
    const old = change.old.toSpliced(1, 0, told.trimEnd());
    const fresh = old.toSpliced(2, 0, `${told.trimEnd()} 🧪`);
    const right = lines.toSpliced(change.first + 2, 0, `${told.trimEnd()} 🧪`);
    return { file: joined(lines), edits: sent(old, fresh), right: [joined(right)] };
  },

  'a text of another file': (random, program) => {
    const other = makeProgram(random, program.dialect);
    const change = makeChange(random, other);
    return { file: joined(program.lines), edits: sent(change.old, change.fresh), right: [] };
  },
};

function occursTwice(lines: readonly string[], part: readonly string[]): boolean {
  const text = (list: readonly string[]) =>
    list
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join('\n');
  return text(lines).split(text(part)).length > 2;
}
