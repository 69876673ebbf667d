import type { FixEvent } from '../../../src/domain/event.ts';
import { readVerdict } from '../../../src/steps/read-verdict.ts';
import { fakeRepositories } from '../../support/fake-repositories.ts';
import { until } from '../../support/house.ts';
import { portsForTest } from '../../support/ports-for-test.ts';
import { sampleFixAtWork, sha } from '../../support/sample-fix.ts';
import { candidateRuns, logOf, patienceMs, untilLogged, untilOver } from '../../support/shown.ts';
import type { HostileArea, HostileCase, Stage } from '../hostile-case.ts';
import type { Came } from './edge-of-app.ts';
import { issueIn, label, type Place, placeOf, sentOf, settled } from './in-a-house.ts';
import { runsJudged } from './runs-judged.ts';

type Verdicts = readonly Extract<FixEvent, { type: 'judged' }>[];
const verdictsOf = async ({ house, repository }: Place, issue: number): Promise<Verdicts> =>
  (await logOf(house, repository, issue)).filter((event) => event.type === 'judged');

/** A fix whose runs are all told wrongly by the API; every one has to be void, and nothing may reach the branch. */
async function liedAbout(stage: Stage, name: string, lie: (place: Place) => void): Promise<Came> {
  const place = await placeOf(stage, name, { hasSandbox: true });
  const { house, repository } = place;
  lie(place);
  const issue = await issueIn(place);
  await label(place, issue);

  await untilOver(house, repository, issue);

  const verdicts = (await verdictsOf(place, issue)).map(({ verdict }) => verdict);
  const branch = house.github.pullRequests(repository)[0]?.head_ref ?? 'main';
  const changed = await house.github.git(repository, 'diff', '--name-only', 'main', branch);
  const isVoid = verdicts.length > 0 && verdicts.every((verdict) => verdict === 'void');
  return isVoid && changed.trim() === '' ? 'no verdict' : `escaped: ${verdicts.join(', ')}; on the branch: ${changed}`;
}

/** A fix whose run hangs. */
async function waitingForRun(stage: Stage, name: string): Promise<Place & { issue: number; runId: number }> {
  const place = await placeOf(stage, name, { hasSandbox: true });
  const { house, repository } = place;
  house.github.hangRuns(repository);
  const issue = await issueIn(place);
  await label(place, issue);
  await untilLogged(house, repository, issue, 'validation-started');
  return { ...place, issue, runId: candidateRuns(house.github, repository)[0]?.id ?? 0 };
}

const endToEnd: readonly HostileCase[] = [
  {
    name: 'runs that a person ran again, against the whole App',
    expected: 'no verdict',
    attack: (stage) =>
      liedAbout(stage, 'run-again', ({ house, repository }) =>
        house.github.tamperRun(repository, 'every', { run_attempt: 2 }),
      ),
  },
  {
    name: 'runs whose jobs were renamed, against the whole App',
    expected: 'no verdict',
    attack: (stage) =>
      liedAbout(stage, 'renamed-jobs', ({ house, repository }) =>
        house.github.tamperJobs(repository, 'every', (jobs) => jobs.map((job) => ({ ...job, name: 'tests' }))),
      ),
  },
  {
    name: 'a word that our run has passed, while it still goes on',
    expected: 'no verdict',
    attack: async (stage) => {
      const place = await waitingForRun(stage, 'forged-success');
      const { house, repository, issue, runId } = place;
      const { payload } = await sentOf(place, 'issues', 'labeled');
      const run = { id: runId, event: 'workflow_dispatch', status: 'completed', conclusion: 'success' };

      const { id } = await house.github.deliver('workflow_run', { ...payload, action: 'completed', workflow_run: run });
      const came = await settled(house, id);
      await untilLogged(house, repository, issue, 'still-running');

      const verdicts = await verdictsOf(place, issue);
      return came === 'done' && verdicts.length === 0 ? 'no verdict' : `escaped: ${JSON.stringify(verdicts)}`;
    },
  },
  {
    name: 'a run that a person dispatched with the same inputs, while ours goes on',
    expected: 'ignored',
    attack: async (stage) => {
      const place = await waitingForRun(stage, 'dispatched-by-hand');
      const { house, repository, issue } = place;
      const [ours] = candidateRuns(house.github, repository);
      if (ours === undefined) throw new Error(`${repository} has no run`);
      house.github.behave(repository);
      const path = `/repos/${repository}/actions/workflows/ai-fix-sandbox.yml/dispatches`;

      await house.github.as('bob').post(path, { ref: ours.branch, inputs: ours.inputs });
      const double = await until('the run by hand has ended', patienceMs, () =>
        candidateRuns(house.github, repository).find((run) => run.id !== ours.id && run.status === 'completed'),
      );
      const { id } = await sentOf(place, 'workflow_run', 'completed');
      const came = await settled(house, id);

      const verdicts = await verdictsOf(place, issue);
      const wasAttack = double.conclusion === 'success' && double.title === ours.title;
      return wasAttack && came === 'ignored' && verdicts.length === 0
        ? 'ignored'
        : `escaped: ${came}, ${double.conclusion}, ${JSON.stringify(verdicts)}`;
    },
  },
];

const deleted: HostileCase = {
  name: 'a run that somebody deleted',
  expected: 'no verdict',
  attack: async () => {
    const sandbox = { inspect: async () => null };
    const ports = portsForTest({ sandbox, repositories: fakeRepositories(), now: () => 0 });
    const expected = { nonce: 'n', workflowPath: 'x.yml', workflowBlob: sha('e'), checks: ['test'] };

    const run = { runId: 99, sha: sha('c'), dispatchedAtMs: 0 };
    const verdict = await readVerdict(ports, sampleFixAtWork(), run, expected);

    return verdict.kind === 'void' ? 'no verdict' : `escaped: ${verdict.kind}`;
  },
};

export const runs: HostileArea = { area: 'validation runs', cases: [...runsJudged, deleted, ...endToEnd] };
