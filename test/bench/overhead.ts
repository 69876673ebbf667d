import { pino } from 'pino';
import { ProbotOctokit } from 'probot';
import { readSettings } from '../../src/config/environment.ts';
import { startApp } from '../../src/index.ts';
import type { GitHub } from '../stand-in/github.ts';
import { readModelScript } from '../stand-in/model-script.ts';
import { labelIssue, untilShown } from '../support/house.ts';
import { openStands } from '../support/stands.ts';
import { coveredMs, type Interval, lengthOf } from './intervals.ts';
import { rightFirstTime } from './overhead-script.ts';
import { createWatch, type Watch } from './overhead-watch.ts';
import { median } from './statistics.ts';
import { printTable, say, seconds } from './table.ts';
import { standBetween, type TimedProxies } from './timed-proxies.ts';

const repository = 'acme/shop';
const issue = { title: 'Discounts are wrong by cents', body: '100 stickers at 0.05 cost 5.00 in place of 4.50.' };

/** The stages of a fix, each up to the end of the step that is named; the first ends with the answer to the webhook. */
const stages = [
  { name: 'label -> acknowledged', until: null },
  { name: '-> draft pull request', until: 'open the pull request' },
  { name: '-> plan posted', until: 'post the plan' },
  { name: '-> candidate dispatched', until: 'dispatch the validation' },
  { name: '-> verdict read', until: 'read the verdict' },
  { name: '-> ready for review', until: 'mark the pull request as ready' },
] as const;

const costs = ['all', 'model', 'sandbox', 'overhead', 'queues', 'github', 'own', 'requests'] as const;

/** Milliseconds of one stage by what they went into; `overhead` is the sum of the three after it. */
type StageCost = Readonly<Record<(typeof costs)[number], number>>;

/**
 * What a fix costs beyond the models' time and the sandbox's: real fixes against the stand-in, with the intervals at
 * which the App really polls. Once without Octokit's throttle, to see our own part, and once with it, as shipped.
 */
export async function overhead(): Promise<void> {
  const free = await measure(5, ProbotOctokit.defaults({ throttle: { enabled: false } }));
  print('Overhead of a fix, Octokit unthrottled (median of 5 fixes)', free);
  print("Overhead of a fix with Octokit's throttle, as shipped (1 fix)", await measure(1, ProbotOctokit));
  say('\noverhead = all - model - sandbox = queues + github + own');
  say('queues: nothing runs, the next piece of work waits to be polled   github: until the stand-in had answered');
  say('own: our code, its database, local git, with the throttle also its pauses   requests: to GitHub, REST and git');
}

async function measure(count: number, Octokit: typeof ProbotOctokit): Promise<StageCost[]> {
  const stands = await openStands(rightFirstTime(await readModelScript('fixtures/model-scripts/shop-cart.json')));
  const proxies = await standBetween(stands);
  const { github } = stands;
  const watch = createWatch();
  watch.watchRuns(github);
  const environment = await proxies.environment('app');
  const app = await startApp(readSettings(environment), pino({ level: 'warn' }), {
    Octokit,
    engine: { onStep: watch.onStep },
  });
  try {
    await github.createRepository({
      fullName: repository,
      folder: 'fixtures/repositories/shop-cart',
      roles: { alice: 'admin' },
    });
    const fixes: StageCost[][] = [];
    for (let fix = 0; fix < count; fix++) {
      watch.clear();
      const number = await labelIssue(github, repository, issue);
      await untilShown(github, repository, number, ['complete'], 120_000);
      await github.settled();
      fixes.push(costsOf(github, proxies, watch));
    }
    return stages.map((_, stage) => medianCost(fixes.flatMap((fix) => fix[stage] ?? [])));
  } finally {
    await app.stop();
    await proxies.close();
    await stands.close();
  }
}

function costsOf(github: GitHub, proxies: TimedProxies, watch: Watch): StageCost[] {
  const labelled = github.webhooks.deliveries.findLast(
    ({ event, action, payload }) =>
      event === 'issues' && action === 'labeled' && JSON.stringify(payload.label).includes('"ai-fix"'),
  );
  const acknowledged = proxies.webhooks.spans.find(({ delivery }) => delivery === labelled?.id);
  if (acknowledged === undefined) throw new Error('the label was never delivered');
  const ends = stages.map(({ until }) => (until === null ? acknowledged.endMs : watch.endOf(until)));
  const queues = pausesOf(watch, acknowledged);
  return ends.map((endMs, stage) => {
    const window = { startMs: ends[stage - 1] ?? acknowledged.startMs, endMs };
    const model = coveredMs(window, proxies.model.spans);
    const sandbox = coveredMs(window, watch.sandboxRuns);
    const elsewhere = [...proxies.model.spans, ...watch.sandboxRuns];
    const all = lengthOf(window);
    const counted = coveredMs(window, elsewhere);
    const waited = coveredMs(window, [...elsewhere, ...queues]) - counted;
    const asked = coveredMs(window, [...elsewhere, ...queues, ...proxies.github.spans]) - counted - waited;
    const requests = proxies.github.spans.filter(({ startMs }) => startMs >= window.startMs && startMs < endMs).length;
    const overhead = all - counted;
    return { all, model, sandbox, overhead, queues: waited, github: asked, own: overhead - waited - asked, requests };
  });
}

/** From the end of one piece of work of the fix to the start of the next. */
function pausesOf(watch: Watch, acknowledged: Interval): Interval[] {
  const works = watch.works();
  return works.map(({ startMs }, index) => {
    const before = works.slice(0, index).map(({ endMs }) => endMs);
    return { startMs: Math.max(acknowledged.endMs, ...before), endMs: startMs };
  });
}

function medianCost(fixes: readonly StageCost[]): StageCost {
  return Object.fromEntries(costs.map((cost) => [cost, median(fixes.map((fix) => fix[cost]))])) as StageCost;
}

function print(title: string, measured: readonly StageCost[]): void {
  const row = (name: string, cost: StageCost) => [
    name,
    ...costs.map((column) => (column === 'requests' ? String(cost.requests) : seconds(cost[column]))),
  ];
  const sum = Object.fromEntries(
    costs.map((column) => [column, measured.reduce((total, cost) => total + cost[column], 0)]),
  ) as StageCost;
  printTable(
    title,
    ['stage', ...costs],
    [...measured.map((cost, stage) => row(stages[stage]?.name ?? '', cost)), row('label -> ready', sum)],
  );
}
