import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { ProbotOctokit } from 'probot';
import { readSettings } from '../../src/config/environment.ts';
import { startApp } from '../../src/index.ts';
import { labelIssue, until, untilShown } from '../support/house.ts';
import { rightFirstTime, rightPatch } from '../support/scripts.ts';
import { openStands, type Stands } from '../support/stands.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';
import { median, percentile, seededRandom } from './statistics.ts';
import { printTable, seconds } from './table.ts';
import { standBetween, type TimedProxies } from './timed-proxies.ts';

const repository = 'acme/sum';
const tries = 10;
const goalMs = 2_000;
/** Longer than any try: whoever waits for this reply was not stopped. */
const replyMs = 240_000;
const patienceMs = 60_000;

interface Stop {
  /** From the arrival of the comment's webhook to the end of the model's connection. */
  readonly abortedMs: number;
  /** From the same to the label that says so. */
  readonly shownMs: number;
}

/** How soon `/ai-fix stop` ends a reply of a model that is under way, at the pace of a real start. */
export async function stop(): Promise<void> {
  const stands = await openStands({ ...rightFirstTime, coder: [[{ ...rightPatch, delayMs: replyMs }]] });
  const proxies = await standBetween(stands);
  const Octokit = ProbotOctokit.defaults({ throttle: { enabled: false } });
  const app = await startApp(readSettings(await proxies.environment('app')), pino({ level: 'error' }), { Octokit });
  const random = seededRandom(7);
  const stops: Stop[] = [];
  try {
    await stands.github.createRepository({ fullName: repository, files: sumFiles, roles: { alice: 'admin' } });
    // The watch goes round once a second; a stop may come at any moment of it.
    while (stops.length < tries) stops.push(await stopOnce(stands, proxies, 200 + random() * 1_000));
  } finally {
    await app.stop();
    await proxies.close();
    await stands.close();
  }
  print(stops);
}

async function stopOnce({ github, model }: Stands, { model: wire, webhooks }: TimedProxies, pauseMs: number) {
  const asked = model.requests.length;
  const issue = await labelIssue(github, repository, sumIssue);
  await until('the coder is asked', patienceMs, () => model.requests.slice(asked).some(({ role }) => role === 'coder'));
  await sleep(pauseMs);
  const answered = wire.spans.length;
  await github.as('alice').post(`/repos/${repository}/issues/${issue}/comments`, { body: '/ai-fix stop' });
  const aborted = await until('the connection ends', patienceMs, () => wire.spans[answered]);
  await untilShown(github, repository, issue, ['stopped'], patienceMs);
  const shownAtMs = performance.now();
  const told = github.webhooks.deliveries.findLast(
    ({ event, action, payload }) =>
      event === 'issue_comment' && action === 'created' && JSON.stringify(payload.comment).includes('/ai-fix stop'),
  );
  const arrived = webhooks.spans.find(({ delivery }) => delivery === told?.id);
  if (arrived === undefined) throw new Error('the stop was never delivered');
  return { abortedMs: aborted.endMs - arrived.startMs, shownMs: shownAtMs - arrived.startMs };
}

function print(stops: readonly Stop[]): void {
  const row = (name: string, values: readonly number[]) => [
    name,
    ...[Math.min(...values), median(values), percentile(values, 0.9), Math.max(...values)].map(seconds),
    `${values.filter((value) => value < goalMs).length} of ${values.length}`,
  ];
  printTable(
    `/ai-fix stop while a model replies (${tries} tries)`,
    ['comment arrived ->', 'least', 'median', 'p90', 'most', `under ${seconds(goalMs)}`],
    [
      row(
        "model's connection ended",
        stops.map(({ abortedMs }) => abortedMs),
      ),
      row(
        'label says stopped',
        stops.map(({ shownMs }) => shownMs),
      ),
    ],
  );
}
