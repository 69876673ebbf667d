import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { type Running, startAppProcess, startCli } from '../support/app-process.ts';
import { copyDatabaseImage } from '../support/database-image.ts';
import { outcomeOf, soundOutcome } from '../support/finished-fix.ts';
import { labelIssue, openHouse, testTuning, until, untilShown } from '../support/house.ts';
import { turnOf } from '../support/kill.ts';
import { patienceMs } from '../support/shown.ts';
import { openStands, type Stands } from '../support/stands.ts';
import { tinyFiles, tinyIssue, tinyScript } from '../support/tiny-repository.ts';

vi.setConfig({ testTimeout: 2 * patienceMs });

const repository = 'acme/tiny-1';
let stands: Stands;
const models: ScriptedModel[] = [];
const processes: Running[] = [];

beforeEach(async () => {
  stands = await openStands(tinyScript());
  await stands.github.createRepository({ fullName: repository, files: tinyFiles, roles: { alice: 'admin' } });
  await copyDatabaseImage(inject('databaseImage'), join(stands.scratch, 'data'));
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill()));
  await Promise.all(models.splice(0).map((model) => model.close()));
  await stands.close();
});

interface Stop {
  readonly issue: number;
  readonly stopped: Running;
  /** The model that was writing. */
  readonly slow: ScriptedModel;
  readonly environment: Record<string, string>;
}

/** Starts the program, has an issue labelled, and stops it with SIGTERM while the model writes its first reply. */
async function stopInTheFirstTurn(turnMs: number): Promise<Stop> {
  const slow = await startScriptedModel(tinyScript(turnMs));
  models.push(slow);
  const environment = await stands.environment('data');
  const stopped = startCli(['start'], { ...environment, OPENAI_BASE_URL: `${slow.url}/v1` }, stands.scratch);
  processes.push(stopped);
  await until('the App is ready', 30_000, () => isReady(environment));
  const issue = await labelIssue(stands.github, repository, tinyIssue);
  await until('the model is asked', 30_000, () => slow.requests.length > 0);
  stopped.signal('SIGTERM');
  await until('the process has ended', 10_000, () => stopped.ended);
  return { issue, stopped, slow, environment };
}

async function startNext(environment: Record<string, string>): Promise<void> {
  const next = startAppProcess({ environment });
  processes.push(next);
  await next.ready;
}

const isReady = (environment: Record<string, string>): Promise<boolean> =>
  fetch(`http://127.0.0.1:${environment.PORT}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

test('SIGTERM ends the process in time with code 0 even in a turn that goes on, and the next process does the rest', async () => {
  const { issue, stopped, slow, environment } = await stopInTheFirstTurn(60_000);

  await startNext(environment);
  await untilShown(stands.github, repository, issue, ['complete'], patienceMs);
  await stands.github.settled();

  expect(stopped.ended).toEqual({ code: 0, signal: null });
  const turns = [...slow.requests, ...stands.model.requests].map(turnOf);
  const kills = [{ kind: 'turn', turn: 'fast 1.0' }] as const;
  expect(await outcomeOf({ github: stands.github, repository, issue, turns, kills })).toEqual(soundOutcome);
});

test('SIGTERM lets a turn end that is nearly done, so that it is not bought again', async () => {
  const { stopped, slow, environment } = await stopInTheFirstTurn(1_500);

  await startNext(environment);
  await until('the next model is asked', patienceMs, () => stands.model.requests.length > 0);

  expect(stopped.ended).toEqual({ code: 0, signal: null });
  expect(slow.requests.map(turnOf)).toEqual(['fast 1.0']);
  expect(stands.model.requests.map(turnOf)[0]).toBe('architect 1.0');
});

test('what holds in a stopped App on a server database asks the database nothing more', async () => {
  const written: string[] = [];
  const house = await openHouse({
    script: tinyScript(1_500),
    tuning: { pace: { ...testTuning.pace, watchEveryMs: 50 } },
    log: { write: (line) => void written.push(line) },
  });
  await house.github.createRepository({ fullName: repository, files: tinyFiles, roles: { alice: 'admin' } });
  await labelIssue(house.github, repository, tinyIssue);
  await until('the second model is asked', patienceMs, () => house.model.requests.length > 1);

  await house.app.stop();
  await sleep(500);

  // DBOS says what it leaves to the next process.
  expect(written.filter((line) => !line.includes('Shutting down while'))).toEqual([]);
  await house.close();
});
