import { join } from 'node:path';
import type { Tried } from '../../src/cli/eval/outcome.ts';
import type { TryEnd, TryOrder, TryTask } from '../../src/cli/eval/solve-task.ts';
import { runGit } from '../../src/git/run-git.ts';

/** What a fake fix does with a task: commits a patch as complete, or ends otherwise. */
export type FakeFix =
  | { readonly patch: string; readonly usd?: number }
  | Partial<Tried>
  | Exclude<TryEnd, { kind: 'ended' }>;

export interface FakeTry {
  readonly tryTask: TryTask;
  readonly orders: readonly TryOrder[];
}

/** Stands for the process of a fix, without any model: by the title of the issue it knows what comes out. */
export function fakeTry(fixOf: (order: TryOrder, signal: AbortSignal) => FakeFix | Promise<FakeFix>): FakeTry {
  const orders: TryOrder[] = [];
  return {
    orders,
    tryTask: async (order, signal) => {
      orders.push(order);
      const fix = await fixOf(order, signal);
      if (signal.aborted) return { kind: 'stopped' };
      if ('kind' in fix) return fix;
      const commit = 'patch' in fix ? await commitPatch(order, fix.patch) : null;
      const tried = {
        ...blank,
        usd: 'patch' in fix ? (fix.usd ?? 0.25) : 0.25,
        commit,
        ...('patch' in fix ? {} : fix),
      };
      return { kind: 'ended', tried, json: JSON.stringify(tried) };
    },
  };
}

const blank: Tried = {
  version: 1,
  outcome: 'solved',
  why: null,
  endedAt: null,
  commit: null,
  attempts: [{ number: 1, verdict: 'passed' }],
  turns: 4,
  tokens: 1_000,
  usd: 0.25,
  hasUnknownPrice: false,
  models: ['openai/gpt-6-sol'],
  tookMs: 10,
  workedMs: 5,
  events: [],
};

async function commitPatch({ repository: gitDir, folder }: TryOrder, patch: string): Promise<string> {
  const environment = { GIT_INDEX_FILE: join(folder, 'index') };
  await runGit(['read-tree', 'main'], { gitDir, environment });
  await runGit(['apply', '--cached', '-'], { gitDir, environment, stdin: patch });
  const tree = (await runGit(['write-tree'], { gitDir, environment })).output.toString().trim();
  const who = 'Ada <ada@example.com> 946684800 +0000';
  const stdin = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\na fix\n`;
  return (await runGit(['hash-object', '-t', 'commit', '-w', '--stdin'], { gitDir, stdin })).output.toString().trim();
}
