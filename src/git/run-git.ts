import { GitFailure } from './git-command.ts';
import { type GitStreamOrder, streamGit } from './git-stream.ts';

const timeoutMs = 300_000;
const maxOutputBytes = 256 * 1024 * 1024;

/**
 * Runs a local git in the closed environment and gives its output as bytes: for commands that need more environment
 * than `gitIn` lets through, or whose exit code is an answer.
 *
 * @throws {GitFailure} when it ends otherwise than expected, in time or not.
 */
export async function runGit(
  args: readonly string[],
  { gitDir, ...order }: GitStreamOrder & { readonly gitDir: string },
): Promise<{ readonly code: number; readonly output: Buffer }> {
  const stream = streamGit(gitDir, args, { timeoutMs, ...order });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream.stdout) {
    bytes += chunk.length;
    if (bytes > maxOutputBytes) {
      stream.stop();
      throw new GitFailure(`git ${args[0] ?? ''} said more than ${maxOutputBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return { code: await stream.finished(), output: Buffer.concat(chunks) };
}
