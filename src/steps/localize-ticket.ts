import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Fix } from '../domain/fix-facts.ts';
import type { Localization } from '../domain/localization.ts';
import { localizationText } from '../localization/localization-text.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { askWhere } from './ask-where.ts';
import type { ConversationPorts } from './hold-conversation.ts';
import { issueText } from './prompt-context.ts';
import { visiblePlaces } from './visible-places.ts';

export type LocalizationPorts = ConversationPorts & Pick<Ports, 'localizer' | 'inputs' | 'effects'>;

const maxTokens = 2_500;
const maxCandidates = 40;
/** Enough for a cold index of tens of thousands of files; beyond it goes on with what it has, and reads the rest the next time. */
const limitMs = 60_000;

const keptSchema = z.object({ text: z.string() });
const foundSchema = z.object({
  candidates: z.array(
    z.object({
      path: z.string(),
      share: z.number(),
      ranges: z.array(
        z.object({
          startLine: z.number(),
          endLine: z.number(),
          signature: z.string().nullable(),
          name: z.string().nullable(),
          because: z.enum(['line', 'name', 'words']),
        }),
      ),
      evidence: z.array(z.string()),
      tests: z.array(z.string()),
    }),
  ),
  isComplete: z.boolean(),
});

/**
 * Where the issue may have to be worked on, in words for a model.
 *
 * Asked once for a fix, its words and a commit, and kept: what was read in time and what history there was can differ
 * from call to call, and a conversation that goes on must read what it read. What was found is kept before the fast role
 * is asked about it, since that conversation may have to go on too. Where no model could be asked the order is not kept.
 */
export async function localizeTicket(
  ports: LocalizationPorts,
  fix: Fix,
  tree: Tree,
  signal: AbortSignal,
): Promise<string> {
  const issue = await issueText(ports, fix);
  const of = `${tree.commit}:${createHash('sha256').update(issue).digest('hex').slice(0, 16)}`;
  const kept = keptSchema.safeParse(await ports.effects.find(fix.id, `localization:${of}`));
  if (kept.success) return kept.data.text;
  const found = await foundPlaces(ports, fix, tree, { issue, of }, signal);
  if (signal.aborted) return localizationText(found, maxTokens);
  const { places, isSettled } = await askWhere(ports, fix, tree, { issue, found, of }, signal);
  const text = localizationText(places, maxTokens);
  if (isSettled && !signal.aborted) await ports.effects.record(fix.id, `localization:${of}`, { text });
  return text;
}

async function foundPlaces(
  ports: LocalizationPorts,
  fix: Fix,
  tree: Tree,
  { issue, of }: { readonly issue: string; readonly of: string },
  signal: AbortSignal,
): Promise<Localization> {
  const key = `places:${of}`;
  const kept = foundSchema.safeParse(await ports.effects.find(fix.id, key));
  if (kept.success) return kept.data;
  const limits = { signal, limitMs, maxCandidates };
  const found = visiblePlaces(await ports.localizer.localize(fix.repository, tree, issue, limits));
  // Whoever stopped the fix cut the search short too: that is not what a later conversation should be shown.
  if (!signal.aborted) await ports.effects.record(fix.id, key, { ...found });
  return found;
}
