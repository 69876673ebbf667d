import type { Fix } from '../domain/fix-facts.ts';
import type { PlanDocument } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { visibleLine, visibleText } from '../thread/incoming.ts';

/** The parts of prompts that come from outside, each within its bound. */

const maxIssueLength = 24_000;
const maxContextFileBytes = 8_000;
/** Nobody writes instructions of this size; the bytes are not read to keep their beginning. */
const maxReadBytes = 1024 * 1024;
const maxTopLevelEntries = 200;

/** The issue as it was frozen: every role reads the same words, and people find them in the pull request. */
export async function issueText({ inputs }: Pick<Ports, 'inputs'>, { id, issue }: Fix): Promise<string> {
  const frozen = await inputs.find(id);
  // A fix that an older version began has no frozen words yet.
  return frozen?.text ?? `${visibleLine(issue.title, 300)}\n\n${visibleText(issue.body, maxIssueLength).text}`;
}

export const planText = (documents: readonly PlanDocument[]): string =>
  documents.map((document) => `# ${document.kind}\n${document.markdown}`).join('\n\n');

/** The instruction files that the repository configured, from the base commit only: a patch cannot change them. */
export async function contextText(fix: Fix, tree: Tree): Promise<string> {
  const sizes = new Map((await tree.list()).map(({ path, sizeBytes }) => [path, sizeBytes]));
  const parts = await Promise.all(
    fix.policy.contextFiles.map(async (path) => {
      const bytes = (sizes.get(path) ?? 0) > maxReadBytes ? null : await tree.read(path);
      return bytes === null
        ? ''
        : `From ${path} of the repository:\n${bytes.subarray(0, maxContextFileBytes).toString('utf8')}`;
    }),
  );
  return parts.filter(Boolean).join('\n\n');
}

/** What stands at the top of the repository, folders with the number of files below them. */
export async function topLevelText(tree: Tree): Promise<string> {
  const counts = new Map<string, number>();
  for (const { path } of await tree.list()) {
    const slash = path.indexOf('/');
    const top = slash < 0 ? path : `${path.slice(0, slash)}/`;
    counts.set(top, (counts.get(top) ?? 0) + 1);
  }
  const lines = [...counts]
    .slice(0, maxTopLevelEntries)
    .map(([top, count]) => (top.endsWith('/') ? `${top} (${count} files)` : top));
  return lines.join('\n');
}
