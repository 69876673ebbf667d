import { defineFinish } from '../agent/finish.ts';
import { readingTools } from '../agent/tool-sets.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import { fullName } from '../domain/ids.ts';
import { type Hint, hintsOf, hintsText } from '../domain/leftovers.ts';
import { limits } from '../domain/next.ts';
import { changedPaths } from '../domain/overlay.ts';
import { textChange, textOf } from '../domain/patched-file.ts';
import { type Opinion, opinionFault, opinionSchema, opinionText } from '../domain/review.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { evidenceText } from '../thread/evidence-text.ts';
import { buildWithDocuments, type DocumentPorts, treeBeforePatch } from './committed-documents.ts';
import { contentsAt } from './contents-at.ts';
import { type ContextPorts, folderGuideOf, repositoryText } from './context/repository-text.ts';
import { promptFor } from './freeze-prompts.ts';
import { gatherTools } from './gather-tools.ts';
import { type ConversationPorts, holdConversation, type Talk } from './hold-conversation.ts';
import { issueText, noPlanText, planText } from './prompt-context.ts';
import { stepBetween } from './tell-story.ts';

const maxDiffBytes = 120_000;

const postReview = defineFinish({
  name: 'post_review',
  description: 'Ends the review. A veto stops the fix; nothing here can approve the merge.',
  arguments: opinionSchema,
  check: opinionFault,
});

/** A second model's critique of the whole diff, with the patched files to read. */
export async function reviewPatch(
  ports: ConversationPorts & DocumentPorts & Pick<Ports, 'inputs' | 'attempts'> & ContextPorts,
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
  const plan = planText(await ports.documents.list(fix.id));
  const prompt = await promptFor(ports, fix, 'review');
  const conversation = {
    prompt,
    system: prompt.system,
    about: await repositoryText(ports, fix, tree),
    guide: await folderGuideOf(ports, fix, tree),
    opening: prompt.opening({
      attempt: String(attempt.number),
      repository: fullName(fix.repository),
      base: ground.base,
      issue: await issueText(ports, fix),
      plan: plan || noPlanText,
      orders: fix.revision ?? 'none',
      summary: attempt.summary?.summary ?? '',
      checks: fix.results.map((result) => result.check).join(', '),
      evidence: shownText(fix, attempt),
      hints: hintsText(await hintsFor(tree, attempt, plan)) || 'none',
      earlier: await earlierText(ports, fix, attempt, ground),
      diff: `${diff.text}${diff.isCut ? '\n(The diff is cut here; read the files for the rest.)' : ''}`,
    }),
    tools: readingTools(gatherTools(ports, fix, ground.base)),
    finishes: [postReview] as const,
    maxTurns: 20,
    maxOutputTokens: 8_000,
  };
  const part = `attempt-${attempt.number}`;
  return holdConversation(ports, fix, { role: 'reviewer', part, conversation, tree, start: attempt.overlay }, signal);
}

/** What the verdict said beyond the checks' own conclusions. */
const shownText = (fix: Fix, attempt: Attempt): string =>
  [evidenceText(fix, attempt), attempt.verdict?.text].filter(Boolean).join('\n\n') ||
  'every check passed; nothing more is known.';

async function hintsFor(tree: Tree, { overlay }: Attempt, plan: string): Promise<readonly Hint[]> {
  const paths = changedPaths(overlay);
  const base = await contentsAt(tree, paths);
  const changes = paths.map((path) => {
    const entry = overlay[path];
    return textChange(path, textOf(base.get(path) ?? null), entry?.kind === 'write' ? entry.text : null);
  });
  return hintsOf(changes, plan);
}

/** On a second look: what it sent the patch back for, and what the writer has changed since. */
async function earlierText(
  ports: Pick<Ports, 'attempts' | 'workspace'>,
  fix: Fix,
  attempt: Attempt,
  ground: Ground,
): Promise<string> {
  const sentBack = (await ports.attempts.all(fix.id)).findLast(
    ({ number, round = 0, review }) =>
      number < attempt.number && round === (attempt.round ?? 0) && review?.verdict === 'send-back',
  );
  if (sentBack?.review === undefined) return 'You look at this patch for the first time.';
  const since =
    sentBack.base === attempt.base
      ? await stepBetween(ports, fix, ground, sentBack.overlay, attempt.overlay)
      : '(the patch was written anew on another base)';
  return [
    `You sent attempt ${sentBack.number} back. Judge first whether each of these findings is mended; do not wish for anything new unless it is serious:`,
    opinionText(sentBack.review),
    `What the writer has changed since:\n${since}`,
    leftText(fix),
  ].join('\n\n');
}

function leftText({ sendBacks }: Fix): string {
  const left = limits.sendBacks - sendBacks;
  return left > 0
    ? `You may send it back ${left === 1 ? 'once more' : `${left} times more`}.`
    : 'Should you send it back again, a person decides with your findings before them.';
}
