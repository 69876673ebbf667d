import type { Attempt } from '../domain/attempt.ts';
import { externalKey } from '../domain/external-key.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import type { Sha } from '../domain/ids.ts';
import { emptyOverlay, type Overlay, type OverlayEntry } from '../domain/overlay.ts';
import { documentKinds } from '../domain/plan.ts';
import { collidingPaths } from '../domain/portable-paths.ts';
import { folderOf, indexPath, withIndexEntry, workflowFolder } from '../domain/workflow-index.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { documentFile, summaryFile, titleOf } from '../thread/document-files.ts';
import { contentsAt } from './contents-at.ts';

export type DocumentPorts = Pick<Ports, 'workspace' | 'documents' | 'redact'>;

/** What the commit carries beside the patch. */
export interface CommittedDocuments {
  readonly overlay: Overlay;
  /** Where they lie; null where the repository keeps them in comments only. */
  readonly folder: string | null;
  /** Why there are none although the repository wants them, in a person's words. */
  readonly whyNot: string | null;
}

const none: CommittedDocuments = { overlay: emptyOverlay, folder: null, whyNot: null };

/**
 * The documents of a fix as files below `.ai/workflow/`, with the index of all fixes, where the repository wants them.
 *
 * They depend on the base, the documents and the attempt's summary alone, so an attempt, its judge's tree and what is
 * shown of both agree. Whatever stands there and is none of ours is left as it is; then there are no documents.
 */
export async function committedDocuments(
  { workspace, documents, redact }: DocumentPorts,
  fix: Fix,
  { summary }: Pick<Attempt, 'summary'>,
  ground: Pick<Ground, 'base'>,
): Promise<CommittedDocuments> {
  if (fix.policy.documents.where !== 'committed' || summary === null) return none;
  const tree = await workspace.open(fix.repository, ground.base);
  const index = (await contentsAt(tree, [indexPath])).get(indexPath) ?? null;
  if (index !== null && (index.kind !== 'text' || index.encoding !== 'utf-8'))
    return { ...none, whyNot: `\`${indexPath}\` is no UTF-8 text file in this repository` };
  if (index !== null && index.text.length > maxIndexLength)
    return { ...none, whyNot: `\`${indexPath}\` is longer than 500,000 characters` };
  const { issue, policy } = fix;
  const name = folderOf({ number: issue.number, key: externalKey(policy.externalKeys, issue) }, index?.text ?? null);
  const folder = `${workflowFolder}/${name}`;
  const entry = { folder: name, issue: issue.number, issueUrl: issue.url, title: redact(titleOf(fix)) };
  const texts = new Map([
    // These bytes reach GitHub through git, where no other gate takes secrets out.
    ...(await documents.list(fix.id)).map(
      (one) => [`${folder}/${one.kind}.md`, redact(documentFile(fix, one))] as const,
    ),
    [`${folder}/summary.md`, redact(summaryFile(fix, summary))],
    [indexPath, withIndexEntry(index?.text ?? null, entry)],
  ]);
  const overlay: Record<string, OverlayEntry> = Object.fromEntries(
    [...texts].map(([path, text]) => [path, { kind: 'write', text, mode: '100644' }]),
  );
  const stale = documentKinds.map((kind) => `${folder}/${kind}.md`).filter((path) => !texts.has(path));
  const known = await contentsAt(tree, [...texts.keys(), ...stale]);
  for (const path of stale) if (known.get(path)?.kind === 'text') overlay[path] = { kind: 'delete' };
  const whyNot = await obstacle(tree, [...texts.keys()], known);
  return whyNot === null ? { overlay, folder, whyNot } : { ...none, whyNot };
}

const maxIndexLength = 500_000;

async function obstacle(
  tree: Tree,
  paths: readonly string[],
  known: Awaited<ReturnType<typeof contentsAt>>,
): Promise<string | null> {
  const odd = paths.find((path) => (known.get(path)?.kind ?? 'text') !== 'text');
  if (odd !== undefined) return `\`${odd}\` is no text file in this repository`;
  const basePaths = [...(await tree.list()).map(({ path }) => path), ...(await tree.submodules())];
  const placed = paths.map((path) => ({ path, isInBase: known.get(path) != null, isDeleted: false }));
  const [first] = collidingPaths(placed, basePaths);
  return first === undefined ? null : `\`${first}\` would collide with another path of this repository`;
}

/** The tree that is validated and published: the patch, with the documents beside it. Same input, same SHAs. */
export async function buildWithDocuments(
  ports: DocumentPorts,
  fix: Fix,
  attempt: Attempt,
  ground: Ground,
): Promise<{ readonly tree: Sha; readonly carrier: Sha }> {
  const { overlay } = await committedDocuments(ports, fix, attempt, ground);
  return ports.workspace.build(fix.repository, ground.base, { ...attempt.overlay, ...overlay }, ground.tip);
}

/** A commit's tree with the documents and without the patch, so that a diff from it shows the patch alone. */
export async function treeBeforePatch(
  ports: DocumentPorts,
  fix: Fix,
  attempt: Pick<Attempt, 'summary'>,
  ground: Ground,
  commit: Sha,
): Promise<Sha> {
  const { overlay, folder } = await committedDocuments(ports, fix, attempt, ground);
  if (folder === null) return commit;
  return (await ports.workspace.build(fix.repository, commit, overlay, ground.tip)).tree;
}
