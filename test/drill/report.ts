import type { Drilled } from './drill.ts';

/** What a drill came to, for people: Markdown, so that it can stand in the docs as it is. */
export function report({ verdict, proxy, kills, tookMs }: Drilled, seed: number): string {
  const fates = Map.groupBy(proxy.asks, ({ fate }) => fate ?? 'none');
  const rows = [...fates].map(([fate, asks]) => [fate, String(asks.length)] as const);
  const lines = [
    `seed ${seed}, ${Math.round(tookMs / 1_000)} s, the App killed ${kills} times`,
    '',
    table(
      ['fate of a call', 'calls'],
      rows.toSorted(([a], [b]) => a.localeCompare(b)),
    ),
    table(
      ['measured', ''],
      [
        ['fixes by their end', say(verdict.ends)],
        ['calls, and those without a whole reply', `${verdict.calls}, ${verdict.failedCalls}`],
        ['outages that fixes waited out', String(verdict.outages)],
        ['replies in the books', String(verdict.recorded)],
        ['tokens in the books, and by the providers', `${verdict.recordedTokens}, ${verdict.deliveredTokens}`],
        ['money in the books', `$${verdict.usd.toFixed(4)}`],
        ['whole replies lost to a kill or a time-out', String(verdict.lostByKills)],
        ['replies spoiled on the way', String(verdict.lostOnTheWay)],
        [
          'tokens without a count: charged at most, and in the books',
          `${verdict.billedTokens}, ${verdict.boundedTokens}`,
        ],
        ['turns given back with their reasoning', String(verdict.thoughtsBack)],
        ['failovers', failoverText(verdict.failovers)],
        ['problems', String(verdict.problems.length)],
      ],
    ),
    ...[...verdict.problems, verdict.slowFailover ?? []].flat().map((problem) => `- ${problem}`),
  ];
  return `${lines.join('\n')}\n`;
}

const say = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');

function failoverText(waits: readonly number[]): string {
  if (waits.length === 0) return 'none';
  const at = (share: number) =>
    `${Math.round(waits[Math.min(waits.length - 1, Math.floor(share * waits.length))] ?? 0)} ms`;
  return `${waits.length}: half within ${at(0.5)}, 95% within ${at(0.95)}, all within ${at(1)}`;
}

const table = (head: readonly [string, string], rows: readonly (readonly [string, string])[]): string =>
  `${[head, ['---', '---'] as const, ...rows].map(([a, b]) => `| ${a} | ${b} |`).join('\n')}\n`;
