import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitHub } from '../stand-in/github.ts';
import type { ModelScript } from '../stand-in/model-script.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { type AppProcess, lastMoment, type Moment, pointOf, type StepPoint, startAppProcess } from './app-process.ts';
import { copyDatabaseImage } from './database-image.ts';
import { labelIssue, shownState, until } from './house.ts';
import {
  createRequestNames,
  isWriteOfApp,
  type Kill,
  type RequestNames,
  turnOf,
  untilAsked,
  type WriteWatch,
  watchWrites,
} from './kill.ts';
import { patienceMs } from './shown.ts';
import { openStands } from './stands.ts';
import { tinyFiles, tinyIssue, tinyScript } from './tiny-repository.ts';

/** A fix that came to its end, and what it took. */
export interface FinishedFix {
  readonly github: GitHub;
  readonly repository: string;
  /** The thread that shows its state: the issue, or the pull request where failing checks began it. */
  readonly issue: number;
  /** Every kill that happened, in order. */
  readonly kills: readonly Kill[];
  /** Step points of the process that finished it. */
  readonly points: readonly StepPoint[];
  /** Names of the App's writing requests, in their order. */
  readonly requests: readonly string[];
  /** Turns that models were asked for, in their order. */
  readonly turns: readonly string[];
  /** What the Apps wrote to their logs. */
  readonly output: string;
}

export interface KillLane {
  /**
   * Has a new issue of a new repository fixed. The App is killed at each of these points, whichever comes next, and
   * started again on the same data; every other time it finds its mirrors gone, as on another replica.
   */
  fix(kills: readonly Kill[]): Promise<FinishedFix>;
  close(): Promise<void>;
}

/** Long enough for a kill to fall into a turn. */
const slowTurnMs = 300;
/** The sweep of these tests runs every second; what it starts shows in the journal at once. */
const quietMs = 1_200;

/** What is fixed in a lane. */
export interface KillWork {
  readonly files: Readonly<Record<string, string>>;
  /** What somebody does to have it fixed. Answers the issue's number; null where the fix has its pull request only. */
  readonly begin: (github: GitHub, repository: string) => Promise<number | null>;
  /** @param delayMs how long each turn takes. */
  readonly script: (delayMs?: number) => ModelScript;
}

const tinyWork: KillWork = {
  files: tinyFiles,
  begin: (github, repository) => labelIssue(github, repository, tinyIssue),
  script: tinyScript,
};

/** One GitHub and its models, on which one App after the other lives, is killed and goes on. */
export async function openKillLane(databaseImage: string, work = tinyWork): Promise<KillLane> {
  const stands = await openStands(work.script());
  const slow = await startScriptedModel(work.script(slowTurnMs));
  const { github } = stands;
  const writes = watchWrites(github);
  let count = 0;

  return {
    fix: async (planned) => {
      count += 1;
      const repository = `acme/tiny-${count}`;
      await github.createRepository({ fullName: repository, files: work.files, roles: { alice: 'admin' } });
      const model = planned.some((kill) => kill.kind === 'turn') ? slow : stands.model;
      const environment = await stands.environment(`data-${count}`, { OPENAI_BASE_URL: `${model.url}/v1` });
      const dataDir = join(stands.scratch, `data-${count}`);
      await copyDatabaseImage(databaseImage, dataDir);
      try {
        return await liveAndDie(
          { github, model, writes, repository, dataDir, environment, begin: work.begin },
          planned,
        );
      } finally {
        writes.tell = null;
        await rm(dataDir, { recursive: true, force: true });
      }
    },
    close: async () => {
      await stands.close();
      await slow.close();
    },
  };
}

interface Place {
  readonly github: GitHub;
  readonly model: ScriptedModel;
  readonly writes: WriteWatch;
  readonly repository: string;
  readonly dataDir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly begin: KillWork['begin'];
}

async function liveAndDie(place: Place, planned: readonly Kill[]): Promise<FinishedFix> {
  const { github, model, repository } = place;
  const start = { entries: github.journal.entries.length, turns: model.requests.length };
  const nameRequest = createRequestNames();
  const spared: Moment[] = [];
  const kills: Kill[] = [];
  const killAt = planned.flatMap((kill) => (kill.kind === 'step' ? [kill.point] : []));
  let begun: { readonly issue: number | null } | null = null;
  let output = '';
  for (;;) {
    const app = startAppProcess({ environment: place.environment, killAt, spared });
    try {
      const left = planned.filter((kill) => !kills.includes(kill));
      const hit = arm(app, place, left, { nameRequest, firstTurn: start.turns });
      // One that died at its start is looked at below.
      await app.ready.catch(() => undefined);
      begun ??= { issue: await place.begin(github, repository) };
      await untilDoneOrDead(app, github, repository, begun.issue);
      output += app.output;
      if (app.ended === null) {
        const issue = threadIn(github, repository, begun.issue) ?? 0;
        const own = github.journal.entries.slice(start.entries).filter(isWriteOfApp);
        const name = createRequestNames();
        return {
          github,
          repository,
          issue,
          kills,
          output,
          points: app.moments.map(pointOf),
          requests: own.map((entry) => name(entry.method, entry.path, entry.requestBody)),
          turns: model.requests.slice(start.turns).map(turnOf),
        };
      }
      const moment = lastMoment(app);
      const kill = moment === null ? hit() : ({ kind: 'step', point: pointOf(moment) } as const);
      if (kill === null) throw new Error(`the App ended by itself:\n${app.output}`);
      kills.push(kill);
      if (moment !== null) spared.push(moment);
    } finally {
      await app.kill();
    }
    if (kills.length % 2 === 0) await rm(join(place.dataDir, 'mirrors'), { recursive: true, force: true });
  }
}

/** Prepares the kills that come from outside; the answer tells which of them happened. */
function arm(
  app: AppProcess,
  { writes, model }: Place,
  planned: readonly Kill[],
  { nameRequest, firstTurn }: { readonly nameRequest: RequestNames; readonly firstTurn: number },
): () => Kill | null {
  let hit: Kill | null = null;
  const strike = async (kill: Kill | undefined): Promise<void> => {
    if (kill === undefined || hit !== null) return;
    hit = kill;
    await app.kill();
  };
  writes.tell = (method, path, body) => {
    const request = nameRequest(method, path, body);
    return strike(planned.find((kill) => kill.kind === 'request' && kill.request === request));
  };
  const turns = planned.flatMap((kill) => (kill.kind === 'turn' ? [kill.turn] : []));
  void untilAsked(model, firstTurn, turns, () => app.ended !== null).then((turn) =>
    strike(planned.find((kill) => kill.kind === 'turn' && kill.turn === turn)),
  );
  return () => hit;
}

const threadIn = (github: GitHub, repository: string, issue: number | null): number | null =>
  issue ?? github.pullRequests(repository)[0]?.number ?? null;

/** Done: the fix shows its end, and for more than a sweep nothing was asked of GitHub and nothing is on its way. */
async function untilDoneOrDead(
  app: AppProcess,
  github: GitHub,
  repository: string,
  issue: number | null,
): Promise<void> {
  let size = -1;
  let sinceMs = 0;
  await until(`the fix in ${repository} is done`, patienceMs, async () => {
    if (app.ended !== null) return true;
    const thread = threadIn(github, repository, issue);
    const state = thread === null ? null : shownState(github, repository, thread);
    if (state === null || !['complete', 'abandoned', 'stopped'].includes(state)) return false;
    await Promise.race([github.settled(), app.exit]);
    if (github.journal.entries.length !== size) {
      size = github.journal.entries.length;
      sinceMs = Date.now();
    }
    return Date.now() - sinceMs > quietMs;
  });
}
