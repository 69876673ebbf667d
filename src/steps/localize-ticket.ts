import { z } from 'zod';
import type { Fix } from '../domain/fix-facts.ts';
import { localizationText } from '../localization/localization-text.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { askWhere } from './ask-where.ts';
import type { ConversationPorts } from './hold-conversation.ts';
import { issueText } from './prompt-context.ts';

export type LocalizationPorts = ConversationPorts & Pick<Ports, 'localizer' | 'inputs' | 'effects'>;

const maxTokens = 2_500;
const maxCandidates = 40;
/** Enough for a cold index of tens of thousands of files; beyond it goes on with what it has, and reads the rest the next time. */
const limitMs = 60_000;

const keptSchema = z.object({ text: z.string() });

/**
 * Where the issue may have to be worked on, in words for a model.
 *
 * Asked once for a fix and a commit, and kept: what was read in time and what history there was can differ from call to
 * call, and a conversation that goes on must read what it read.
 */
export async function localizeTicket(
  ports: LocalizationPorts,
  fix: Fix,
  tree: Tree,
  signal: AbortSignal,
): Promise<string> {
  const key = `localization:${tree.commit}`;
  const kept = keptSchema.safeParse(await ports.effects.find(fix.id, key));
  if (kept.success) return kept.data.text;
  const issue = await issueText(ports, fix);
  const found = await ports.localizer.localize(fix.repository, tree, issue, { signal, limitMs, maxCandidates });
  // Whoever stopped the fix cut the search short too: that is not what a later conversation should be shown.
  if (signal.aborted) return localizationText(found, maxTokens);
  const text = localizationText(await askWhere(ports, fix, tree, { issue, found }, signal), maxTokens);
  if (!signal.aborted) await ports.effects.record(fix.id, key, { text });
  return text;
}
