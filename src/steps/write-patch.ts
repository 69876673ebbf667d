import { z } from 'zod';
import { defineFinish } from '../agent/finish.ts';
import type { ToolContext } from '../agent/tool.ts';
import { editingTools } from '../agent/tool-sets.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { Ground } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { fullName } from '../domain/ids.ts';
import { changedPaths, emptyOverlay } from '../domain/overlay.ts';
import { sayFindings } from '../domain/patch-policy.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { readPrompt } from '../prompts/render.ts';
import { type ConversationPorts, holdConversation, type Talk } from './hold-conversation.ts';
import { contextText, issueText, planText } from './prompt-context.ts';
import { vet } from './vet-patch.ts';

const codePrompt = readPrompt('code');
const debugPrompt = readPrompt('debug');
const maxDiffBytes = 60_000;
const maxTurns = 40;

const summarySchema = z.object({
  summary: z.string().trim().min(10).max(4_000).describe('What changed and why, for the pull request'),
  tests_added: z.array(z.string().max(300)).max(50).describe('Names of the tests the patch adds'),
  why_tests_change: z
    .string()
    .trim()
    .max(1_000)
    .optional()
    .describe(
      'Only if existing tests, scripts or test configuration had to change: why the issue asks for that. A person is then asked',
    ),
  not_done: z.string().max(1_000).optional().describe('What was asked for and is left out, if anything'),
});
type WrittenSummary = z.infer<typeof summarySchema>;

export type WritePorts = ConversationPorts & Pick<Ports, 'workspace' | 'documents' | 'inputs'>;

/**
 * The coder writes the patch; after a failure the debugger goes on from where the last attempt ended, with the reason.
 *
 * A patch that is empty or touches what it must not is sent back within the same conversation, so it costs a turn and
 * no validation run.
 */
export async function writePatch(
  ports: WritePorts,
  fix: Fix,
  {
    ground,
    attempt,
    checks,
  }: { readonly ground: Ground; readonly attempt: Attempt; readonly checks: readonly string[] },
  signal: AbortSignal,
): Promise<Talk<WrittenSummary>> {
  const tree = await ports.workspace.open(fix.repository, ground.base);
  const isFirst = fix.feedback === null;
  const opening = await openingOf(ports, fix, ground, attempt, checks, tree);
  const conversation = {
    system: (isFirst ? codePrompt : debugPrompt).system,
    opening,
    tools: editingTools,
    finishes: finishesOf(fix),
    maxTurns,
    maxOutputTokens: 16_000,
  };
  const ask = {
    role: isFirst ? 'coder' : 'debugger',
    part: `attempt-${attempt.number}`,
    conversation,
    tree,
    start: attempt.overlay,
  } as const;
  return holdConversation(ports, fix, ask, signal);
}

/** Both ways to hand over the patch: done, or to hear the checks' word first. */
function finishesOf(fix: Fix) {
  const check = (_summary: WrittenSummary, context: ToolContext) => patchFault(fix, context);
  const finish = defineFinish({
    name: 'finish',
    description:
      'Hands over the patch: the sandbox runs the checks, then it is reviewed. Call it when the work is done.',
    arguments: summarySchema,
    check,
  });
  const validate = defineFinish({
    name: 'validate',
    description:
      'Sends the patch as it stands to the sandbox now. If a check fails, you go on with its log; it counts as an attempt.',
    arguments: summarySchema,
    check,
  });
  return [finish, validate] as const;
}

/** Told within the conversation, so that it costs a turn and no validation run. */
async function patchFault({ policy }: Fix, { tree, overlay }: ToolContext): Promise<string | null> {
  if (changedPaths(overlay).length === 0) return 'the patch changes nothing: make the change first';
  const refused = (await vet(tree, overlay, policy)).filter(({ grade }) => grade === 'refuse');
  return refused.length === 0 ? null : `this must not be in a patch; undo it:\n${sayFindings(refused, maxTold)}`;
}

const maxTold = 20;

async function openingOf(
  ports: WritePorts,
  fix: Fix,
  ground: Ground,
  attempt: Attempt,
  checks: readonly string[],
  tree: Tree,
): Promise<string> {
  const shared = {
    attempt: String(attempt.number),
    repository: fullName(fix.repository),
    base: ground.base,
    checks: checks.join(', '),
    issue: await issueText(ports, fix),
    plan: planText(await ports.documents.list(fix.id)),
    context: await contextText(fix, tree),
  };
  if (fix.feedback === null) return codePrompt.opening(shared);
  const diff = await diffOf(ports, fix, ground, attempt);
  return debugPrompt.opening({ ...shared, diff, feedback: fix.feedback });
}

async function diffOf({ workspace }: WritePorts, fix: Fix, ground: Ground, attempt: Attempt): Promise<string> {
  if (attempt.overlay === emptyOverlay || changedPaths(attempt.overlay).length === 0)
    return '(nothing: it starts anew)';
  const { tree } = await workspace.build(fix.repository, ground.base, attempt.overlay, ground.tip);
  return (await workspace.diff(fix.repository, ground.base, tree, maxDiffBytes)).text;
}
