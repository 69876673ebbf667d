import { z } from 'zod';
import { defineFinish } from '../agent/finish.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { fullName } from '../domain/ids.ts';
import type { Localization } from '../domain/localization.ts';
import { emptyOverlay } from '../domain/overlay.ts';
import { localizationText } from '../localization/localization-text.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { promptFor } from './freeze-prompts.ts';
import { type ConversationPorts, holdConversation } from './hold-conversation.ts';

/** What the fast role is shown of the candidates. */
export const maxListTokens = 6_000;
/** Fewer are looked through sooner than asked about. */
const worthAsking = 40;

const rankFiles = defineFinish({
  name: 'rank_files',
  description: 'Says which files have to change, the surest first.',
  arguments: z.strictObject({ paths: z.array(z.string().min(1).max(1_000)).min(1).max(10) }),
});

/**
 * The fast role's word on the candidates: one reply, in which those it names come first. Paths that are no candidates
 * are passed over. Where no model answers well, or there is little to choose from, the order stays.
 *
 * @param of Names commit and words: other ones are another conversation.
 * @returns `isSettled`: false where no model could be asked, and may be asked later.
 */
export async function askWhere(
  ports: ConversationPorts & Pick<Ports, 'effects'>,
  fix: Fix,
  tree: Tree,
  { issue, found, of }: { readonly issue: string; readonly found: Localization; readonly of: string },
  signal: AbortSignal,
): Promise<{ readonly places: Localization; readonly isSettled: boolean }> {
  if (found.candidates.length < worthAsking) return { places: found, isSettled: true };
  const prompt = await promptFor(ports, fix, 'localize');
  const conversation = {
    prompt,
    system: prompt.system,
    opening: prompt.opening({
      repository: fullName(fix.repository),
      base: tree.commit,
      issue,
      candidates: localizationText(found, maxListTokens),
    }),
    tools: [],
    finishes: [rankFiles] as const,
    maxTurns: 2,
    maxOutputTokens: 2_000,
  };
  const part = `localize:${of}`;
  const talk = await holdConversation(
    ports,
    fix,
    { role: 'fast', part, conversation, tree, start: emptyOverlay },
    signal,
  );
  if (talk.kind === 'finished') return { places: withFirst(found, talk.result.paths), isSettled: true };
  return { places: found, isSettled: talk.kind === 'fruitless' };
}

/** The candidates that are named come first, in the order of their names. */
export function withFirst(found: Localization, paths: readonly string[]): Localization {
  const named = [...new Set(paths)].flatMap(
    (path) => found.candidates.find((candidate) => candidate.path === path) ?? [],
  );
  return { ...found, candidates: [...named, ...found.candidates.filter((candidate) => !named.includes(candidate))] };
}
