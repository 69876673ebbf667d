import { textTable } from '../../../src/cli/text-table.ts';
import type { CaseRun, Told } from './run-cases.ts';

/** What each prompt kept, how often, and where not. */
export function keptTable(runs: readonly CaseRun[]): string {
  const names = new Map(runs.map(({ of, held: { prompt } }) => [of.prompt, saidPrompt(prompt)]));
  const rows = Map.groupBy(
    runs.flatMap(({ told }) => told),
    ({ prompt, property }) => `${prompt} ${property}`,
  );
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, told]) => told);
  return textTable<readonly Told[]>(
    [
      { title: 'prompt', of: ([one]) => (one === undefined ? '' : (names.get(one.prompt) ?? one.prompt)) },
      { title: 'property', of: ([one]) => one?.property ?? '' },
      { title: 'kept', isNumber: true, of: (told) => `${told.filter(isKept).length} of ${told.length}` },
      {
        title: 'broken in',
        of: (told) => [...new Set(told.filter((one) => !isKept(one)).map((one) => one.case))].join(', '),
      },
    ],
    sorted,
  );
}

const isKept = ({ fault }: Told): boolean => fault === null;

const saidPrompt = ({ name, version, source }: CaseRun['held']['prompt']): string =>
  `${name} ${version}${source === 'ours' ? '' : ', own words'}`;
