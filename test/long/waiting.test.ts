import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { readSettings } from '../../src/config/environment.ts';
import { startApp } from '../../src/index.ts';
import { type AppProcess, startAppProcess, thisProject } from '../support/app-process.ts';
import { copyDatabaseImage } from '../support/database-image.ts';
import { outcomeOf, soundOutcome } from '../support/finished-fix.ts';
import { labelIssue, testTuning, until, untilShown } from '../support/house.ts';
import { turnOf } from '../support/kill.ts';
import { patienceMs } from '../support/shown.ts';
import { openStands, type Stands } from '../support/stands.ts';
import { tinyFiles, tinyIssue, tinyScript } from '../support/tiny-repository.ts';

const restarts = 150;
const gated = { ...tinyFiles, '.github/ai-fix.yml': 'gates: { plan: required }\n' };
let stands: Stands;
let environment: Record<string, string>;
const processes: AppProcess[] = [];

beforeEach(async () => {
  stands = await openStands(tinyScript(200));
  await copyDatabaseImage(inject('databaseImage'), join(stands.scratch, 'data'));
  environment = await stands.environment('data');
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill()));
  await stands.close();
});

async function startProcess(project = thisProject): Promise<AppProcess> {
  const app = startAppProcess({ environment }, project);
  processes.push(app);
  await app.ready;
  return app;
}

async function newIssue(repository: string, files: Readonly<Record<string, string>>): Promise<number> {
  await stands.github.createRepository({ fullName: repository, files, roles: { alice: 'admin' } });
  return labelIssue(stands.github, repository, tinyIssue);
}

async function approve(repository: string): Promise<void> {
  const number = stands.github.pullRequests(repository)[0]?.number;
  await stands.github.as('alice').post(`/repos/${repository}/issues/${number}/comments`, { body: '/ai-fix approve' });
}

/** Alice's approval is a comment of the pull request, too, and is answered with a reaction. */
const approvedOutcome = {
  ...soundOutcome,
  pullRequestComments: ['plan-plan', 'status', '/ai-fix approve', 'completion'],
};

const turnsFrom = (start: number): string[] => stands.model.requests.slice(start).map(turnOf);

test(`a fix that waits for an approval waits through ${restarts} restarts, and then goes on`, {
  timeout: 600_000,
}, async () => {
  const repository = 'acme/tiny-1';
  const start = () => startApp(readSettings(environment), pino({ level: 'warn' }), testTuning);
  let app = await start();
  const issue = await newIssue(repository, gated);
  await untilShown(stands.github, repository, issue, ['awaiting-approval'], patienceMs);
  await stands.github.settled();
  const asked = stands.github.journal.entries.filter(
    ({ method, by }) => method !== 'GET' && by === 'installation',
  ).length;

  for (let count = 0; count < restarts; count += 1) {
    await app.stop();
    app = await start();
  }
  const askedAfter = stands.github.journal.entries.filter(
    ({ method, by }) => method !== 'GET' && by === 'installation',
  ).length;
  await approve(repository);
  await untilShown(stands.github, repository, issue, ['complete'], patienceMs);
  await stands.github.settled();
  await app.stop();

  expect(askedAfter).toBe(asked);
  expect(await outcomeOf({ github: stands.github, repository, issue, turns: turnsFrom(0), kills: [] })).toEqual(
    approvedOutcome,
  );
});

test('an upgrade of the code takes up what waits and what was killed in the middle of a burst', {
  timeout: 120_000,
}, async () => {
  const old = await startProcess();
  const waiting = { repository: 'acme/tiny-1', issue: await newIssue('acme/tiny-1', gated) };
  await untilShown(stands.github, waiting.repository, waiting.issue, ['awaiting-approval'], patienceMs);
  const turnsOfWaiting = turnsFrom(0);
  const working = { repository: 'acme/tiny-2', issue: await newIssue('acme/tiny-2', tinyFiles) };
  await until('the coder writes', patienceMs, () => turnsFrom(turnsOfWaiting.length).includes('coder 1.1'));
  await old.kill();

  await startProcess(await upgradedProject());
  await untilShown(stands.github, working.repository, working.issue, ['complete'], patienceMs);
  const turnsOfWorking = turnsFrom(turnsOfWaiting.length);
  await approve(waiting.repository);
  await untilShown(stands.github, waiting.repository, waiting.issue, ['complete'], patienceMs);
  await stands.github.settled();

  const { github } = stands;
  const kills = [{ kind: 'turn', turn: 'coder 1.1' }] as const;
  expect(await outcomeOf({ ...working, github, turns: turnsOfWorking, kills })).toEqual(soundOutcome);
  const turns = [...turnsOfWaiting, ...turnsFrom(turnsOfWaiting.length + turnsOfWorking.length)];
  expect(await outcomeOf({ ...waiting, github, turns, kills: [] })).toEqual(approvedOutcome);
});

/** A copy of this project whose workflow functions are others, which is how the engine would tell a new version. */
async function upgradedProject(): Promise<string> {
  const project = join(stands.scratch, 'upgraded');
  await mkdir(project);
  for (const name of ['src', 'test', 'package.json', 'app.yml'])
    await cp(join(thisProject, name), join(project, name), { recursive: true });
  await symlink(join(thisProject, 'node_modules'), join(project, 'node_modules'));
  const engine = join(project, 'src/durable/dbos-engine.ts');
  const before = await readFile(engine, 'utf8');
  const after = before.replaceAll(/=> (handlers\.(?:deliver|burst)\([^)]*\))/g, "=> (log.info('upgraded'), $1)");
  expect(after.match(/log\.info\('upgraded'\)/g)).toHaveLength(2);
  await writeFile(engine, after);
  return project;
}
