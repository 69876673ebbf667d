import { spawnConfined } from '../../local/bubblewrap.ts';
import { openCell } from '../../local/cell.ts';
import type { LeftOut } from './summary.ts';
import type { Task } from './task.ts';

const timeoutMs = 60_000;

/** Those that the sandbox can work on; the others with the programs that it does not have. */
export async function sortByNeeds(
  tasks: readonly Task[],
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly able: readonly Task[]; readonly leftOut: readonly LeftOut[] }> {
  const wanted = [...new Set(tasks.flatMap(({ needs }) => needs))];
  const missing = wanted.length === 0 ? new Set<string>() : await missingInside(wanted, folder, signal);
  const lacking = ({ needs }: Task): readonly string[] => needs.filter((name) => missing.has(name));
  return {
    able: tasks.filter((task) => lacking(task).length === 0),
    leftOut: tasks
      .filter((task) => lacking(task).length > 0)
      .map((task) => ({ task: task.id, why: `needs ${lacking(task).join(', ')}: not found in the sandbox` })),
  };
}

/** Asked inside: what this host has, the sandbox need not show. */
async function missingInside(names: readonly string[], folder: string, signal: AbortSignal): Promise<Set<string>> {
  const cell = await openCell(folder, spawnConfined);
  const chunks: Buffer[] = [];
  try {
    await cell.giveAway();
    const end = await cell.run({
      script: names.map((name) => `command -v ${name} >/dev/null || echo "lacks:${name}"`).join('\n'),
      environment: {},
      hasNetwork: false,
      binds: [],
      timeoutMs,
      signal,
      onOutput: (chunk) => chunks.push(chunk),
    });
    const said = Buffer.concat(chunks).toString();
    if (end.kind !== 'exited' || end.code !== 0)
      throw new Error(
        `the sandbox does not work here: ${end.kind === 'exited' ? said.trim().slice(0, 300) : end.kind === 'not-started' ? end.why : end.kind}`,
      );
    return new Set([...said.matchAll(/^lacks:(.+)$/gm)].map(([, name = '']) => name));
  } finally {
    await cell.remove();
  }
}
