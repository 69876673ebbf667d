import type { Sha } from '../domain/ids.ts';
import { legible } from '../domain/text-encoding.ts';
import type { Diff } from '../ports/workspace.ts';
import { gitIn } from './git-command.ts';
import { streamGit } from './git-stream.ts';

/** No driver of the repository or the host takes part, and a rename is a deletion and an addition. */
const plainly = ['-r', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', '--end-of-options'];

export async function unifiedDiff(gitDir: string, from: Sha, to: Sha, maxBytes: number): Promise<Diff> {
  const { text, isCut } = await patchText(gitDir, from, to, maxBytes);
  const files = await changedFiles(gitDir, from, to);
  return { text, isCut, files };
}

async function patchText(
  gitDir: string,
  from: Sha,
  to: Sha,
  maxBytes: number,
): Promise<{ text: string; isCut: boolean }> {
  const stream = streamGit(gitDir, ['diff-tree', '-p', ...plainly, from, to]);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream.stdout) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      stream.stop();
      break;
    }
  }
  await stream.finished();
  const patch = Buffer.concat(chunks);
  if (patch.length <= maxBytes) return { text: legible(patch), isCut: false };
  // Whole lines only, so that the text neither ends inside a character nor shows half a change.
  const end = patch.subarray(0, maxBytes).lastIndexOf('\n') + 1;
  return { text: legible(patch.subarray(0, end)), isCut: true };
}

/** `<added> TAB <removed> TAB <path> NUL`, with `-` for both numbers of a binary file. */
async function changedFiles(gitDir: string, from: Sha, to: Sha): Promise<Diff['files']> {
  const output = await gitIn(gitDir).raw(['diff-tree', '--numstat', '-z', ...plainly, from, to]);
  const records = output.split('\0').filter((record) => record !== '');
  return records.map((record) => {
    const [added = '', removed = '', ...path] = record.split('\t');
    return { path: path.join('\t'), added: count(added), removed: count(removed), isBinary: added === '-' };
  });
}

const count = (text: string): number => (text === '-' ? 0 : Number(text));
