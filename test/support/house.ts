import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DestinationStream, pino } from 'pino';
import { ProbotOctokit } from 'probot';
import { readSettings } from '../../src/config/environment.ts';
import { type App, startApp, type Tuning } from '../../src/index.ts';
import { readAppManifest } from '../stand-in/app-manifest.ts';
import { type GitHub, type GitHubOptions, startGitHub } from '../stand-in/github.ts';
import type { ModelScript } from '../stand-in/model-script.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { appEnvironment, standInApp, webhookSecret } from './app-environment.ts';
import { copyDatabaseImage } from './database-image.ts';
import { freePort } from './free-port.ts';
import { createTestDatabase } from './test-database.ts';

/** The real App against the stand-in, in one process: what most end-to-end tests need. */
export interface House {
  readonly github: GitHub;
  readonly model: ScriptedModel;
  readonly dataDir: string;
  readonly app: App;
  /** The environment the App was started with, as an admin would set it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops the App and starts it again on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface HouseOrder {
  readonly script: ModelScript;
  /** An embedded database, copied from what `test/support/database-image.ts` provides; else one of the shared server. */
  readonly databaseImage?: string;
  readonly databaseUrl?: string;
  readonly github?: Partial<GitHubOptions>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly tuning?: Tuning;
  /** Where the log goes, in place of standard output. */
  readonly log?: DestinationStream;
}

/** Waits are shortened, and GitHub's rate limits do not apply to the stand-in. */
export const testTuning: Tuning = {
  Octokit: ProbotOctokit.defaults({ throttle: { enabled: false } }),
  pace: {
    outagePauseMs: () => 500,
    waitsForAdmin: true,
    listingLagMs: 2_000,
    quietMs: 0,
    writesPerHour: 1e6,
    thriftyFromWrites: 1e6,
    tellGrowthEveryMs: 60_000,
    lookAgainEveryMs: 60_000,
    checksPollMs: 1_000,
    lookForLabelsEveryMs: 60_000,
    watchEveryMs: 200,
  },
  engine: { pollMs: 250, sweepEveryMs: 1_000, stepRetry: { attempts: 4, firstPauseSeconds: 0.2 } },
  modelRequests: { timeoutMs: 10_000, maxRetryDelayMs: 500 },
  // Many tests share a house, and what a model refuses to one of them says nothing to the others.
  breakers: { opensAfter: Number.POSITIVE_INFINITY, callsAtOnce: 64 },
};

export async function openHouse(order: HouseOrder): Promise<House> {
  const scratch = await mkdtemp(join(tmpdir(), 'ai-fix-house-'));
  const dataDir = join(scratch, 'data');
  if (order.databaseImage !== undefined) await copyDatabaseImage(order.databaseImage, dataDir);
  const isGiven = order.databaseImage !== undefined || order.databaseUrl !== undefined;
  const own = isGiven ? null : await createTestDatabase();
  const port = await freePort();
  const manifest = readAppManifest(new URL('../../app.yml', import.meta.url));
  const github = await startGitHub({
    dir: join(scratch, 'github'),
    webhookSecret,
    webhookUrl: `http://127.0.0.1:${port}/api/github/webhooks`,
    app: { ...manifest, ...standInApp },
    ...order.github,
  });
  const model = await startScriptedModel(order.script);
  const databaseUrl = order.databaseUrl ?? own?.url;
  const stands = { github, modelUrl: model.url, dataDir, port, ...(databaseUrl === undefined ? {} : { databaseUrl }) };
  const environment = { ...appEnvironment(stands), ...order.environment };
  const level = environment.LOG_LEVEL ?? 'warn';
  const log = order.log === undefined ? pino({ level }) : pino({ level }, order.log);
  const start = () => startApp(readSettings(environment), log, { ...testTuning, ...order.tuning });
  let app = await start();

  return {
    github,
    model,
    dataDir,
    environment,
    get app() {
      return app;
    },
    restart: async () => {
      await app.stop();
      app = await start();
    },
    close: async () => {
      await app.stop();
      await model.close();
      await github.close();
      await own?.drop();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** Files an issue as `login` and labels it; the issue's number. */
export async function labelIssue(
  github: GitHub,
  repository: string,
  issue: { readonly title: string; readonly body: string; readonly by?: string },
): Promise<number> {
  const person = github.as(issue.by ?? 'alice');
  const { number } = await person.post<{ number: number }>(`/repos/${repository}/issues`, {
    title: issue.title,
    body: issue.body,
  });
  await person.post(`/repos/${repository}/issues/${number}/labels`, { labels: ['ai-fix'] });
  return number;
}

/** The state that the App shows as a label, or null before it shows one. */
export function shownState(github: GitHub, repository: string, issueNumber: number): string | null {
  const issue = github.issues(repository).find((candidate) => candidate.number === issueNumber);
  return issue?.labels.find((label) => label.startsWith('ai-fix:'))?.slice('ai-fix:'.length) ?? null;
}

/** Waits until the issue shows one of these states and everything on its way has arrived. @throws {Error} after the time. */
export async function untilShown(
  github: GitHub,
  repository: string,
  issueNumber: number,
  states: readonly string[],
  timeoutMs = 45_000,
): Promise<string> {
  return until(`#${issueNumber} shows ${states.join(' or ')}`, timeoutMs, () => {
    const state = shownState(github, repository, issueNumber);
    return state !== null && states.includes(state) ? state : null;
  });
}

/** Looks every 150 ms until there is something. @throws {Error} after the time, with what was waited for. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
