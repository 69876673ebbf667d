import type { LoggedCommit } from '../ports/commit-log.ts';
import type { PathIndex } from './path-index.ts';

export interface Together {
  /** The file it was changed with. */
  readonly leader: number;
  /** 1 for the leader itself; of others how often they changed with it, next to how often each changed at all. */
  readonly share: number;
  /** The share of what the leader is worth. */
  readonly value: number;
}

/** A commit that touches more is about no file in particular. */
const maxTouched = 30;
/** Of a file that was changed once nobody knows what goes with it. */
const minCommits = 2;

/**
 * Sources that earlier commits changed together with one of the leaders, each with the one it goes with best, and the
 * leaders themselves: what is added to all of them does not put a companion before its leader.
 *
 * Ying, Murphy, Ng, Chu-Carroll: Predicting Source Code Changes by Mining Change History (2004).
 */
export function changedTogether(
  paths: PathIndex,
  commits: readonly LoggedCommit[],
  leaders: ReadonlyMap<number, number>,
): ReadonlyMap<number, Together> {
  const touched = commits
    .filter((commit) => commit.paths.length <= maxTouched)
    .map((commit) => sourcesOf(paths, commit));
  const times = new Map<number, number>();
  for (const places of touched) for (const at of places) times.set(at, (times.get(at) ?? 0) + 1);
  const found = new Map<number, Together>();
  const put = (at: number, leader: number, share: number): void => {
    const value = share * (leaders.get(leader) ?? 0);
    if (value > (found.get(at)?.value ?? 0)) found.set(at, { leader, share, value });
  };
  for (const leader of leaders.keys()) {
    put(leader, leader, 1);
    const own = times.get(leader) ?? 0;
    if (own < minCommits) continue;
    for (const [at, shared] of companionsOf(leader, touched))
      put(at, leader, shared / Math.sqrt(own * (times.get(at) ?? 1)));
  }
  return found;
}

const sourcesOf = ({ places, kinds }: PathIndex, { paths }: LoggedCommit): readonly number[] =>
  paths.flatMap((path) => places.get(path) ?? []).filter((at) => kinds[at] === 'source');

/** How often each was changed with the leader; the more a commit changed beside, the less it says. */
function companionsOf(leader: number, touched: readonly (readonly number[])[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const places of touched) {
    if (!places.includes(leader)) continue;
    for (const at of places) if (at !== leader) found.set(at, (found.get(at) ?? 0) + 1 / Math.sqrt(places.length));
  }
  return found;
}
