import { z } from 'zod';
import { defineFinish } from '../agent/finish.ts';
import { matchesGlob } from '../agent/path-glob.ts';
import type { ToolContext } from '../agent/tool.ts';
import { editingTools } from '../agent/tool-sets.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { Ground } from '../domain/event.ts';
import type { Fix } from '../domain/fix.ts';
import { fullName } from '../domain/ids.ts';
import { changedPaths, emptyOverlay } from '../domain/overlay.ts';
import { refusedPaths } from '../domain/patch-policy.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { readPrompt } from '../prompts/render.ts';
import { type ConversationPorts, holdConversation, type Talk } from './hold-conversation.ts';
import { contextText, issueText, planText } from './prompt-context.ts';

const codePrompt = readPrompt('code');
const debugPrompt = readPrompt('debug');
const maxDiffBytes = 60_000;
const maxTurns = 40;

const summarySchema = z.object({
  summary: z.string().trim().min(10).max(4_000).describe('What changed and why, for the pull request'),
  tests_added: z.array(z.string().max(300)).max(50).describe('Names of the tests the patch adds'),
  not_done: z.string().max(1_000).optional().describe('What was asked for and is left out, if anything'),
});
type WrittenSummary = z.infer<typeof summarySchema>;

export type WritePorts = ConversationPorts & Pick<Ports, 'workspace' | 'documents'>;

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
  const check = (_summary: WrittenSummary, { overlay }: ToolContext) => patchFault(fix, changedPaths(overlay));
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

/** Protected paths may change once a person has approved the plan; what the policy forbids never may. */
function patchFault({ policy, approvedBy }: Fix, paths: readonly string[]): string | null {
  if (paths.length === 0) return 'the patch changes nothing: make the change first';
  const refused = refusedPaths(paths).map(({ path, why }) => `${path} (${why})`);
  const isProtected = (path: string) => policy.protectedPaths.some((glob) => matchesGlob(path, glob));
  const guarded = approvedBy === null ? paths.filter(isProtected) : [];
  const faults = [...refused, ...guarded.map((path) => `${path} (protected here; no person approved a change of it)`)];
  return faults.length === 0 ? null : `these files must not be changed; undo that: ${faults.join('; ')}`;
}

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
    issue: issueText(fix.issue),
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
