import { spawn } from 'node:child_process';
import { closedEnvironment, GitFailure } from './git-command.ts';

export interface GitOrder {
  readonly gitDir: string;
  /** On top of the closed environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: Buffer | string;
  readonly expectedExitCodes?: readonly number[];
}

const timeoutMs = 300_000;
const maxOutputBytes = 256 * 1024 * 1024;

/**
 * Runs a local git in the closed environment and gives its output as bytes: for commands that need more environment
 * than `gitIn` lets through.
 *
 * @throws {GitFailure} when it ends otherwise than expected, in time or not.
 */
export function runGit(args: readonly string[], order: GitOrder): Promise<{ readonly code: number; output: Buffer }> {
  const { gitDir, environment = {}, stdin = '', expectedExitCodes = [0] } = order;
  const env = { ...closedEnvironment(gitDir), ...environment };
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { env, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let stderr = '';
    let isTimeout = false;
    const timer = setTimeout(() => {
      isTimeout = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxOutputBytes) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 10_000) stderr += chunk.toString();
    });
    child.on('error', (error) => reject(new GitFailure(error.message)));
    child.on('close', (code) => {
      clearTimeout(timer);
      if (isTimeout || code === null || !expectedExitCodes.includes(code)) reject(new GitFailure(stderr, isTimeout));
      else resolve({ code, output: Buffer.concat(chunks) });
    });
    // A git that ends before it has read everything says why by itself.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });
}
