import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { type AppProcess, startAppProcess } from '../support/app-process.ts';
import { outcomeOf, soundOutcome } from '../support/finished-fix.ts';
import { labelIssue, until, untilShown } from '../support/house.ts';
import { turnOf } from '../support/kill.ts';
import { patienceMs, statusOf } from '../support/shown.ts';
import { openStands, type Stands } from '../support/stands.ts';
import { createTestDatabase, query, type TestDatabase } from '../support/test-database.ts';
import { tinyFiles, tinyIssue, tinyScript } from '../support/tiny-repository.ts';

/**
 * A repository's day has too little left for the next call: the fix waits as a row, whatever becomes of the process, and
 * goes on by itself once there is money. Every App here is killed, never stopped.
 */

vi.setConfig({ testTimeout: 2 * patienceMs });

const policyPath = '.github/ai-fix.yml';
const gated = 'gates: { plan: required }\n';
const raisedUsd = 3;
/** It looks at the limits again within the hour. */
const nextLookMs = 61 * 60_000;
const open: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** The plan is the dear part, so that a day that it used up has room for all the rest. */
const plainScript = tinyScript();
const script = {
  ...plainScript,
  architect: plainScript.architect?.map((replies) =>
    replies.map((reply) => ({ ...reply, usage: { input: 3_000, output: 12_000 } })),
  ),
};

interface Short {
  readonly stands: Stands;
  readonly repository: string;
  readonly issue: number;
  readonly database: TestDatabase;
  /** What the day has paid, and its limit, which is a tenth of a cent above. */
  readonly spentUsd: number;
  readonly limitUsd: number;
  start(aheadMs?: number): Promise<AppProcess>;
}

/** Has a fix planned, lowers the limit of the day to what that cost, has the plan approved, and kills the App while the fix waits. */
async function killWhileShort(name: string): Promise<Short> {
  const stands = await openStands(script);
  open.push(stands.close);
  const database = await createTestDatabase();
  if (database === null) throw new TypeError('only a run of tests has a Postgres server');
  open.push(database.drop);
  const environment = await stands.environment(name, { DATABASE_URL: database.url });
  const start = async (aheadMs = 0) => {
    const app = startAppProcess({ environment, aheadMs });
    open.push(app.kill);
    await app.ready;
    return app;
  };
  const app = await start();
  const repository = `acme/${name}`;
  const files = { ...tinyFiles, [policyPath]: gated };
  await stands.github.createRepository({ fullName: repository, files, roles: { alice: 'admin' } });
  const issue = await labelIssue(stands.github, repository, tinyIssue);
  await untilShown(stands.github, repository, issue, ['awaiting-approval'], patienceMs);

  const [spentUsd = 0] = await paidByDay(database);
  const limitUsd = Math.ceil(spentUsd * 1_000) / 1_000 + 0.001;
  await setDayLimit(stands, repository, limitUsd);
  await say(stands, repository, '/ai-fix approve');
  await until('the status says what it waits for', patienceMs, () =>
    statusOf(stands.github, repository, issue).includes('waits: the limit'),
  );
  await app.kill();
  return { stands, repository, issue, database, spentUsd, limitUsd, start };
}

const setDayLimit = (stands: Stands, repository: string, usd: number) =>
  stands.github.commit(repository, {
    branch: 'main',
    from: 'main',
    files: { [policyPath]: `${gated}budget: { repo_usd_per_day: ${usd} }\n` },
    message: 'What a day may cost',
    author: 'alice',
  });

async function say({ github }: Stands, repository: string, body: string): Promise<void> {
  const number = github.pullRequests(repository)[0]?.number;
  await github.as('alice').post(`/repos/${repository}/issues/${number}/comments`, { body });
}

/** What replies cost, and what calls without a reply may have: the newest day first. */
async function paidByDay({ url }: TestDatabase): Promise<number[]> {
  const rows = await query(
    url,
    `select day, sum(usd)::text as usd from (
       select day, usd from spending_days union all select day, usd from holds
     ) as paid group by day order by day desc`,
  );
  return rows.map(({ usd }) => Number(usd));
}

const paidByTurns = async ({ url }: TestDatabase): Promise<number> =>
  Number((await query(url, 'select sum(cost_usd)::text as usd from turns'))[0]?.usd);

const turnsOf = ({ stands }: Short): string[] => stands.model.requests.map(turnOf);

const undisturbed = { ...soundOutcome, pullRequestComments: soundOutcome.pullRequestComments.toSorted() };

/** As it comes out in the end; of the pull request's comments those of which there is to be one. */
async function outcome(short: Short) {
  const { stands, repository, issue } = short;
  await untilShown(stands.github, repository, issue, ['complete'], patienceMs);
  await stands.github.settled();
  const came = await outcomeOf({ github: stands.github, repository, issue, turns: turnsOf(short), kills: [] });
  const once = came.pullRequestComments.filter((key) => soundOutcome.pullRequestComments.includes(key));
  return { ...came, pullRequestComments: once.toSorted() };
}

test.concurrent('a fix that waits for money outlives the process and what people say, and goes on by itself once the limit is raised', async () => {
  const short = await killWhileShort('raised');
  const { stands, repository, issue, database, spentUsd } = short;
  const asked = turnsOf(short);

  const again = await short.start();
  await say(stands, repository, '/ai-fix budget $9');
  const answer = await until('the command is answered', patienceMs, () =>
    stands.github
      .comments(repository, stands.github.pullRequests(repository)[0]?.number ?? 0)
      .map(({ body }) => body)
      .find((body) => body.includes('another limit')),
  );
  await say(stands, repository, '/ai-fix retry');
  await sleep(2_500);
  const waiting = statusOf(stands.github, repository, issue);
  const paidWaiting = await paidByDay(database);
  await again.kill();
  // Nobody hears of it: the webhook goes to a process that is not there.
  await setDayLimit(stands, repository, raisedUsd);
  const askedWaiting = turnsOf(short);
  await short.start(nextLookMs);
  const came = await outcome(short);

  expect(answer).toContain('which no comment changes: the limit of a day for this repository is reached');
  expect(waiting).toContain('waits: the limit of a day for this repository is reached');
  expect(waiting).toContain('within the hour should the limit be raised before');
  expect(askedWaiting).toEqual(asked);
  expect(paidWaiting).toEqual([spentUsd]);
  expect(came).toEqual(undisturbed);
  const [paid = 0, ...others] = await paidByDay(database);
  expect(others).toEqual([]);
  expect(paid).toBeCloseTo(await paidByTurns(database), 9);
  expect(paid).toBeLessThanOrEqual(raisedUsd);
});

test.concurrent('a fix that waits for money goes on by itself on the next day, within the same limit', async () => {
  const short = await killWhileShort('next-day');
  const { database, spentUsd, limitUsd } = short;
  // The day is the database's, whose clock nobody sets: what was paid was paid yesterday.
  for (const table of ['spending_days', 'holds']) await query(database.url, `update ${table} set day = day - 1`);

  await short.start(nextLookMs);
  const came = await outcome(short);

  expect(came).toEqual(undisturbed);
  const [today = Number.NaN, ...before] = await paidByDay(database);
  expect(before).toEqual([spentUsd]);
  expect(today).toBeGreaterThan(0);
  expect(today).toBeLessThanOrEqual(limitUsd);
  expect(today + spentUsd).toBeCloseTo(await paidByTurns(database), 9);
});
