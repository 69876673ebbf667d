import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createDiskRecordCache } from '../../src/git/disk-record-cache.ts';
import { createIndexer } from '../../src/localization/index-tree.ts';
import { createLocalizer } from '../../src/localization/localize.ts';
import type { Tree } from '../../src/ports/workspace.ts';
import { createTreeSitterSyntax } from '../../src/syntax/tree-sitter-syntax.ts';
import { git } from '../stand-in/git.ts';
import { fileCount, largeFiles } from './large-repository.ts';
import { type Clone, headOf, openClone } from './localization/clone.ts';
import { median } from './statistics.ts';
import { ms, printTable, say, seconds } from './table.ts';

const repository = { installationId: 1, owner: 'bench', name: 'large' };
const queries = 5;
const goalMs = 300;

/** How long it takes to index 50,000 files, to index the next commit, and to answer, and in how much memory. */
export async function places(scratch: string): Promise<void> {
  const gitDir = join(scratch, 'large.git');
  const clone = await makeRepository(scratch, gitDir);
  const head = await headOf(clone);
  const cache = createDiskRecordCache({
    dir: join(scratch, 'records'),
    maxRepositoryBytes: 256 * 1024 ** 2,
    maxBytes: 1024 ** 3,
  });
  const syntax = createTreeSitterSyntax((text) => console.warn(text));
  const memory = watchMemory();
  try {
    const cold = await timeIndex(cache, clone.tree(head));
    const restarted = await timeIndex(cache, clone.tree(head));
    const next = await headAfterChange(gitDir, clone);
    const pushed = await timeIndex(cache, clone.tree(next), restarted.indexer);
    const localizer = createLocalizer({ indexer: restarted.indexer, commitLog: { before: async () => [] }, syntax });
    const tookMs: number[] = [];
    for (let at = 0; at < queries; at++) {
      const text = `compute of value_${at * 7}_3 in package-${at} is wrong\n\npackage-${at}/module-3/part-7.js:12 fails`;
      const startMs = performance.now();
      await localizer.localize(repository, clone.tree(next), text, { ...limits(), maxCandidates: 40 });
      tookMs.push(performance.now() - startMs);
    }
    printTable(
      `Localization in ${fileCount} files (goal: a query within ${goalMs} ms once warm)`,
      ['', 'blobs read', 'time'],
      [
        ['index: nothing cached', String(cold.readBlobs), seconds(cold.tookMs)],
        ['index: process just started', String(restarted.readBlobs), seconds(restarted.tookMs)],
        ['index: one file pushed since', String(pushed.readBlobs), seconds(pushed.tookMs)],
        [`a query, warm (median of ${queries})`, '', ms(median(tookMs))],
      ],
    );
    say(`Memory: ${memory.grownMegabytes()} MB more than before at its peak`);
  } finally {
    memory.stop();
    await syntax.close();
  }
}

const limits = () => ({ signal: new AbortController().signal, limitMs: 300_000 });

async function timeIndex(
  cache: Parameters<typeof createIndexer>[0]['cache'],
  tree: Tree,
  indexer = createIndexer({ cache, maxBytes: 256 * 1024 ** 2 }),
) {
  const startMs = performance.now();
  const { readBlobs } = await indexer.index(repository, tree, limits());
  return { readBlobs, tookMs: performance.now() - startMs, indexer };
}

async function makeRepository(scratch: string, gitDir: string): Promise<Clone> {
  await git(scratch, ['init', '--quiet', '--bare', '--initial-branch=main', gitDir]);
  await importFiles(gitDir, Object.entries(largeFiles()), null);
  return openClone(gitDir);
}

async function headAfterChange(gitDir: string, clone: Clone) {
  await importFiles(
    gitDir,
    [['package-0/module-0/part-0.js', 'export const changed = compute();\n']],
    'refs/heads/main^0',
  );
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

function watchMemory() {
  const before = process.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  return { grownMegabytes: () => Math.round((peak - before) / 1e6), stop: () => clearInterval(timer) };
}
