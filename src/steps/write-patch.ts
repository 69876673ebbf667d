import { z } from 'zod';
import { defineFinish, type Finishes } from '../agent/finish.ts';
import type { ToolContext } from '../agent/tool.ts';
import { editingTools } from '../agent/tool-sets.ts';
import type { Attempt, ThreadAnswer } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import { fullName } from '../domain/ids.ts';
import { changedPaths, type Overlay } from '../domain/overlay.ts';
import { sayFindings } from '../domain/patch-policy.ts';
import type { Ports } from '../ports/ports.ts';
import type { TemplateName } from '../prompts/template.ts';
import { choiceFault } from './chosen-checks.ts';
import { type ContextPorts, folderGuideOf, repositoryText } from './context/repository-text.ts';
import { similarIssuesText } from './context/similar-issues.ts';
import { promptFor } from './freeze-prompts.ts';
import { gatherTools } from './gather-tools.ts';
import { type ConversationPorts, holdConversation, type Talk } from './hold-conversation.ts';
import { type LocalizationPorts, localizeTicket } from './localize-ticket.ts';
import { issueText, noPlanText, planText } from './prompt-context.ts';
import { leavesAllAsIs } from './published-patch.ts';
import { soFarText } from './so-far.ts';
import { syntaxFault } from './syntax-fault.ts';
import { tellStory, wholePatch } from './tell-story.ts';
import { vet } from './vet-patch.ts';

const maxTurns = 40;
const maxIdleTurns = 30;

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
  answers: z
    .array(z.object({ thread: z.string().max(10), done: z.boolean(), text: z.string().trim().min(2).max(2_000) }))
    .max(60)
    .optional()
    .describe('In a revision: for every review thread, by its name, what was done or why not'),
  not_done: z.string().max(1_000).optional().describe('What was asked for and is left out, if anything'),
  despite_syntax_errors: z
    .boolean()
    .optional()
    .describe('Only after the syntax check told of errors that are none: hand the patch over all the same'),
});
const validateSchema = summarySchema.extend({
  checks: z
    .array(z.string().max(100))
    .min(1)
    .max(50)
    .optional()
    .describe('Only these checks, by name, for a word on the way; when they pass you go on. Left out: all of them'),
});
type WrittenSummary = z.infer<typeof validateSchema>;

export type WritePorts = ConversationPorts &
  Pick<Ports, 'workspace' | 'documents' | 'inputs' | 'attempts' | 'reproductions'> &
  ContextPorts &
  LocalizationPorts;

export interface ToWrite {
  readonly ground: Ground;
  readonly attempt: Attempt;
  /** Names of the checks that will run. */
  readonly checks: readonly string[];
  /** What people have already; null where that is nothing. */
  readonly published: Overlay | null;
}

/**
 * The coder writes the patch; after a failure the debugger goes on from where the last attempt ended, with the reason.
 *
 * A patch that is empty or touches what it must not is sent back within the same conversation, so it costs a turn and
 * no validation run.
 */
export async function writePatch(
  ports: WritePorts,
  fix: Fix,
  { ground, attempt, checks, published }: ToWrite,
  signal: AbortSignal,
): Promise<Talk<WrittenSummary>> {
  const tree = await ports.workspace.open(fix.repository, ground.base);
  const isFirst = fix.feedback === null;
  const prompt = await promptFor(ports, fix, promptNameOf(fix, attempt));
  const values = await valuesOf(ports, fix, ground, attempt, checks, () => localizeTicket(ports, fix, tree, signal));
  const conversation = {
    prompt,
    system: prompt.system,
    about: await repositoryText(ports, fix, tree),
    opening: prompt.opening(values),
    guide: await folderGuideOf(ports, fix, tree),
    tools: editingTools(gatherTools(ports, fix, ground.base)),
    finishes: finishesOf(ports, fix, checks, published),
    maxTurns,
    maxIdleTurns,
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
function finishesOf(
  { syntax }: WritePorts,
  fix: Fix,
  checks: readonly string[],
  published: Overlay | null,
): Finishes<WrittenSummary> {
  const check = async (summary: WrittenSummary, context: ToolContext) =>
    choiceFault(summary.checks, checks, fix) ??
    answersFault(fix, summary) ??
    (await patchFault(fix, published, summary, context)) ??
    (summary.despite_syntax_errors === true ? null : await syntaxFault(syntax, context));
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
      'Sends the patch as it stands to the sandbox now. If a check fails, you go on with its log; it counts as an attempt. With `checks` only those run, and when they pass you go on, which counts as none.',
    arguments: validateSchema,
    check,
  });
  return [finish, validate];
}

/** Told within the conversation, so that it costs a turn and no validation run. */
async function patchFault(
  fix: Fix,
  published: Overlay | null,
  { answers = [] }: WrittenSummary,
  { tree, overlay }: ToolContext,
): Promise<string | null> {
  if (leavesAllAsIs(fix, published, answers.map(toAnswer), overlay)) return null;
  if (changedPaths(overlay).length === 0) return 'the patch changes nothing: make the change first';
  const { policy } = fix;
  const refused = (await vet(tree, overlay, policy)).filter(({ grade }) => grade === 'refuse');
  return refused.length === 0 ? null : `this must not be in a patch; undo it:\n${sayFindings(refused, maxTold)}`;
}

const maxTold = 20;

function answersFault({ threads }: Fix, { answers = [] }: WrittenSummary): string | null {
  const missing = threads.filter(({ name }) => !answers.some(({ thread }) => thread === name));
  if (missing.length === 0) return null;
  return `every review thread needs an entry in answers; missing: ${missing.map(({ name }) => name).join(', ')}`;
}

/** What stands in the opening of the prompt that `promptNameOf` names. */
async function valuesOf(
  ports: WritePorts,
  fix: Fix,
  ground: Ground,
  attempt: Attempt,
  checks: readonly string[],
  localize: () => Promise<string>,
): Promise<Readonly<Record<string, string>>> {
  const shared = {
    attempt: String(attempt.number),
    repository: fullName(fix.repository),
    base: ground.base,
    checks: checks.join(', '),
    issue: await issueText(ports, fix),
    plan: planText(await ports.documents.list(fix.id)) || noPlanText,
  };
  if (fix.feedback === null && fix.revision === null) {
    return {
      ...shared,
      localization: await localize(),
      similar: await similarIssuesText(ports, fix),
      so_far: await soFarText(ports, fix, ground, attempt),
    };
  }
  const orders = fix.revision ?? 'none';
  if (fix.feedback === null) {
    const diff = await wholePatch(ports, fix, ground, attempt.overlay);
    return { ...shared, diff, orders: withSoFar(orders, fix) };
  }
  const told = await tellStory(ports, fix, ground, attempt);
  const story = { ...told, feedback: withSoFar(told.feedback, fix), localization: await localize() };
  const { begunFrom } = attempt;
  return { ...shared, orders, ...story, ...(begunFrom === undefined ? {} : { why: begunFrom.why }) };
}

/** What the chosen checks said stands last: it is the newest word. */
const withSoFar = (text: string, { soFar }: Fix): string => [text, soFar ?? ''].filter(Boolean).join('\n\n');

const promptNameOf = ({ feedback, revision }: Fix, { begunFrom }: Attempt): TemplateName => {
  if (feedback !== null) return begunFrom === undefined ? 'debug' : 'replan';
  return revision === null ? 'code' : 'revise';
};

export const toAnswer = ({ thread, done, text }: NonNullable<WrittenSummary['answers']>[number]): ThreadAnswer => ({
  thread,
  isDone: done,
  text,
});
