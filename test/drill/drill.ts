import { join } from 'node:path';
import { type FixState, fixStates, isOver } from '../../src/domain/fix-facts.ts';
import { copyDatabaseImage } from '../support/database-image.ts';
import { labelIssue, shownState } from '../support/house.ts';
import { openStands } from '../support/stands.ts';
import { tinyFiles, tinyIssue, tinyScript } from '../support/tiny-repository.ts';
import { type Books, readBooks } from './books.ts';
import { type DrillApp, startDrillApp } from './drill-app.ts';
import { fateOf } from './drill-faults.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { happenings } from './happenings.ts';
import { judge, type Verdict } from './judge.ts';
import { lanes, laneVariables } from './lanes.ts';

export interface DrillOptions {
  readonly seed: number;
  readonly fixes: number;
  /** Fixes at once. */
  readonly lanes: number;
  /** Of calls that fail by themselves. */
  readonly share: number;
  /** A data folder whose database has all tables. */
  readonly databaseImage: string;
  readonly patienceMs: number;
  say(line: string): void;
}

export interface Drilled {
  readonly verdict: Verdict;
  readonly proxy: FaultProxy;
  readonly books: Books;
  readonly kills: number;
  readonly tookMs: number;
  /** What the Apps wrote to their logs. */
  readonly output: string;
}

const fixesPerRepository = 20;

/** Each provider is the first of some conversations, and answers those of others when it has to. */
const chainFrom = (first: number) => [...lanes.slice(first), ...lanes.slice(0, first)].map(({ model }) => model);
const chains = {
  architect: chainFrom(2),
  coder: chainFrom(1),
  fast: chainFrom(0),
  debugger: chainFrom(1),
  reviewer: chainFrom(0),
};

/** The coder is right at once: whatever costs a second attempt here is a fault of ours. */
const script = () => {
  const { debugger: right, ...others } = tinyScript();
  const coder = JSON.parse(JSON.stringify(right).replaceAll('Helllo', 'Helo'));
  return { ...others, debugger: coder, coder };
};

/** Has many fixes made while everything fails around them, and looks into the books. */
export async function drill(options: DrillOptions): Promise<Drilled> {
  const startedMs = performance.now();
  const stands = await openStands(script());
  const proxy = await openFaultProxy({
    seed: options.seed,
    fateOf: (chance) => fateOf(chance, options.share),
    target: stands.model.url,
  });
  await copyDatabaseImage(options.databaseImage, join(stands.scratch, 'data'));
  const environment = await stands.environment('data', {
    ...laneVariables(proxy.port),
    AI_FIX_MODELS: JSON.stringify(chains),
  });
  const killsMs: number[] = [];
  const outputs: string[] = [];
  let app: DrillApp = await startDrillApp(environment);
  const killOne = async () => {
    killsMs.push(performance.now());
    await app.kill();
    outputs.push(app.output);
    app = await startDrillApp(environment);
  };
  let killing = Promise.resolve();
  const kill = () => {
    killing = killing.then(killOne);
    return killing;
  };
  try {
    const repositories = Array.from(
      { length: Math.ceil(options.fixes / fixesPerRepository) },
      (_, n) => `acme/drill-${n}`,
    );
    for (const fullName of repositories)
      await stands.github.createRepository({ fullName, files: tinyFiles, roles: { alice: 'admin' } });
    let ended = 0;
    const happens = happenings({ proxy, kill, tell: (order) => app.tell(order), say: options.say }, options.fixes);
    await inLanes(options, async (index) => {
      const repository = repositories[index % repositories.length] ?? '';
      const title = `drill-${String(index).padStart(4, '0')}: ${tinyIssue.title}`;
      const issue = await labelIssue(stands.github, repository, { ...tinyIssue, title });
      await untilEnded(() => shownState(stands.github, repository, issue), options.patienceMs);
      ended += 1;
      options.say(`${ended} of ${options.fixes} fixes are over`);
      await happens(ended);
    });
    await stands.github.settled();
    await app.stop();
    outputs.push(app.output);
    const books = await readBooks(join(stands.scratch, 'data'));
    const judged = judge(proxy.asks, books, killsMs, options.lanes);
    const slips = proxy.slips.map((slip) => `the drill itself failed: ${slip}`);
    const verdict = { ...judged, problems: [...judged.problems, ...slips] };
    const tookMs = performance.now() - startedMs;
    return { verdict, proxy, books, kills: killsMs.length, tookMs, output: outputs.join('\n') };
  } finally {
    await app.kill();
    await proxy.close();
    await stands.close();
  }
}

/** Whoever is not over in time shows in the books as what it is. */
async function untilEnded(state: () => string | null, patienceMs: number): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (performance.now() < deadlineMs) {
    const shown = fixStates.find((known) => known === state());
    if (shown !== undefined && isEnd(shown)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const isEnd = (state: FixState): boolean => state === 'complete' || isOver(state);

async function inLanes({ fixes, lanes }: DrillOptions, fix: (index: number) => Promise<void>): Promise<void> {
  const indexes = Array.from({ length: fixes }, (_, index) => index);
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let index = indexes.shift(); index !== undefined; index = indexes.shift()) await fix(index);
    }),
  );
}
