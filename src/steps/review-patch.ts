import { z } from 'zod';
import { defineFinish } from '../agent/finish.ts';
import { readingTools } from '../agent/tool-sets.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { Ground } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { fullName } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';
import { readPrompt } from '../prompts/render.ts';
import { buildWithDocuments, type DocumentPorts, treeBeforePatch } from './committed-documents.ts';
import { type ContextPorts, folderGuideOf, repositoryText } from './context/repository-text.ts';
import { type ConversationPorts, holdConversation, type Talk } from './hold-conversation.ts';
import { issueText, planText } from './prompt-context.ts';

const prompt = readPrompt('review');
const maxDiffBytes = 120_000;

const opinionSchema = z.object({
  verdict: z.enum(['accept', 'send-back', 'veto']),
  findings: z
    .array(
      z.object({
        path: z.string().max(500).optional(),
        line: z.number().int().positive().optional(),
        text: z.string().trim().min(3).max(2_000),
      }),
    )
    .max(30),
  summary: z.string().trim().max(2_000),
});
export type Opinion = z.infer<typeof opinionSchema>;

const postReview = defineFinish({
  name: 'post_review',
  description: 'Ends the review. A veto stops the fix; nothing here can approve the merge.',
  arguments: opinionSchema,
  check: ({ verdict, findings }) =>
    verdict === 'send-back' && findings.length === 0
      ? 'a patch is sent back with at least one finding to act on'
      : null,
});

/** A second model's critique of the whole diff, with the patched files to read. */
export async function reviewPatch(
  ports: ConversationPorts & DocumentPorts & Pick<Ports, 'inputs'> & ContextPorts,
  fix: Fix,
  attempt: Attempt,
  ground: Ground,
  signal: AbortSignal,
): Promise<Talk<Opinion>> {
  const { tree: patched } = await buildWithDocuments(ports, fix, attempt, ground);
  // The reviewer has the documents as the plan; in the diff they would take the room of the code.
  const before = await treeBeforePatch(ports, fix, attempt, ground, ground.base);
  const tree = await ports.workspace.open(fix.repository, ground.base);
  const diff = await ports.workspace.diff(fix.repository, before, patched, maxDiffBytes);
  const conversation = {
    system: prompt.system,
    about: await repositoryText(ports, fix, tree),
    guide: await folderGuideOf(fix, tree),
    opening: prompt.opening({
      attempt: String(attempt.number),
      repository: fullName(fix.repository),
      base: ground.base,
      issue: await issueText(ports, fix),
      plan: planText(await ports.documents.list(fix.id)),
      summary: attempt.summary?.summary ?? '',
      checks: fix.results.map((result) => result.check).join(', '),
      diff: `${diff.text}${diff.isCut ? '\n(The diff is cut here; read the files for the rest.)' : ''}`,
    }),
    tools: readingTools,
    finishes: [postReview] as const,
    maxTurns: 20,
    maxOutputTokens: 8_000,
  };
  const part = `attempt-${attempt.number}`;
  return holdConversation(ports, fix, { role: 'reviewer', part, conversation, tree, start: attempt.overlay }, signal);
}

/** The findings as a list, then the summary. */
export function findingsText({ findings, summary }: Opinion): string {
  const list = findings.map(({ path, line, text }) => `- ${placeOf(path, line)}${text}`).join('\n');
  return [list, summary].filter(Boolean).join('\n\n');
}

function placeOf(path: string | undefined, line: number | undefined): string {
  if (path === undefined) return '';
  return `\`${path.replaceAll('`', '')}${line === undefined ? '' : `:${line}`}\`: `;
}
