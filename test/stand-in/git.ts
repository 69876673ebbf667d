import { spawn } from 'node:child_process';
import { once } from 'node:events';

class GitFailure extends Error {
  override readonly name = 'GitFailure';
  readonly code: number | null;
  readonly stderr: string;
  constructor(args: readonly string[], code: number | null, stderr: string) {
    super(`git ${args.join(' ').slice(0, 200)}: ${stderr.trim().slice(0, 500)}`);
    this.code = code;
    this.stderr = stderr;
  }
}

export interface GitOptions {
  readonly input?: string | Buffer;
  readonly environment?: Readonly<Record<string, string>>;
}

/** No configuration but the repository's own, no prompts, English messages. */
export const closedEnvironment = {
  PATH: process.env.PATH ?? '',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

/** @throws {GitFailure} when git ends with anything but 0. */
export async function git(folder: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const child = spawn('git', ['-C', folder, ...args], { env: { ...closedEnvironment, ...options.environment } });
  const closed = once(child, 'close');
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  // git may end before it read everything; its exit code tells why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const [code] = await closed;
  if (code !== 0) throw new GitFailure(args, code, Buffer.concat(errors).toString());
  return Buffer.concat(output);
}

export const gitText = async (folder: string, args: readonly string[], options?: GitOptions): Promise<string> =>
  (await git(folder, args, options)).toString();

/** Null where git says no: for questions whose answer may be that there is no such thing. */
export async function gitOrNull(folder: string, args: readonly string[], options?: GitOptions): Promise<Buffer | null> {
  try {
    return await git(folder, args, options);
  } catch (error) {
    if (error instanceof GitFailure) return null;
    throw error;
  }
}
