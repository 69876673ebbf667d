import type { Result } from './experiment.ts';

const columns = [
  { title: 'experiment', width: 26, of: ({ name }: Result) => name },
  { title: 'expected', width: 30, of: ({ expected }: Result) => expected },
  { title: 'found', width: 46, of: ({ found }: Result) => found },
  { title: 'verdict', width: 11, of: ({ verdict }: Result) => verdict },
] as const;

/** For a terminal, in columns whose words are wrapped. */
export function textTable(results: readonly Result[]): string {
  const head = rowOf(columns.map(({ title }) => title));
  const rule = columns.map(({ width }) => '-'.repeat(width)).join('  ');
  return [head, rule, ...results.map((result) => rowOf(columns.map(({ of }) => of(result))))].join('\n');
}

export function markdownTable(results: readonly Result[]): string {
  const cells = (texts: readonly string[]): string => `| ${texts.map(inCell).join(' | ')} |`;
  const head = [cells(columns.map(({ title }) => title)), cells(columns.map(() => '---'))];
  return [...head, ...results.map((result) => cells(columns.map(({ of }) => of(result))))].join('\n');
}

function rowOf(texts: readonly string[]): string {
  const cells = texts.map((text, index) => wrapped(text, columns[index]?.width ?? 20));
  const height = Math.max(...cells.map((lines) => lines.length));
  const lines = Array.from({ length: height }, (_, line) =>
    cells.map((cell, index) => (cell[line] ?? '').padEnd(columns[index]?.width ?? 20)).join('  '),
  );
  return lines.map((line) => line.trimEnd()).join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of plainly(text).split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'gu')) ?? ['']);
}

/** Words of GitHub stand in a cell. */
const plainly = (text: string): string => text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
const inCell = (text: string): string => plainly(text).replaceAll(/[\\|`<>]/g, (sign) => `\\${sign}`);
