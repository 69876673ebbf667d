import { median } from '../statistics.ts';
import { ms, printTable, say } from '../table.ts';
import { isTelling } from './fixes.ts';
import { maxCandidates, type Shown } from './judge-fix.ts';
import { allAt, type Measured, recallAt } from './measure.ts';

const percent = (share: number): string => `${Math.round(share * 100)}%`;

export function printReport(measured: readonly Measured[]): void {
  const header = ['repository', 'recall@1', '@5', '@10', 'all@5', 'all@10', `all@${maxCandidates}`, 'misses cut'];
  for (const one of measured) {
    const rows = Object.entries(one.outcomes).map(([name, outcomes]) => [
      name,
      ...[1, 5, 10].map((count) => percent(recallAt(outcomes, count))),
      ...[5, 10, maxCandidates].map((count) => percent(allAt(outcomes, count))),
      name === 'BM25' ? '' : percent(missesCut(one, name)),
    ]);
    printTable(`${one.clone}: ${countOf(one)}, ${one.sourceFiles} source files`, header, rows);
    if (one.asked !== null)
      say(
        `fast role: answered well for ${one.asked.answered} of ${one.fixes.length} fixes; ${one.asked.tokens} tokens in all`,
      );
    const { tokens, queryMs, toFastRole } = mediansOf(one);
    say(
      `shown: ${tokens} tokens, and ${toFastRole} candidates to the fast role; a query, warm: ${ms(queryMs)} (medians); index: cold ${ms(one.coldIndexMs)}, next commit ${ms(median(one.nextIndexMs))}`,
    );
    say(tellingText(one));
  }
}

const mediansOf = ({ shown }: Measured): Shown => ({
  tokens: median(shown.map(({ tokens }) => tokens)),
  queryMs: median(shown.map(({ queryMs }) => queryMs)),
  toFastRole: median(shown.map(({ toFastRole }) => toFastRole)),
});

/** The same where the message says anything of a place: of the rest everybody guesses. */
function tellingText(one: Measured): string {
  const telling = onlyTelling(one);
  const share = (name: string): string => percent(allAt(telling.outcomes[name] ?? [], 5));
  return `messages that tell of a place: ${telling.fixes.length} of ${one.fixes.length}; of these all@5 ${share('ai-fix')}, BM25 ${share('BM25')}, misses cut ${percent(missesCut(telling))}`;
}

function onlyTelling(one: Measured): Measured {
  const isKept = one.fixes.map(({ query }) => isTelling(query));
  const kept = <T>(all: readonly T[]): readonly T[] => all.filter((_, at) => isKept[at]);
  const outcomes = Object.entries(one.outcomes).map(([name, all]) => [name, kept(all)] as const);
  return { ...one, fixes: kept(one.fixes), outcomes: Object.fromEntries(outcomes) };
}

function countOf({ fixes, found, unreadable }: Measured): string {
  const passedOver = unreadable === 0 ? '' : ` (${unreadable} more passed over: git lacks files of theirs)`;
  const isWhole = fixes.length + unreadable === found;
  return `${isWhole ? fixes.length : `the newest ${fixes.length} of ${found}`} fixes${passedOver}`;
}

/** Of the fixes that plain BM25 has not all files of among its first five: the share by which ours has fewer. */
function missesCut({ outcomes }: Measured, name = 'ai-fix'): number {
  const missed = 1 - allAt(outcomes.BM25 ?? [], 5);
  return missed === 0 ? Number.NaN : (missed - (1 - allAt(outcomes[name] ?? [], 5))) / missed;
}

/** The same as JSON, for other programs. */
export const asJson = (measured: readonly Measured[]): string =>
  JSON.stringify(
    measured.map((one) => ({
      repository: one.clone,
      fixes: one.fixes.length,
      found: one.found,
      sourceFiles: one.sourceFiles,
      ways: Object.fromEntries(
        Object.entries(one.outcomes).map(([name, outcomes]) => [
          name,
          {
            recall: [1, 5, 10].map((count) => recallAt(outcomes, count)),
            all: [5, 10, maxCandidates].map((count) => allAt(outcomes, count)),
          },
        ]),
      ),
      missesCut: missesCut(one),
      asked: one.asked,
      telling: { fixes: onlyTelling(one).fixes.length, missesCut: missesCut(onlyTelling(one)) },
      ...mediansOf(one),
      coldIndexMs: one.coldIndexMs,
      nextIndexMs: median(one.nextIndexMs),
      misses: one.fixes.flatMap(({ commit, changed }, at) =>
        (one.outcomes['ai-fix']?.[at]?.ranks ?? []).every((rank) => rank < 5)
          ? []
          : [{ commit, changed, ranks: one.outcomes['ai-fix']?.[at]?.ranks }],
      ),
    })),
    null,
    2,
  );
