import { spawn } from 'node:child_process';
import { closedEnvironment, GitFailure } from './git-command.ts';

export interface GitStream {
  readonly stdout: AsyncIterable<Buffer>;
  /**
   * Waits for the end, and gives the exit code. A git that was stopped early by `stop` did not fail.
   *
   * @throws {GitFailure} when the exit code is not among the expected ones.
   */
  finished(): Promise<number>;
  stop(): void;
}

export interface GitStreamOrder {
  readonly expectedExitCodes?: readonly number[];
  /** On top of the closed environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: Buffer | string;
  readonly timeoutMs?: number;
}

const keptStderrBytes = 10_000;

/**
 * Starts a local git whose output is read as it comes: bytes that simple-git would decode, or output that is cut early;
 * or one that needs more environment than simple-git lets through.
 */
export function streamGit(gitDir: string, args: readonly string[], order: GitStreamOrder = {}): GitStream {
  const { expectedExitCodes = [0], environment = {}, stdin = '', timeoutMs = 60_000 } = order;
  const env = { ...closedEnvironment(gitDir), ...environment };
  const child = spawn('git', args, { env, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
  // A git that ends before it has read everything says why by itself.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  let stderr = '';
  let isStopped = false;
  let isTimeout = false;
  const timer = setTimeout(() => {
    isTimeout = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < keptStderrBytes) stderr += chunk.toString();
  });
  const end = new Promise<number | Error | null>((resolve) => {
    child.on('error', resolve);
    child.on('close', resolve);
  }).finally(() => clearTimeout(timer));
  return {
    stdout: child.stdout,
    async finished() {
      const exit = await end;
      if (isTimeout) throw new GitFailure('', true);
      if (exit instanceof Error) throw exit;
      if (!isStopped && (exit === null || !expectedExitCodes.includes(exit))) throw new GitFailure(stderr);
      return exit ?? 0;
    },
    stop() {
      isStopped = true;
      child.stdout.destroy();
      child.kill('SIGKILL');
    },
  };
}
