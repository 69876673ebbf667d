import { z } from 'zod';
import { defineFinish } from '../agent/finish.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { fullName } from '../domain/ids.ts';
import type { Localization } from '../domain/localization.ts';
import { emptyOverlay } from '../domain/overlay.ts';
import { localizationText } from '../localization/localization-text.ts';
import type { Tree } from '../ports/workspace.ts';
import { readPrompt } from '../prompts/render.ts';
import { type ConversationPorts, holdConversation } from './hold-conversation.ts';

const prompt = readPrompt('localize');
const maxListTokens = 6_000;
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
 */
export async function askWhere(
  ports: ConversationPorts,
  fix: Fix,
  tree: Tree,
  { issue, found }: { readonly issue: string; readonly found: Localization },
  signal: AbortSignal,
): Promise<Localization> {
  if (found.candidates.length < worthAsking) return found;
  const conversation = {
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
  const part = `localize:${tree.commit.slice(0, 12)}`;
  const talk = await holdConversation(
    ports,
    fix,
    { role: 'fast', part, conversation, tree, start: emptyOverlay },
    signal,
  );
  return talk.kind === 'finished' ? withFirst(found, talk.result.paths) : found;
}

/** The candidates that are named come first, in the order of their names. */
export function withFirst(found: Localization, paths: readonly string[]): Localization {
  const named = [...new Set(paths)].flatMap(
    (path) => found.candidates.find((candidate) => candidate.path === path) ?? [],
  );
  return { ...found, candidates: [...named, ...found.candidates.filter((candidate) => !named.includes(candidate))] };
}
