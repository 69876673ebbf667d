import { type Experiment, judged } from './experiment.ts';
import { NotAsked } from './lab.ts';
import { branchOf, candidateOf, endedRunOf, validationOf } from './workpieces.ts';

const runDetails: Experiment = {
  name: 'a dispatch tells its run',
  why: 'the verdict is bound to the run that was dispatched; without its id it is looked for by its title',
  expected: 'the id of the run',
  ask: async (lab) => {
    const { toldId } = await validationOf(lab);
    return judged(toldId !== null, toldId === null ? 'no id' : `run ${toldId}`);
  },
};

const title: Experiment = {
  name: "the run's title carries the nonce",
  why: 'a lost answer is found again by it, and a run of somebody else is told by it',
  expected: 'ai-fix <nonce> <candidate>',
  ask: async (lab) => {
    const { run, title: wanted } = await validationOf(lab);
    return judged(run.title === wanted, run.title === wanted ? 'both' : JSON.stringify(run.title.slice(0, 120)));
  },
};

const runHead: Experiment = {
  name: "the run's commit is the branch's",
  why: 'the verdict demands the tip of the branch there, and the first attempt of a dispatch',
  expected: 'the tip of the branch, workflow_dispatch, attempt 1',
  ask: async (lab) => {
    const [{ tip }, { sha }, { run }] = [await branchOf(lab), await candidateOf(lab), await validationOf(lab)];
    const commit = run.headSha === tip ? 'the tip' : run.headSha === sha ? 'the candidate' : run.headSha;
    const isRight = run.headSha === tip && run.event === 'workflow_dispatch' && run.attempt === 1;
    return judged(isRight, `${commit}, ${run.event}, attempt ${run.attempt}`);
  },
};

const checkout: Experiment = {
  name: 'a run checks the candidate out by its SHA',
  why: 'the candidate is on no branch: the run can only have it by its name',
  expected: 'the step of actions/checkout succeeds',
  ask: async (lab) => {
    const { jobs, run } = await endedRunOf(lab);
    const failed = jobs.flatMap(({ failedSteps }) => failedSteps).filter((step) => /checkout/i.test(step));
    if (failed.length > 0) return judged(false, `${failed[0]} failed: ${run.url}`);
    const isJudged = run.conclusion === 'success' || run.conclusion === 'failure';
    if (!isJudged) throw new NotAsked(`the run ended as ${run.conclusion}: ${run.url}`);
    return judged(true, `checked out; the run ended as ${run.conclusion}`);
  },
};

const jobLog: Experiment = {
  name: "a job's log lies at another origin",
  why: 'the redirect is followed by hand, without our token',
  expected: '302 to another origin',
  ask: async (lab) => {
    const { jobs } = await endedRunOf(lab);
    const { status, isOtherOrigin } = await lab.github.jobLog(lab.repository, jobs[0]?.id ?? 0);
    return judged(status === 302 && isOtherOrigin, `${status}${isOtherOrigin ? ' to another origin' : ''}`);
  },
};

/** GitHub tells times to the second. */
const roundingMs = 1_000;

const cacheScope: Experiment = {
  name: "a run's cache stays with its branch",
  why: "a cache in the default branch's scope would be read by the repository's own CI",
  expected: "only caches of the run's own branch",
  ask: async (lab) => {
    await endedRunOf(lab);
    const caches = await lab.github.caches(lab.repository);
    const fresh = caches.filter(({ atMs }) => atMs >= lab.startedMs - roundingMs);
    if (fresh.length === 0) {
      const how =
        'give the sandbox workflow there a step of actions/cache whose key is new in each run, then ask again';
      throw new NotAsked(`the run saved no cache; ${how}`);
    }
    const strays = fresh.filter(({ ref }) => ref !== `refs/heads/${lab.branch}`);
    const found = strays.length === 0 ? `${fresh.length} of the branch` : `one of ${strays[0]?.ref}`;
    return judged(strays.length === 0, found);
  },
};

/** All about one validation run. */
export const runExperiments: readonly Experiment[] = [runDetails, title, runHead, checkout, jobLog, cacheScope];
