import { applyByTool, applyExactly } from './edits/apply.ts';
import { makeCases } from './edits/cases.ts';
import { type EditCase, type Judgement, judge } from './edits/edit-case.ts';
import { printTable, say } from './table.ts';

const fixedSeed = 20_261_127;
const each = 4;
const maxShown = 3;

type Counts = Record<Judgement, number>;

/** How edits of many kinds are applied: right, refused or corrupted, beside exact matching only. */
export async function edits(_scratch: string, seed: number = fixedSeed): Promise<void> {
  const cases = makeCases(seed, each);
  say(`\n${cases.length} edits, seed ${seed} (another: npm run bench -- edits --seed N)`);
  const rows: string[][] = [];
  const total = { ours: noCounts(), exact: noCounts() };
  const wrong: EditCase[] = [];
  for (const kind of new Set(cases.map((one) => one.kind))) {
    const ours = noCounts();
    const exact = noCounts();
    for (const one of cases.filter((other) => other.kind === kind)) {
      const judgement = await judge(one, applyByTool);
      if (judgement === 'corrupted') wrong.push(one);
      for (const counts of [ours, total.ours]) counts[judgement] += 1;
      const baseline = await judge(one, applyExactly);
      for (const counts of [exact, total.exact]) counts[baseline] += 1;
    }
    rows.push([kind, ...cells(ours), ...cells(exact)]);
  }
  const header = ['kind of edit', 'right', 'refused', 'corrupted', 'exact: right', 'refused', 'corrupted'];
  printTable('Edits as models send them', header, [...rows, ['all', ...cells(total.ours), ...cells(total.exact)]]);
  say('\nRight: the file reads as it should, or was left alone where nothing else is right.');
  for (const one of wrong.slice(0, maxShown)) say(`\ncorrupted: ${JSON.stringify(one)}`);
}

const noCounts = (): Counts => ({ right: 0, refused: 0, corrupted: 0 });
const cells = ({ right, refused, corrupted }: Counts): string[] => [right, refused, corrupted].map(String);
