import { parse } from 'yaml';
import { ForgeError } from '../../domain/faults.ts';
import { asExpected, different, type Experiment, judged } from './experiment.ts';
import { type Lab, NotAsked } from './lab.ts';
import { runExperiments } from './run-experiments.ts';
import { branchOf, candidateOf, pullRequestOf } from './workpieces.ts';

const longestTokenLagMs = 5_000;

const newToken: Experiment = {
  name: 'a new token works',
  why: 'requests wait about three seconds and git five for GitHub to know a new token',
  expected: `at once, or 401 for at most ${longestTokenLagMs / 1000} s`,
  ask: async ({ github, repository, pace }) => {
    const lagMs = await github.tokenLagMs(repository, pace.tokenMs);
    if (lagMs === null) return different(`401 for ${pace.tokenMs / 1000} s and longer`);
    return judged(lagMs <= longestTokenLagMs, lagMs === 0 ? 'at once' : `401 for ${(lagMs / 1000).toFixed(1)} s`);
  },
};

const signedCommit: Experiment = {
  name: 'a commit without author is signed',
  why: "candidates are GitHub's own commits over our trees, so they are verified",
  expected: "verified, by the App's bot",
  ask: async (lab) => {
    const { tip } = await branchOf(lab);
    const { isVerified, reason, author } = await lab.github.signature(lab.repository, tip);
    return judged(
      isVerified && author.endsWith('[bot]'),
      `${isVerified ? 'verified' : `not (${reason})`}, by ${author}`,
    );
  },
};

const emptyCommit: Experiment = {
  name: 'a pull request of one empty commit',
  why: 'the pull request exists before any code does',
  expected: 'opened',
  ask: async (lab) => asExpected(`#${(await pullRequestOf(lab)).number} opened`),
};

const draft: Experiment = {
  name: 'drafts',
  why: 'where there are none GitHub answers 422, and a plain one is opened',
  expected: 'a draft; private repositories of free plans have none',
  ask: async (lab) => {
    const { isDraft } = await pullRequestOf(lab);
    if (isDraft) return asExpected('a draft');
    return judged(lab.isPrivate, `422, then a plain one, in a ${lab.isPrivate ? 'private' : 'public'} repository`);
  },
};

const ready: Experiment = {
  name: 'out of draft',
  why: 'only GraphQL does that, with contents: write beside pull_requests: write',
  expected: 'out of draft',
  ask: async (lab) => {
    const pullRequest = await pullRequestOf(lab);
    if (!pullRequest.isDraft) throw new NotAsked('there are no drafts here; a public repository has them');
    await lab.adapters.pullRequests.markReady(lab.repository, pullRequest);
    const [now] = await lab.adapters.pullRequests.ofBranch(lab.repository, lab.branch);
    return judged(now?.isDraft === false, now?.isDraft === false ? 'out of draft' : 'still a draft');
  },
};

const customRef: Experiment = {
  name: 'a push to refs/ai-fix/ starts nothing',
  why: 'candidates lie there before anybody has judged them, and must start no CI with secrets',
  expected: 'a run for the push to the branch, none for the ref',
  ask: async (lab) => {
    const { github, repository, pace } = lab;
    if (!(await hasPushWorkflow(lab))) {
      const how = 'add .github/workflows/push.yml with "on: push" and one job that runs "true", then ask again';
      throw new NotAsked(`no workflow there starts on push, so nothing would show; ${how}`);
    }
    const { tip } = await branchOf(lab);
    const { sha, carrier } = await candidateOf(lab);
    const pushRun = await lab.until(pace.pushRunMs, async () => {
      const runs = await github.runsOf(repository, tip);
      return runs.find(({ event }) => event === 'push') ?? null;
    });
    if (pushRun === null)
      throw new NotAsked('the push to the branch started no run either: let a workflow run on a push to any branch');
    await lab.pause(pace.quietMs);
    const unwanted = (await Promise.all([sha, carrier].map((commit) => github.runsOf(repository, commit)))).flat();
    const pushed = unwanted.filter(({ event }) => event !== 'workflow_dispatch');
    if (pushed.length > 0) return different(`run ${pushed[0]?.id} on ${pushed[0]?.event}`);
    return asExpected(`run ${pushRun.id} for the branch; none for the ref within ${pace.quietMs / 1000} s more`);
  },
};

async function hasPushWorkflow({ adapters: { workspace }, repository, head }: Lab): Promise<boolean> {
  const tree = await workspace.open(repository, head);
  const files = (await tree.list('.github/workflows')).filter(({ path }) => /\.ya?ml$/.test(path));
  const texts = await Promise.all(files.map(({ path }) => tree.read(path)));
  return texts.some((text) => startsOnPush(text?.toString() ?? ''));
}

/** A file that is no YAML starts nothing. */
function startsOnPush(text: string): boolean {
  try {
    const { on } = (parse(text, { logLevel: 'silent', maxAliasCount: 0 }) ?? {}) as { on?: unknown };
    if (typeof on === 'string') return on === 'push';
    return Array.isArray(on) ? on.includes('push') : typeof on === 'object' && on !== null && 'push' in on;
  } catch {
    return false;
  }
}

const otherWorkflows: Experiment = {
  name: 'a ref with other workflows is refused',
  why: 'no patch can change what judges it; without the permission workflows, GitHub itself sees to that',
  expected: 'refused',
  ask: async (lab) => {
    const { adapters, repository, head, id } = lab;
    const { tip } = await branchOf(lab);
    await candidateOf(lab);
    const ref = `refs/ai-fix/doctor-${id}/workflows`;
    const text = 'on: workflow_dispatch\njobs:\n  none:\n    runs-on: ubuntu-latest\n    steps:\n      - run: "true"\n';
    const overlay = { '.github/workflows/ai-fix-doctor.yml': { kind: 'write', text, mode: '100644' } } as const;
    const { carrier } = await adapters.workspace.build(repository, head, overlay, tip);
    lab.willMake(`the ref ${ref}`, () => adapters.commits.deleteRef(repository, ref));
    try {
      await adapters.workspace.push(repository, carrier, ref);
    } catch (error) {
      if (!(error instanceof ForgeError) || error.isRetryable) throw error;
      return judged(
        (await adapters.commits.tipOf(repository, ref)) === null,
        `refused: ${error.message.slice(0, 200)}`,
      );
    }
    return different('taken');
  },
};

const dismissal: Experiment = {
  name: 'dismissing an approving review',
  why: 'when code lands on the branch, approvals of what stood there before are dismissed',
  expected: 'dismissed',
  ask: async ({ adapters: { reviews }, github, repository }) => {
    for (const number of await github.openPullRequests(repository)) {
      const [approval] = await reviews.approvals(repository, number);
      if (approval === undefined) continue;
      const why = 'An experiment of ai-fix doctor --live.';
      const answer = await reviews.dismiss(repository, number, approval.review, why);
      const left = await reviews.approvals(repository, number);
      const isGone = answer === 'dismissed' && left.every(({ review }) => review !== approval.review);
      return judged(isGone, `${isGone ? 'dismissed' : 'refused'}: the review of ${approval.by} on #${number}`);
    }
    const how = 'open a pull request there, have another account approve it, leave it open, then ask again';
    throw new NotAsked(`no open pull request has an approving review, and an App cannot approve its own; ${how}`);
  },
};

/** In the order in which they are asked. */
export const experiments: readonly Experiment[] = [
  newToken,
  signedCommit,
  emptyCommit,
  draft,
  ready,
  customRef,
  ...runExperiments,
  otherWorkflows,
  dismissal,
];
