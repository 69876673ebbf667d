import { z } from 'zod';
import type { FinishedFix } from './kill-lane.ts';
import { candidateRuns } from './shown.ts';

const expectedTurns = [
  'fast 1.0',
  'architect 1.0',
  'architect 1.1',
  'coder 1.0',
  'coder 1.1',
  'debugger 2.0',
  'debugger 2.1',
  'reviewer 2.0',
  'reviewer 2.1',
];

type Told = Pick<FinishedFix, 'github' | 'repository' | 'issue' | 'turns' | 'kills'>;

const checkRunsSchema = z.object({ check_runs: z.array(z.object({ name: z.string() })) });

/**
 * How a fix of the tiny repository came out, in what a kill could lose or double. An undisturbed one comes out as
 * `soundOutcome`; so must every other.
 */
export async function outcomeOf(fix: Told) {
  const { github, repository, issue } = fix;
  const pullRequests = github.pullRequests(repository);
  const head = pullRequests[0]?.head_sha ?? '';
  const runs = candidateRuns(github, repository).filter((run) => run.conclusion !== 'cancelled');
  const refs = Object.entries(github.refs(repository));
  const answer = await github.as('alice').get(`/repos/${repository}/commits/${head || 'main'}/check-runs`);
  return {
    labels: github.issues(repository).map((one) => one.labels.filter((label) => label.startsWith('ai-fix:'))),
    pullRequests: pullRequests.map(({ state, draft }) => ({ state, draft })),
    issueComments: keysOf(fix, issue),
    pullRequestComments: pullRequests.flatMap(({ number }) => keysOf(fix, number)),
    reactions: github.reactions(repository, { issue }).map(({ content }) => content),
    branches: refs.filter(([name]) => name.startsWith('refs/heads/')).length,
    candidateRefs: refs
      .map(([name]) => /^refs\/ai-fix\/[^/]+\/(\d+)$/.exec(name)?.[1])
      .filter((attempt) => attempt !== undefined),
    runs: runs.map((run) => run.conclusion),
    isPublishedAsValidated: head !== '' && runs.at(-1)?.title.endsWith(` ${head}`) === true,
    checkRuns: checkRunsSchema.parse(answer).check_runs.filter(({ name }) => name === 'ai-fix').length,
    turnsNeverAsked: expectedTurns.filter((turn) => !fix.turns.includes(turn)),
    turnsBoughtForNothing: turnsBoughtForNothing(fix),
  };
}

export const soundOutcome: Awaited<ReturnType<typeof outcomeOf>> = {
  labels: [['ai-fix:complete'], ['ai-fix:complete']],
  pullRequests: [{ state: 'open', draft: false }],
  issueComments: ['status'],
  pullRequestComments: ['plan-plan', 'completion', 'status'],
  reactions: ['eyes'],
  branches: 2,
  candidateRefs: ['1', '2'],
  runs: ['failure', 'success'],
  isPublishedAsValidated: true,
  checkRuns: 1,
  turnsNeverAsked: [],
  turnsBoughtForNothing: [],
};

/** The key of each comment of the App, by its hidden first line. */
const keysOf = ({ github, repository }: Told, number: number): string[] =>
  github.comments(repository, number).map(({ body }) => /^<!-- ai-fix \S+ (\S+) -->\n/.exec(body)?.[1] ?? body);

/** Turns that were asked more often than once and once more for each kill that may have fallen into them. */
function turnsBoughtForNothing({ turns, kills }: Told): string[] {
  // A delivery comes while a burst may be in any turn; a burst's own steps and requests lie between turns.
  const anywhere = kills.filter((kill) => kill.kind === 'step' && kill.point.work === 'delivery').length;
  return [...new Set(turns)].filter((turn) => {
    const within = kills.filter((kill) => kill.kind === 'turn' && kill.turn === turn).length;
    return turns.filter((other) => other === turn).length > 1 + within + anywhere;
  });
}
