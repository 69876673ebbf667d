import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readAppManifest } from '../stand-in/app-manifest.ts';
import { type GitHub, startGitHub } from '../stand-in/github.ts';
import { appEnvironment, standInApp, webhookSecret } from '../support/app-environment.ts';
import { freePort } from '../support/free-port.ts';
import type { SliceOrder, SliceResult } from './ack-load.ts';
import { type Child, startChild, untilAnswers } from './child.ts';
import { percentile } from './statistics.ts';
import { ms, printTable, ratio, say } from './table.ts';

const perMinute = 1_000;
const redeliveries = 0.1;
const repository = 'acme/shop';
const goal = 1.5;

/** One after the other in short slices, the order turning, so that a noisy neighbour hits both. */
const sliceMs = 2_500;
const variants = [
  { name: "another's label", label: 'bug', slices: 12 },
  { name: 'each starts a fix', label: 'ai-fix', slices: 4 },
] as const;

type Side = 'ai-fix' | 'Probot + INSERT';
interface Server {
  readonly side: Side;
  readonly url: string;
  readonly child: Child;
}

/** How long a delivery waits for its answer, beside Probot with one committed INSERT. */
export async function ack(scratch: string): Promise<void> {
  const manifest = readAppManifest(new URL('../../app.yml', import.meta.url));
  const github = await startGitHub({
    dir: join(scratch, 'github'),
    webhookSecret,
    app: { ...manifest, ...standInApp },
  });
  await github.createRepository({
    fullName: repository,
    // The limit of starts is not what is measured.
    files: { 'README.md': '# Shop\n', '.github/ai-fix.yml': 'limits: { fixes_per_hour: 1000 }\n' },
    roles: { alice: 'admin' },
  });
  await fileIssues(github, 400);
  const servers = await Promise.all([
    startServer(scratch, github, 'ai-fix'),
    startServer(scratch, github, 'Probot + INSERT'),
  ]);
  const load = fork(new URL('./ack-load.ts', import.meta.url));
  try {
    say(`ack: ${perMinute} signed deliveries a minute, about 15 KB each, ${redeliveries * 100} % redeliveries`);
    await measure(load, github, servers, { ...variants[0], slices: 1 });
    const rows: string[][] = [];
    for (const variant of variants) {
      const before = servers.map(({ child }) => child.cpuMs());
      const latencies = await measure(load, github, servers, variant);
      const cpus = servers.map(({ child }, index) => child.cpuMs() - (before[index] ?? 0));
      rows.push(...servers.map(({ side }, index) => rowOf(variant, side, latencies, cpus[index] ?? Number.NaN)));
    }
    const header = ['deliveries', 'server', 'n', 'p50', 'p95', 'p99', 'cpu each', 'p95 ratio'];
    printTable(`Acknowledgement (goal: p95 at most ${goal} times Probot's)`, header, rows);
  } finally {
    load.disconnect();
    for (const { child } of servers) await child.kill();
    await github.close();
  }
}

type Variant = { readonly name: string; readonly label: string; readonly slices: number };
type Latencies = Readonly<Record<Side, number[]>>;

async function measure(
  load: ChildProcess,
  github: GitHub,
  servers: readonly Server[],
  variant: Variant,
): Promise<Latencies> {
  const latencies: Latencies = { 'ai-fix': [], 'Probot + INSERT': [] };
  const nextIssue = { 'ai-fix': 1, 'Probot + INSERT': 1 };
  for (let slice = 0; slice < variant.slices; slice++) {
    const order = slice % 2 === 0 ? servers : servers.toReversed();
    for (const { side, url } of order) {
      const result = await runSlice(load, {
        url,
        secret: webhookSecret,
        perMinute,
        lengthMs: sliceMs,
        seed: slice + 1,
        redeliveries,
        payload: {
          installationId: github.installationId(repository),
          repository,
          label: variant.label,
          sender: 'alice',
          bodyLength: 2_500,
        },
        firstIssue: nextIssue[side],
      });
      nextIssue[side] += result.issuesUsed;
      latencies[side].push(...result.latenciesMs);
      if (result.failures > 0) throw new Error(`${side} did not acknowledge ${result.failures} deliveries`);
    }
  }
  return latencies;
}

async function runSlice(load: ChildProcess, order: SliceOrder): Promise<SliceResult> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const died = once(load, 'exit', { signal }).then(([code]) =>
    Promise.reject(new Error(`the load process ended: ${code}`)),
  );
  load.send(order);
  try {
    const [result] = (await Promise.race([once(load, 'message', { signal }), died])) as [SliceResult];
    return result;
  } finally {
    waiting.abort();
    died.catch(() => undefined);
  }
}

/** The App looks at an issue before it works on it. */
async function fileIssues(github: GitHub, count: number): Promise<void> {
  const alice = github.as('alice');
  for (let number = 1; number <= count; number++) {
    await alice.post(`/repos/${repository}/issues`, {
      title: `Totals are off by one cent (${number})`,
      body: 'The total is wrong.',
    });
  }
}

async function startServer(scratch: string, github: GitHub, side: Side): Promise<Server> {
  const port = await freePort();
  const cwd = join(scratch, side === 'ai-fix' ? 'app' : 'baseline');
  await mkdir(cwd, { recursive: true });
  const environment = {
    // Nobody answers there: the fixes of this bench end before a model is asked.
    ...appEnvironment({ github, modelUrl: 'http://127.0.0.1:9', dataDir: join(cwd, 'data'), port }),
    LOG_LEVEL: 'info',
  };
  const logFile = join(cwd, 'log');
  const file =
    side === 'ai-fix' ? new URL('../../src/cli.ts', import.meta.url) : new URL('./ack-baseline.ts', import.meta.url);
  const child = startChild({ file, args: ['start'], environment, cwd, logFile });
  await untilAnswers(`http://127.0.0.1:${port}/${side === 'ai-fix' ? 'readyz' : 'ping'}`, logFile);
  return { side, url: `http://127.0.0.1:${port}/api/github/webhooks`, child };
}

/** The processor time is all that the process used meanwhile, the work after the answers and the polling included. */
function rowOf({ name }: Variant, side: Side, latencies: Latencies, cpuMs: number): string[] {
  const values = latencies[side];
  const points = [0.5, 0.95, 0.99].map((share) => ms(percentile(values, share)));
  const times = percentile(values, 0.95) / percentile(latencies['Probot + INSERT'], 0.95);
  return [
    side === 'ai-fix' ? name : '',
    side,
    String(values.length),
    ...points,
    ms(cpuMs / values.length),
    ratio(times),
  ];
}
