import { spawn } from 'node:child_process';
import { closedEnvironment, GitFailure } from './git-command.ts';

export interface GitStream {
  readonly stdout: AsyncIterable<Buffer>;
  /**
   * Waits for the end. A git that was stopped early by `stop` did not fail.
   *
   * @throws {GitFailure} when the exit code is not among the expected ones.
   */
  finished(): Promise<void>;
  stop(): void;
}

const defaultTimeoutMs = 60_000;
const keptStderrBytes = 10_000;

/**
 * Starts a local git whose output is read as it comes: bytes that simple-git would decode, or output that is cut early.
 */
export function streamGit(
  gitDir: string,
  args: readonly string[],
  expectedExitCodes: readonly number[] = [0],
  { stdin, timeoutMs = defaultTimeoutMs }: { readonly stdin?: string; readonly timeoutMs?: number } = {},
): GitStream {
  const child = spawn('git', args, { env: closedEnvironment(gitDir), cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
  // A git that ends before it has read everything says why by its exit code.
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
    },
    stop() {
      isStopped = true;
      child.stdout.destroy();
      child.kill('SIGKILL');
    },
  };
}

export async function gitOutput(gitDir: string, args: readonly string[]): Promise<Buffer> {
  const stream = streamGit(gitDir, args);
  const chunks: Buffer[] = [];
  for await (const chunk of stream.stdout) chunks.push(chunk);
  await stream.finished();
  return Buffer.concat(chunks);
}
