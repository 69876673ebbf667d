import { z } from 'zod';
import type { Fix } from '../../domain/fix-facts.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Tree } from '../../ports/workspace.ts';
import { readPart } from '../../prompts/render.ts';
import { folderGuide, foldersWithInstructions, instructionsText } from './instructions.ts';
import { readManifests } from './manifests.ts';
import { mapText } from './repository-map.ts';
import { lookAtSources } from './sources.ts';
import { styleText } from './style.ts';

/** What the context of a conversation is made from. */
export type ContextPorts = Pick<Ports, 'effects' | 'syntax' | 'pastIssues' | 'log'>;

const part = readPart('repository');
const keptSchema = z.object({ text: z.string() });

/**
 * What every conversation about a commit of a repository begins with: its instructions, a map and the style of its code.
 *
 * It follows from the commit alone, so conversations of other fixes begin alike and share a provider's cache. It is kept
 * with the fix all the same: one that goes on under a newer version of this code must be shown what it was shown.
 */
export async function repositoryText(
  { effects, syntax }: Pick<Ports, 'effects' | 'syntax'>,
  fix: Fix,
  tree: Tree,
): Promise<string> {
  const key = `repository-text:${tree.commit}`;
  const kept = keptSchema.safeParse(await effects.find(fix.id, key));
  if (kept.success) return kept.data.text;
  const { contextFiles } = fix.policy;
  const entries = await tree.list();
  const manifests = await readManifests(tree, entries);
  const entryPoints = manifests.flatMap((manifest) => manifest.entryPoints);
  const sources = await lookAtSources(tree, syntax, entries, entryPoints);
  const folders = await foldersWithInstructions(tree, contextFiles);
  const text = part({
    base: tree.commit,
    instructions: (await instructionsText(contextFiles, tree)) || 'none',
    map: mapText(entries, manifests, sources, folders) || '(no files)',
    style: (await styleText(tree, entries, manifests, sources)) || 'nothing to go by yet',
  });
  await effects.record(fix.id, key, { text });
  return text;
}

/** What folders with instructions of their own say, for a conversation whose calls come there. */
export const folderGuideOf = async (fix: Fix, tree: Tree) =>
  folderGuide(tree, await foldersWithInstructions(tree, fix.policy.contextFiles));
