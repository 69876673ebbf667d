import { readdirSync, readFileSync } from 'node:fs';

/** What any local user with our uid can read of a process. */
export interface SeenProcess {
  readonly commandLine: string;
  readonly environment: string;
}

/** An asker of credentials lives for some forty milliseconds. */
const lookEveryMs = 10;

/** Looks at the children of a process, and theirs, until told to stop; answers everything that was ever seen. */
export function watchDescendants(pid: number): { stop(): SeenProcess[] } {
  const seen = new Map<string, SeenProcess>();
  const timer = setInterval(() => {
    for (const id of descendantsOf(pid)) {
      const commandLine = readOrEmpty(`/proc/${id}/cmdline`).replaceAll('\0', ' ');
      const environment = readOrEmpty(`/proc/${id}/environ`).replaceAll('\0', '\n');
      // A process that becomes another program keeps its id.
      if (commandLine !== '') seen.set(`${id} ${commandLine} ${environment.length}`, { commandLine, environment });
    }
  }, lookEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      return [...seen.values()];
    },
  };
}

/** Children of a process, and theirs. */
export function descendantsOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    // The name in brackets may hold anything; the parent's id is the second field after it.
    const parent = /^.*\) \S (\d+)/s.exec(readOrEmpty(`/proc/${name}/stat`))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (id: number): boolean => {
    const parent = parents.get(id);
    return parent !== undefined && (parent === pid || isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

/** One that has ended is there until somebody asks how. */
export const isRunning = (pid: number): boolean => /^.*\) [^ZX] /s.test(readOrEmpty(`/proc/${pid}/stat`));

/** Processes come and go while we look. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
