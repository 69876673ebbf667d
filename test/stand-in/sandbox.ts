/** Where a job's folders lie, and how a step sees them in the sandbox that `ai-fix try` has too. */
import type { ChildProcess } from 'node:child_process';
import { confinedPath, confinedUser, isRoot, spawnConfined } from '../../src/local/bubblewrap.ts';

/** Where a job's folders lie on the host. */
export interface Folders {
  readonly root: string;
  readonly workspace: string;
  readonly control: string;
  readonly scripts: string;
  readonly home: string;
  readonly temp: string;
  readonly staging: string;
}

export { confinedPath as sandboxPath, confinedUser as stepUser, isRoot };

export function spawnSandboxed(
  { workspace, control, home, temp, scripts }: Folders,
  environment: Readonly<Record<string, string>>,
  folder: string,
  command: readonly string[],
  hasNetwork: boolean,
): ChildProcess {
  return spawnConfined({
    binds: [
      { from: workspace, to: '/workspace', access: 'write' },
      { from: control, to: '/control', access: 'write' },
      { from: home, to: '/home/runner', access: 'write' },
      { from: temp, to: '/tmp', access: 'write' },
      { from: scripts, to: '/scripts', access: 'read' },
    ],
    environment,
    folder,
    command,
    hasNetwork,
  });
}
