import { mkdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../stand-in/git.ts';
import type { GitHub } from '../stand-in/github.ts';
import type { ModelScript } from '../stand-in/model-script.ts';
import { labelIssue, untilShown } from '../support/house.ts';
import { openStands, type Stands } from '../support/stands.ts';
import { type Child, startChild, untilAnswers } from './child.ts';
import { fileCount, largeFiles } from './large-repository.ts';
import { median } from './statistics.ts';
import { printTable, ratio, say, seconds } from './table.ts';
import { standBetween, type TimedProxies } from './timed-proxies.ts';

const repository = 'acme/large';
const goalMs = 2_000;
const rounds = 3;

/** The ticket is profiled; then the first prompt that has seen the repository is refused, which ends the fix. */
const script: ModelScript = {
  fast: [
    [
      {
        tools: [
          {
            name: 'profile_ticket',
            arguments: {
              kind: 'bug',
              complexity: 'medium',
              urgency: 'low',
              value: 'high',
              title: 'Mend the totals',
              reason: 'Totals are wrong.',
            },
          },
        ],
      },
    ],
  ],
  architect: [[{ status: 400, text: 'the bench ends here' }]],
};

interface Timing {
  readonly name: string;
  /** From the webhook to the first request to a model. */
  readonly firstTurnMs: number;
  /** From the webhook to the first request whose prompt was made from the repository. */
  readonly firstSightMs: number;
}

/** How soon work starts in a repository of 50,000 files, beside a shallow clone with its checkout. */
export async function large(): Promise<void> {
  const stands = await openStands(script);
  const proxies = await standBetween(stands);
  const environment = await proxies.environment('app');
  let app: Child | undefined;
  const restart = async () => {
    await app?.kill();
    app = await startApp(stands, environment);
    return app;
  };
  try {
    await fill(stands.github);
    await restart();
    const cold = await timeFix('nothing mirrored', stands, proxies);
    const child = await restart();
    const bootBytes = child.peakRssBytes();
    const restarted = await timeFix('mirrored, App just started', stands, proxies);
    const [warm, clones] = await alternate(stands, proxies);
    await pushOneFile(stands.github);
    const pushed = await timeFix('mirrored, one file pushed since', stands, proxies);
    print([cold, restarted, { ...warm, name: `mirrored (median of ${rounds})` }, pushed], clones);
    const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
    say(
      `App's peak memory: ${megabytes(bootBytes)} after its start, ${megabytes(child.peakRssBytes())} in the end (its git processes apart)`,
    );
  } finally {
    await app?.kill();
    await proxies.close();
    await stands.close();
  }
}

async function fill(github: GitHub): Promise<void> {
  const workflow = '.github/workflows/ai-fix-sandbox.yml';
  const text = readFileSync(new URL(`../../fixtures/repositories/shop-cart/${workflow}`, import.meta.url), 'utf8');
  await github.createRepository({
    fullName: repository,
    files: { ...largeFiles(), [workflow]: text },
    roles: { alice: 'admin' },
  });
  const size = await github.git(repository, 'count-objects', '-v');
  say(`large: ${fileCount} files, packed ${Math.round(Number(/^size-pack: (\d+)$/m.exec(size)?.[1]) / 1024)} MB`);
}

async function startApp({ scratch }: Stands, environment: Record<string, string>): Promise<Child> {
  const logFile = join(scratch, 'app.log');
  const cwd = join(scratch, 'cwd');
  mkdirSync(cwd, { recursive: true });
  const child = startChild({ file: new URL('./large-app.ts', import.meta.url), environment, cwd, logFile });
  await untilAnswers(`http://127.0.0.1:${environment.PORT}/readyz`, logFile);
  return child;
}

/** The two sides in turn, so that a noisy neighbour hits both. */
async function alternate(stands: Stands, proxies: TimedProxies): Promise<[Timing, number[]]> {
  const timings: Timing[] = [];
  const clones: number[] = [];
  for (let round = 0; round < rounds; round++) {
    timings.push(await timeFix('mirrored', stands, proxies));
    clones.push(await timeClone(stands, proxies));
  }
  const middle = (of: (timing: Timing) => number): number => median(timings.map(of));
  return [
    {
      name: 'mirrored',
      firstTurnMs: middle((one) => one.firstTurnMs),
      firstSightMs: middle((one) => one.firstSightMs),
    },
    clones,
  ];
}

async function timeFix(name: string, { github }: Stands, { model, webhooks }: TimedProxies): Promise<Timing> {
  const asked = model.spans.length;
  const delivered = webhooks.spans.length;
  const number = await labelIssue(github, repository, { title: 'Totals are wrong', body: 'By one cent.' });
  await untilShown(github, repository, number, ['abandoned'], 60_000);
  await github.settled();
  const [first, sight] = model.spans.slice(asked);
  const label = webhooks.spans.slice(delivered).find(({ delivery }) => isLabelling(github, delivery));
  if (first === undefined || sight === undefined || label === undefined)
    throw new Error('the fix never asked its models');
  return { name, firstTurnMs: first.startMs - label.startMs, firstSightMs: sight.startMs - label.startMs };
}

function isLabelling(github: GitHub, delivery: string | null): boolean {
  const known = github.webhooks.deliveries.find(({ id }) => id === delivery);
  return known?.event === 'issues' && known.action === 'labeled';
}

async function timeClone({ github, scratch }: Stands, proxies: TimedProxies): Promise<number> {
  const address = Object.assign(new URL(`/${repository}.git`, proxies.github.url), {
    username: 'x-access-token',
    password: github.tokenOf('alice'),
  });
  const startMs = performance.now();
  await git(scratch, ['clone', '--quiet', '--depth=1', address.href, 'clone']);
  const lengthMs = performance.now() - startMs;
  await rm(join(scratch, 'clone'), { recursive: true });
  return lengthMs;
}

async function pushOneFile(github: GitHub): Promise<void> {
  await github.commit(repository, {
    branch: 'main',
    files: { 'README.md': '# Large\n' },
    message: 'Add a README',
    author: 'alice',
  });
}

function print(timings: readonly Timing[], clones: readonly number[]): void {
  const cloneMs = median(clones);
  const rows = timings.map(({ name, firstTurnMs, firstSightMs }) => [
    name,
    seconds(firstTurnMs),
    seconds(firstSightMs),
    ratio(firstSightMs / cloneMs),
  ]);
  const header = ['label ->', 'first model turn', 'first prompt with the repository', 'of a clone'];
  const title = `A repository of ${fileCount} files (goal once mirrored: first model turn within ${seconds(goalMs)})`;
  printTable(title, header, [
    ...rows,
    [`git clone --depth 1 (median of ${clones.length})`, '', seconds(cloneMs), ratio(1)],
  ]);
}
