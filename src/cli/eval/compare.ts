import { type Column, textTable } from '../text-table.ts';
import type { Result } from './results.ts';
import { sayCount, sayShare, sayTime, sayUsd } from './tables.ts';

/** A task in one run: how often of how many, and what it took on average. */
interface Side {
  readonly results: number;
  readonly solved: number;
  readonly falseGreen: number;
  readonly usd: number;
  readonly turns: number;
  readonly tookMs: number;
  readonly digest: string;
}

export interface Comparison {
  readonly rows: readonly Row[];
  /** Solved by the second run and not by the first, and the other way round. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  /** Exact, two-sided; 1 where no task flipped. */
  readonly chance: number;
  /** Tasks that cannot be compared, with the reason. */
  readonly apart: readonly string[];
}

interface Row {
  readonly task: string;
  readonly first: Side;
  readonly second: Side;
}

/** Only tasks that both runs have, as the same task, are compared. With repeats a task counts as solved by the majority. */
export function compare(first: readonly Result[], second: readonly Result[]): Comparison {
  const tasks = [...new Set([...first, ...second].map(({ task }) => task))].sort();
  const rows: Row[] = [];
  const apart: string[] = [];
  for (const task of tasks) {
    const sides = [first, second].map((results) => sideOf(results.filter((result) => result.task === task)));
    const [a = null, b = null] = sides;
    if (a === null || b === null) apart.push(`${task}: only in the ${a === null ? 'second' : 'first'} run`);
    else if (a.digest !== b.digest) apart.push(`${task}: it has changed between the runs`);
    else rows.push({ task, first: a, second: b });
  }
  const gained = rows.filter((row) => !isSolved(row.first) && isSolved(row.second)).map(({ task }) => task);
  const lost = rows.filter((row) => isSolved(row.first) && !isSolved(row.second)).map(({ task }) => task);
  return { rows, gained, lost, chance: mcNemar(gained.length, lost.length), apart };
}

function sideOf(results: readonly Result[]): Side | null {
  const [one] = results;
  if (one === undefined) return null;
  const mean = (of: (result: Result) => number): number =>
    results.reduce((total, result) => total + of(result), 0) / results.length;
  return {
    results: results.length,
    solved: results.filter(({ outcome }) => outcome === 'solved').length,
    falseGreen: results.filter(({ outcome }) => outcome === 'false-green').length,
    usd: mean(({ usd }) => usd),
    turns: mean(({ turns }) => turns),
    tookMs: mean(({ tookMs }) => tookMs),
    digest: one.digest,
  };
}

const isSolved = ({ solved, results }: Side): boolean => solved * 2 > results;

/**
 * How likely so uneven a split of the flipped tasks is where both runs are equally good: McNemar's test, exact.
 * https://en.wikipedia.org/wiki/McNemar%27s_test
 */
export function mcNemar(gained: number, lost: number): number {
  const flipped = gained + lost;
  let tail = 0;
  for (let count = 0; count <= Math.min(gained, lost); count++) tail += choose(flipped, count) * 0.5 ** flipped;
  return Math.min(1, 2 * tail);
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let step = 1; step <= k; step++) ways = (ways * (n - k + step)) / step;
  return ways;
}

const columns: readonly Column<Row>[] = [
  { title: 'task', of: ({ task }) => task },
  { title: 'A', of: ({ first }) => sayOutcome(first) },
  { title: 'B', of: ({ second }) => sayOutcome(second) },
  { title: 'cost A', isNumber: true, of: ({ first }) => sayUsd(first.usd, false) },
  { title: 'cost B', isNumber: true, of: ({ second }) => sayUsd(second.usd, false) },
  { title: 'turns A', isNumber: true, of: ({ first }) => sayCount(first.turns) },
  { title: 'turns B', isNumber: true, of: ({ second }) => sayCount(second.turns) },
  { title: 'time A', isNumber: true, of: ({ first }) => sayTime(first.tookMs) },
  { title: 'time B', isNumber: true, of: ({ second }) => sayTime(second.tookMs) },
  {
    title: '',
    of: (row) => (isSolved(row.first) === isSolved(row.second) ? '' : isSolved(row.second) ? 'gained' : 'lost'),
  },
];

function sayOutcome({ results, solved, falseGreen }: Side): string {
  if (results > 1) return `${solved} of ${results}${falseGreen > 0 ? `, ${falseGreen} false green` : ''}`;
  return solved === 1 ? 'solved' : falseGreen === 1 ? 'false green' : 'no';
}

/** What a person reads; the last line says what can be learned from it and what cannot. */
export function comparisonText(comparison: Comparison, names: readonly [string, string]): string {
  const { rows, gained, lost, apart } = comparison;
  const totals = names.map((name, index) => {
    const sides = rows.map((row) => (index === 0 ? row.first : row.second));
    const total = (of: (side: Side) => number): number => sides.reduce((sum, side) => sum + of(side), 0);
    const results = total((side) => side.results);
    const solved = total((side) => side.solved);
    return `${index === 0 ? 'A' : 'B'} ${name}: solved ${solved} of ${results} (${sayShare(results === 0 ? 0 : solved / results)}), false green ${total((side) => side.falseGreen)}, ${sayUsd(
      total((side) => side.usd * side.results),
      false,
    )}, ${sayCount(total((side) => side.turns * side.results))} turns`;
  });
  return [
    ...(rows.length === 0 ? ['There is no task that both runs have.'] : [textTable(columns, rows)]),
    '',
    ...totals,
    ...(gained.length === 0 ? [] : [`gained: ${gained.join(', ')}`]),
    ...(lost.length === 0 ? [] : [`lost: ${lost.join(', ')}`]),
    ...apart.map((line) => `not compared: ${line}`),
    verdictOn(comparison),
  ].join('\n');
}

function verdictOn({ gained, lost, chance, rows }: Comparison): string {
  if (gained.length + lost.length === 0) return `No task flipped among ${rows.length}.`;
  const flips = `${gained.length} gained, ${lost.length} lost; two equally good runs differ as much with a chance of ${chance < 0.001 ? 'less than 0.1%' : `${(chance * 100).toFixed(chance < 0.1 ? 1 : 0)}%`} (McNemar, exact)`;
  return chance < 0.05 ? `${flips}.` : `${flips}: this is within chance, so neither run is shown to be better.`;
}
