import type { TryOptions } from './options.ts';
import type { TryResult } from './result.ts';

/** What a person reads last: what came of it, where it is, and how to look at it. */
export function closingWords(result: TryResult, { repository }: Pick<TryOptions, 'repository'>): string {
  return [headline(result), ...whereabouts(result, repository), cost(result)].join('\n');
}

function headline({ outcome, branch, commit, why, turns }: TryResult): string {
  switch (outcome) {
    case 'solved':
      return `Solved. The branch ${branch} holds ${commit?.slice(0, 12)}; it is not checked out.`;
    case 'not-solved':
      // A call is made only where the most that it may come to fits.
      return turns === 0 && /\bmoney limit\b/.test(why ?? '')
        ? `Not solved: ${why}, before a single call: none is made that might cost more. Set a larger --budget.`
        : `Not solved: ${why}.`;
    case 'waiting':
      return `Not done: ${why}. Nothing was put into the repository. --yes opens every gate but that of a disputed patch.`;
    case 'stopped':
      return 'Stopped. Nothing was put into the repository.';
    case 'refused':
      return `Not begun: ${why}.`;
  }
}

function whereabouts({ branch, base, files }: TryResult, repository: string): string[] {
  if (branch === null) return [];
  const width = Math.max(...files.map(({ path }) => path.length));
  const stat = files.map(({ path, added, removed }) => `  ${path.padEnd(width)}  +${added} -${removed}`);
  const from = /^at-[0-9a-f]{7}$/.test(base.branch) ? base.commit : base.branch;
  const git = repository === '.' ? 'git' : `git -C ${quoted(repository)}`;
  return [
    ...stat,
    `Look at it:  ${git} diff ${quoted(`${from}...${branch}`)}`,
    `Take it:     ${git} merge ${quoted(branch)}`,
    `Drop it:     ${git} branch -D ${quoted(branch)}`,
  ];
}

const quoted = (text: string): string => (/^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

function cost({ usd, hasUnknownPrice, tokens, attempts, turns, tookMs }: TryResult): string {
  const money = `${hasUnknownPrice ? 'at least ' : ''}$${usd.toFixed(2)}`;
  const count = `${attempts.length} attempt${attempts.length === 1 ? '' : 's'}`;
  return `It cost ${money}, ${tokens.toLocaleString('en-US')} tokens in ${turns} turns, ${count}, ${(tookMs / 1_000).toFixed(0)} s.`;
}
