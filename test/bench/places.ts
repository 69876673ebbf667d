import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Sha } from '../../src/domain/ids.ts';
import { createDiskRecordCache } from '../../src/git/disk-record-cache.ts';
import { createIndexer, type Indexer } from '../../src/localization/index-tree.ts';
import { createLocalizer } from '../../src/localization/localize.ts';
import { createTreeSitterSyntax } from '../../src/syntax/tree-sitter-syntax.ts';
import { git } from '../stand-in/git.ts';
import { fileCount, largeFiles } from './large-repository.ts';
import { type Clone, headOf, openClone } from './localization/clone.ts';
import { median } from './statistics.ts';
import { ms, printTable, say } from './table.ts';

const repository = { installationId: 1, owner: 'bench', name: 'large' };
const queries = 5;
const goalMs = 300;
const goalStretchMs = 20;

/**
 * How long it takes to index 50,000 files, to index the next commit, and to answer; in how much memory, and how long
 * others wait meanwhile.
 */
export async function places(scratch: string): Promise<void> {
  const gitDir = join(scratch, 'large.git');
  const clone = await makeRepository(scratch, gitDir);
  const head = await headOf(clone);
  const open = (): Indexer =>
    createIndexer({
      cache: createDiskRecordCache({
        dir: join(scratch, 'records'),
        maxRepositoryBytes: 256 * 1024 ** 2,
        maxBytes: 1024 ** 3,
      }),
      maxBytes: 256 * 1024 ** 2,
    });
  const syntax = createTreeSitterSyntax((text) => console.warn(text));
  const memory = watchMemory();
  try {
    const cold = await watched(() => indexed(open(), clone, head));
    // The indexer that did this is gone: another process begins with what lies on the disk.
    const indexer = open();
    const restarted = await watched(() => indexed(indexer, clone, head));
    const next = await headAfter(gitDir, clone, 'package-0/module-0/part-0.js');
    const pushed = await watched(() => indexed(indexer, clone, next));
    const added = await headAfter(gitDir, clone, 'package-0/module-0/added.js');
    const grown = await watched(() => indexed(indexer, clone, added));
    const localizer = createLocalizer({ indexer, commitLog: { before: async () => [] }, syntax });
    const ask = (at: number) =>
      watched(() => localizer.localize(repository, clone.tree(added), issue(at), { ...limits(), maxCandidates: 40 }));
    const first = await ask(0);
    const warm = [];
    for (let at = 1; at <= queries; at++) warm.push(await ask(at));
    const long = await watched(() =>
      localizer.localize(repository, clone.tree(added), longIssue(), { ...limits(), maxCandidates: 40 }),
    );
    printTable(
      `Localization in ${fileCount} files (goals: a query within ${goalMs} ms once warm; nobody waits ${goalStretchMs} ms)`,
      ['', 'blobs read', 'time', 'processor', 'others waited at most', 'of it our work'],
      [
        row('index: nothing cached', cold, cold.result),
        row('index: process just started', restarted, restarted.result),
        row('index: one file changed since', pushed, pushed.result),
        row('index: one file added since', grown, grown.result),
        row('the first query', first),
        row(`a query, warm (median of ${queries})`, medianOf(warm)),
        row('a query of 400 terms, warm', long),
      ],
    );
    say(`Memory: ${memory.grownMegabytes()} MB more than before at its peak, ${memory.keptMegabytes()} MB kept`);
  } finally {
    memory.stop();
    clone.close();
    await syntax.close();
  }
}

const limits = () => ({ signal: new AbortController().signal, limitMs: 300_000 });
const issue = (at: number): string =>
  `compute of value_${at * 7}_3 in package-${at} is wrong\n\npackage-${at}/module-3/part-7.js:12 fails`;
/** A log pasted whole: as many terms as a query takes, and half of them in every file's reach. */
const longIssue = (): string =>
  `compute fails\n\n${Array.from({ length: 300 }, (_, at) => `at value_${at * 31}_${at % 25} of module-${at % 20}`).join('\n')}`;

async function indexed(indexer: Indexer, clone: Clone, commit: Sha): Promise<string> {
  const { readBlobs, isComplete } = await indexer.index(repository, clone.tree(commit), limits());
  return isComplete ? String(readBlobs) : `${readBlobs}, not all`;
}

interface Watched<T> {
  readonly result: T;
  readonly tookMs: number;
  /** Of all threads of the process. */
  readonly cpuMs: number;
  /** For so long nothing else could be begun, and what of the longest such stretch was this thread's own work. */
  readonly longestMs: number;
  readonly longestOwnMs: number;
}

const row = (name: string, watched: Omit<Watched<unknown>, 'result'>, blobs = ''): string[] => [
  name,
  blobs,
  ...[watched.tookMs, watched.cpuMs, watched.longestMs, watched.longestOwnMs].map(ms),
];

const medianOf = (all: readonly Watched<unknown>[]) => ({
  tookMs: median(all.map(({ tookMs }) => tookMs)),
  cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
  longestMs: Math.max(...all.map(({ longestMs }) => longestMs)),
  longestOwnMs: Math.max(...all.map(({ longestOwnMs }) => longestOwnMs)),
});

async function watched<T>(act: () => Promise<T>): Promise<Watched<T>> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const stretches = watchStretches();
  const startMs = performance.now();
  const before = process.cpuUsage();
  const result = await act();
  const { user, system } = process.cpuUsage(before);
  const tookMs = performance.now() - startMs;
  // The last stretch ends with the next turn of the loop.
  await sleep(5);
  delays.disable();
  return { result, tookMs, cpuMs: (user + system) / 1_000, longestMs: delays.max / 1e6, longestOwnMs: stretches.end() };
}

/** The processor time of this thread between two turns of the loop: unlike the wait, it hangs on no other process. */
function watchStretches(): { end(): number } {
  let before = process.threadCpuUsage();
  let longestMs = 0;
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before);
    longestMs = Math.max(longestMs, (user + system) / 1_000);
    before = process.threadCpuUsage();
  }, 1);
  return {
    end() {
      clearInterval(timer);
      return longestMs;
    },
  };
}

async function makeRepository(scratch: string, gitDir: string): Promise<Clone> {
  await git(scratch, ['init', '--quiet', '--bare', '--initial-branch=main', gitDir]);
  await importFiles(gitDir, Object.entries(largeFiles()), null);
  return openClone(gitDir);
}

async function headAfter(gitDir: string, clone: Clone, path: string): Promise<Sha> {
  await importFiles(gitDir, [[path, `export const changed = compute('${path}');\n`]], 'refs/heads/main^0');
  return headOf(clone);
}

async function importFiles(
  gitDir: string,
  files: readonly (readonly [string, unknown])[],
  parent: string | null,
): Promise<void> {
  const child = spawn('git', ['-C', gitDir, 'fast-import', '--quiet'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(child, 'close');
  child.stdin.write('commit refs/heads/main\ncommitter Bench <bench@example.com> 1700000000 +0000\ndata 4\nseed\n');
  if (parent !== null) child.stdin.write(`from ${parent}\n`);
  for (const [path, content] of files) {
    const bytes = Buffer.from(String(content));
    child.stdin.write(`M 100644 inline ${path}\ndata ${bytes.length}\n${bytes.toString()}\n`);
  }
  child.stdin.end();
  await ended;
}

/** What the process holds, beside what it held when this was called. */
function watchMemory() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().rss;
  const used = heldBytes();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  return {
    grownMegabytes: () => Math.round((peak - before) / 1e6),
    keptMegabytes: () => {
      collect();
      return Math.round((heldBytes() - used) / 1e6);
    },
    stop: () => clearInterval(timer),
  };
}

function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
