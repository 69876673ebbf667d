import { z } from 'zod';
import type { Fix } from '../../domain/fix-facts.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Tree } from '../../ports/workspace.ts';
import { readPart } from '../../prompts/render.ts';
import { instructionsCommit } from '../freeze-prompts.ts';
import { folderGuide, foldersWithInstructions, instructionsText } from './instructions.ts';
import { readManifests } from './manifests.ts';
import { mapText } from './repository-map.ts';
import { lookAtSources } from './sources.ts';
import { styleText } from './style.ts';

/** What the context of a conversation is made from. */
export type ContextPorts = Pick<Ports, 'effects' | 'syntax' | 'workspace' | 'pastIssues' | 'log'>;

const part = readPart('repository');
const keptSchema = z.object({ text: z.string() });

/**
 * What every conversation about a commit of a repository begins with: its instructions, a map and the style of its code.
 *
 * It follows from the commit (for a fork's, from the default branch's too), so conversations of other fixes begin alike and share a provider's cache. It is kept
 * with the fix all the same: one that goes on under a newer version of this code must be shown what it was shown.
 */
export async function repositoryText(
  ports: Pick<Ports, 'effects' | 'syntax' | 'workspace'>,
  fix: Fix,
  tree: Tree,
): Promise<string> {
  const { effects, syntax } = ports;
  const key = `repository-text:${tree.commit}`;
  const kept = keptSchema.safeParse(await effects.find(fix.id, key));
  if (kept.success) return kept.data.text;
  const { contextFiles } = fix.policy;
  const entries = await tree.list();
  const manifests = await readManifests(tree, entries);
  const entryPoints = manifests.flatMap((manifest) => manifest.entryPoints);
  const sources = await lookAtSources(tree, syntax, entries, entryPoints);
  const instructed = await treeOfInstructions(ports, fix, tree);
  const folders = await foldersOf(fix, instructed);
  const text = part({
    base: tree.commit,
    instructions: (instructed === null ? '' : await instructionsText(contextFiles, instructed)) || 'none',
    map: mapText(entries, manifests, sources, folders) || '(no files)',
    style: (await styleText(tree, entries, manifests, sources)) || 'nothing to go by yet',
  });
  await effects.record(fix.id, key, { text });
  return text;
}

/** What folders with instructions of their own say, for a conversation whose calls come there. */
export async function folderGuideOf(ports: Pick<Ports, 'effects' | 'workspace'>, fix: Fix, tree: Tree) {
  const instructed = await treeOfInstructions(ports, fix, tree);
  return folderGuide(instructed ?? tree, await foldersOf(fix, instructed));
}

const foldersOf = async ({ policy }: Fix, instructed: Tree | null): Promise<ReadonlyMap<string, string>> =>
  instructed === null ? new Map() : foldersWithInstructions(instructed, policy.contextFiles);

async function treeOfInstructions(
  { effects, workspace }: Pick<Ports, 'effects' | 'workspace'>,
  fix: Fix,
  tree: Tree,
): Promise<Tree | null> {
  const commit = await instructionsCommit({ effects }, fix, tree.commit);
  if (commit === tree.commit) return tree;
  return commit === null ? null : workspace.open(fix.repository, commit);
}
