import type { Books } from './books.ts';

/** Numbers of the database and of JavaScript differ behind the tenth digit. */
const nearlyUsd = 1e-6;

/** What does not add up between the replies, the fixes and the purses. */
export function moneyProblems({ fixes, replies, days, holds }: Books, mostLost: number): string[] {
  const problems: string[] = [];
  const isFar = (one: number, other: number): boolean => Math.abs(one - other) > nearlyUsd;
  for (const { fix, spentUsd } of fixes) {
    const paid = sumUsd(replies.filter((reply) => reply.fix === fix.id));
    if (isFar(paid, spentUsd)) problems.push(`${fix.id} spent $${spentUsd}, its replies cost $${paid}`);
  }
  const repositoryOf = new Map<string, string>(
    fixes.map(({ fix }) => [fix.id, `${fix.repository.owner}/${fix.repository.name}`]),
  );
  const paidBy = Map.groupBy(replies, ({ fix }) => repositoryOf.get(fix) ?? 'no repository');
  for (const repository of new Set([...paidBy.keys(), ...days.map((day) => day.repository)])) {
    const paid = paidBy.get(repository) ?? [];
    const own = days.filter((day) => day.repository === repository);
    const counted = own.reduce((sum, day) => sum + day.replies, 0);
    if (counted !== paid.length)
      problems.push(`the purse of ${repository} paid ${counted} replies, the books hold ${paid.length}`);
    if (isFar(sumUsd(own), sumUsd(paid)))
      problems.push(`the purse of ${repository} paid $${sumUsd(own)}, its replies cost $${sumUsd(paid)}`);
  }
  const open = holds.filter(({ isLost }) => !isLost);
  problems.push(...open.map(({ fix }) => `money of ${fix} is still set aside, though everything is over`));
  const lost = holds.length - open.length;
  if (lost > mostLost) problems.push(`${lost} calls count as lost, and only ${mostLost} can be`);
  return problems;
}

const sumUsd = (parts: readonly { readonly usd: number | null }[]): number =>
  parts.reduce((sum, { usd }) => sum + (usd ?? 0), 0);
