import { unformattedFiles } from './fixers-repository.ts';
import type { FinishedFix, KillWork } from './kill-lane.ts';
import { rightFirstTime } from './scripts.ts';
import { ownComments } from './shown.ts';

/** A failing check that the repository's own formatter mends, in a lane in which the App is killed. */
export const mendingWork: KillWork = {
  files: unformattedFiles(),
  begin: async (github, repository) => {
    await github.runWorkflow(repository, { workflow: 'ci.yml', branch: 'main', event: 'push', actor: 'alice' });
    return null;
  },
  script: () => rightFirstTime,
};

/** How it came out, in what a kill could lose or double. */
export async function mendedOutcomeOf({ github, repository, issue, turns }: FinishedFix) {
  const pullRequests = github.pullRequests(repository);
  const head = pullRequests[0]?.head_sha ?? '';
  const refs = Object.entries(github.refs(repository));
  const runs = github.runs(repository).filter(({ conclusion, inputs }) => inputs.nonce && conclusion !== 'cancelled');
  const comments = ownComments(github, repository, issue);
  return {
    pullRequests: pullRequests.map(({ state, draft }) => ({ state, draft })),
    labels: github.issues(repository).map((one) => one.labels.filter((label) => label.startsWith('ai-fix:'))),
    comments: comments.map((body) => /^<!-- ai-fix \S+ (\S+) -->\n/.exec(body)?.[1] ?? body).sort(),
    saysWhoDidIt: comments.some((body) => body.includes('Their run tells: `format` changed 1 file.')),
    branches: refs.filter(([name]) => name.startsWith('refs/heads/')).length,
    patches: refs.filter(([name]) => /^refs\/ai-fix\/[^/]+\/\d+$/.test(name)).map(([name]) => name.split('/').at(-1)),
    runs: runs.map(({ inputs, conclusion }) => `${inputs.mode}: ${conclusion}`).sort(),
    isPublishedAsValidated: head !== '' && runs.some(({ title }) => title.endsWith(` ${head}`)),
    isMended: (await github.git(repository, 'show', `${head}:sum.js`)) === 'export const sum = (a, b) => a - b;\n',
    turns,
  };
}

export const soundlyMended: Awaited<ReturnType<typeof mendedOutcomeOf>> = {
  pullRequests: [{ state: 'open', draft: false }],
  labels: [['ai-fix:complete']],
  comments: ['completion', 'status'],
  saysWhoDidIt: true,
  branches: 2,
  patches: ['0'],
  // The fixers, their patch, and the commit without it.
  runs: ['recipe: success', 'validate: failure', 'validate: success'],
  isPublishedAsValidated: true,
  isMended: true,
  turns: [],
};
