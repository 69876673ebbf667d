import { z } from 'zod';
import type { Fix } from '../domain/fix-facts.ts';
import { asSha, type Sha } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';
import { withOwnWords } from '../prompts/own-words.ts';
import { type Prompt, promptOf, readPrompt } from '../prompts/render.ts';
import { readTemplate, type TemplateName, templateNames } from '../prompts/template.ts';
import { readPrompts } from './read-prompts.ts';

const key = 'prompts';
const frozenSchema = z.object({
  commit: z.string().nullable(),
  texts: z.partialRecord(z.enum(templateNames), z.string()),
  problems: z.array(z.string()),
});

/**
 * Keeps with the fix the prompts that the repository has in its own words, from the tip of its default branch: never
 * from the branch that is worked on, which a pull request of anybody's may be.
 *
 * Idempotent: what was kept first stays for the whole fix, so that a conversation which goes on is told what it was told.
 */
export async function freezePrompts(
  { repositories, workspace, effects, log }: Pick<Ports, 'repositories' | 'workspace' | 'effects' | 'log'>,
  { id, repository, policy }: Pick<Fix, 'id' | 'repository' | 'policy'>,
): Promise<void> {
  if ((await effects.find(id, key)) !== null) return;
  const { head } = await repositories.facts(repository);
  const own = head === null ? none : await readPrompts(await workspace.open(repository, head), policy.promptsFolder);
  if (own.problems.length > 0) log.warn({ fix: id, problems: own.problems }, 'prompts of the repository are not used');
  await effects.record(id, key, { commit: head satisfies Sha | null, texts: own.texts, problems: own.problems });
}

const none = { texts: {}, problems: [] };

/** A prompt as the fix has it: with the repository's words where it has some that this version can use, else ours. */
export async function promptFor(
  { effects }: Pick<Ports, 'effects'>,
  { id }: Pick<Fix, 'id'>,
  name: TemplateName,
): Promise<Prompt> {
  const frozen = frozenSchema.safeParse(await effects.find(id, key));
  const text = frozen.success ? frozen.data.texts[name] : undefined;
  if (text === undefined) return readPrompt(name);
  // A newer version of ours may ask for values that these words have no place for.
  const words = withOwnWords(readTemplate(name), text);
  return words.kind === 'usable' ? promptOf(words.template, 'repository') : readPrompt(name);
}

/**
 * The commit whose instructions and templates count: the one that the work stands on, but where that came with a fork's
 * pull request, strangers wrote every file of it. Then it is the one of the default branch whose prompts the fix has;
 * null where none was kept.
 */
export async function instructionsCommit(
  { effects }: Pick<Ports, 'effects'>,
  { id, origin }: Pick<Fix, 'id' | 'origin'>,
  base: Sha,
): Promise<Sha | null> {
  if (origin.kind !== 'checks' || !origin.failing.isFork) return base;
  const frozen = frozenSchema.safeParse(await effects.find(id, key));
  return frozen.success && frozen.data.commit !== null ? asSha(frozen.data.commit) : null;
}

/** What is wrong with prompts that the fix does therefore not have, as Markdown; empty where nothing is. */
export async function promptProblems(
  { effects }: Pick<Ports, 'effects'>,
  { id }: Pick<Fix, 'id'>,
): Promise<readonly string[]> {
  const frozen = frozenSchema.safeParse(await effects.find(id, key));
  return frozen.success ? frozen.data.problems : [];
}
