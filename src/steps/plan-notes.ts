import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import type { DocumentKind } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import { unusablePromptsText } from '../thread/configuration-text.ts';
import { promptProblems } from './freeze-prompts.ts';
import { readTemplates } from './read-templates.ts';

/** What people have to know of a plan document beside its words: a template or prompts of theirs that were not used. */
export async function planNotes(
  ports: Pick<Ports, 'workspace' | 'effects'>,
  fix: Fix,
  base: Sha,
): Promise<Readonly<Partial<Record<DocumentKind, string>>>> {
  const { ignored } = await readTemplates(ports, fix, base);
  const problems = await promptProblems(ports, fix);
  if (problems.length === 0) return ignored;
  return { ...ignored, plan: [ignored.plan, unusablePromptsText(problems)].filter(Boolean).join('\n\n') };
}
