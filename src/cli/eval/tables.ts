import { type Column, plainly } from '../text-table.ts';
import type { Result } from './results.ts';
import type { Summary } from './summary.ts';

function markdownTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  const rule = cells(columns.map(({ isNumber }) => (isNumber ? '---:' : '---')));
  const lines = rows.map((row) => cells(columns.map(({ of }) => inCell(of(row)))));
  return [cells(columns.map(({ title }) => title)), rule, ...lines].join('\n');
}

const inCell = (text: string): string => plainly(text).replaceAll(/[\\|`<>*_[\]]/g, (sign) => `\\${sign}`);

/** @param whyLength how much of the reason is shown: a terminal has less room than a page. */
export const resultColumns = (hasRepeats: boolean, whyLength: number): readonly Column<Result>[] => [
  { title: 'task', of: ({ task, repeat }) => (hasRepeats ? `${task} #${repeat}` : task) },
  { title: 'language', of: ({ language }) => language },
  { title: 'outcome', of: ({ outcome }) => outcome.replace('-', ' ') },
  { title: 'attempts', isNumber: true, of: ({ attempts }) => String(attempts) },
  { title: 'turns', isNumber: true, of: ({ turns }) => String(turns) },
  { title: 'tokens', isNumber: true, of: ({ tokens }) => sayCount(tokens) },
  { title: 'cost', isNumber: true, of: (result) => sayUsd(result.usd, result.hasUnknownPrice) },
  { title: 'time', isNumber: true, of: ({ tookMs }) => sayTime(tookMs) },
  {
    title: 'where it failed',
    of: ({ at, why }) => (at === null ? '' : `${at}: ${plainly(why ?? '').slice(0, whyLength)}`),
  },
];

/** The run in a few lines, for people. */
export function summaryLines(summary: Summary): readonly string[] {
  const { solved, results, interval, spread, repeats, leftOut } = summary;
  const [low, high] = interval;
  const range = `95% interval ${sayShare(low)} to ${sayShare(high)}`;
  const spreadText = repeats > 1 ? `; repeats from ${sayShare(spread[0])} to ${sayShare(spread[1])}` : '';
  const places = Object.entries(summary.failedAt).map(([place, count]) => `${place} ${count}`);
  return [
    `solved ${solved} of ${results} (${sayShare(summary.solvedShare)}, ${range}${spreadText})`,
    `false green ${summary.falseGreen}, unsolved ${summary.unsolved}, errors ${summary.errors}`,
    ...(places.length === 0 ? [] : [`failed at: ${places.join(', ')}`]),
    `by language: ${Object.entries(summary.byLanguage)
      .map(([language, { solved: own, results: all }]) => `${language} ${own} of ${all}`)
      .join(', ')}`,
    `${sayPlural(summary.attempts, 'attempt')}, ${sayPlural(summary.turns, 'turn')}, ${sayCount(summary.tokens)} tokens, ${sayUsd(summary.usd, summary.hasUnknownPrice)}${
      summary.usdPerSolved === null ? '' : ` (${sayUsd(summary.usdPerSolved, summary.hasUnknownPrice)} for each solved)`
    }, ${sayTime(summary.medianMs)} in the median`,
    ...(summary.models.length === 0 ? [] : [`models: ${summary.models.join(', ')}`]),
    ...leftOut.map(({ task, why }) => `left out: ${task}: ${why}`),
  ];
}

const sayPlural = (count: number, noun: string): string => `${sayCount(count)} ${noun}${count === 1 ? '' : 's'}`;
export const sayCount = (count: number): string => Math.round(count).toLocaleString('en-US');
export const sayShare = (share: number): string => `${Math.round(share * 100)}%`;
/** A price that nobody knows makes it a lower bound. */
export const sayUsd = (usd: number, isLeast: boolean): string =>
  `${isLeast ? '≥ ' : ''}$${usd.toFixed(usd < 1 ? 4 : 2)}`;

export function sayTime(ms: number): string {
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** The file `results.md`. */
export function resultsPage(results: readonly Result[], summary: Summary, heading: string): string {
  const columns = resultColumns(summary.repeats > 1, 300);
  const lines = summaryLines(summary).map((line) => `- ${inCell(line)}`);
  return `${[`# ${heading}`, '', ...lines, '', markdownTable(columns, results)].join('\n')}\n`;
}
