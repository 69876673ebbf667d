import { z } from 'zod';
import { defineFinish, type Finishes } from '../agent/finish.ts';
import type { ToolContext } from '../agent/tool.ts';
import { editingTools } from '../agent/tool-sets.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import { fullName } from '../domain/ids.ts';
import { changedPaths, emptyOverlay } from '../domain/overlay.ts';
import { sayFindings } from '../domain/patch-policy.ts';
import { isTestFile } from '../domain/patch-tests.ts';
import { reproductionNumber } from '../domain/reproduction.ts';
import type { Ports } from '../ports/ports.ts';
import { type ContextPorts, folderGuideOf, repositoryText } from './context/repository-text.ts';
import { promptFor } from './freeze-prompts.ts';
import { gatherTools, type ToolPorts } from './gather-tools.ts';
import { type ConversationPorts, holdConversation, type Talk } from './hold-conversation.ts';
import { issueText, planText } from './prompt-context.ts';
import { vet } from './vet-patch.ts';

const maxTurns = 25;
const maxTold = 20;

const testsSchema = z.object({
  tests: z
    .array(z.string().trim().min(1).max(300))
    .min(1)
    .max(20)
    .describe('Names of the tests that fail today, as the report of the runner will have them'),
  why: z.string().trim().min(10).max(1_000).describe('Why they fail today, in one or two sentences'),
});
const cannotSchema = z.object({
  cannot: z
    .string()
    .trim()
    .min(10)
    .max(600)
    .describe(
      'Why no failing test can be written here, as the end of a sentence that begins "No test shows it, because"',
    ),
});

/** Names of tests that are to fail on the base, or why there can be none. */
export type WrittenReproduction = z.infer<typeof testsSchema> | z.infer<typeof cannotSchema>;

/**
 * The coder writes a test that fails because of the bug, and nothing else. What is no test file is sent back within the
 * conversation, so it costs a turn and no run.
 */
export async function writeReproduction(
  ports: ConversationPorts &
    ContextPorts &
    ToolPorts &
    Pick<Ports, 'workspace' | 'documents' | 'inputs' | 'reproductions'>,
  fix: Fix,
  { ground, checks }: { readonly ground: Ground; readonly checks: readonly string[] },
  signal: AbortSignal,
): Promise<Talk<WrittenReproduction>> {
  const tree = await ports.workspace.open(fix.repository, ground.base);
  const number = reproductionNumber(fix);
  const isFurther = (fix.reproduction?.failures ?? 0) > 0;
  const before = isFurther ? await ports.reproductions.find(fix.id, number - 1) : null;
  const prompt = await promptFor(ports, fix, 'reproduce');
  const conversation = {
    prompt,
    system: prompt.system,
    about: await repositoryText(ports, fix, tree),
    guide: await folderGuideOf(ports, fix, tree),
    opening: prompt.opening({
      number: String(number),
      repository: fullName(fix.repository),
      base: ground.base,
      checks: checks.join(', '),
      issue: await issueText(ports, fix),
      plan: planText(await ports.documents.list(fix.id)),
      orders: ordersOf(fix),
      feedback: fix.reproduction?.feedback ?? 'none: this is the first one',
    }),
    tools: editingTools(gatherTools(ports, fix, ground.base)),
    finishes: reproductionFinishes(fix),
    maxTurns,
    maxOutputTokens: 12_000,
  };
  const start = before?.base === ground.base ? before.overlay : emptyOverlay;
  const ask = { role: 'coder', part: `reproduction-${number}`, conversation, tree, start } as const;
  return holdConversation(ports, fix, ask, signal);
}

/** What people said against the plan so far and ordered of the patch, oldest first. */
const ordersOf = ({ planNotes, revision }: Fix): string =>
  [...planNotes, ...(revision === null ? [] : [revision])].join('\n\n') || 'nothing';

/** The two ends: tests to run on the base, or why there can be none. */
export function reproductionFinishes(fix: Fix): Finishes<WrittenReproduction> {
  const reproduce = defineFinish({
    name: 'reproduce',
    description: 'Has the tests run on the repository as it is. Call it when they are written.',
    arguments: testsSchema,
    check: (_tests, context) => testsFault(fix, context),
  });
  const cannot = defineFinish({
    name: 'cannot_reproduce',
    description: 'Says why no failing test can be written. The patch is then written without one, and people read why.',
    arguments: cannotSchema,
  });
  return [reproduce, cannot];
}

async function testsFault({ policy }: Fix, { tree, overlay }: ToolContext): Promise<string | null> {
  const paths = changedPaths(overlay);
  if (paths.length === 0) return 'no test is written yet: write it first';
  const others = paths.filter((path) => !isTestFile(path));
  if (others.length > 0)
    return `only test files may change here, no code and nothing that steers how tests run; undo: ${others.slice(0, maxTold).join(', ')}`;
  const deleted = paths.filter((path) => overlay[path]?.kind === 'delete');
  if (deleted.length > 0)
    return `tests are added here, none is taken out; undo: ${deleted.slice(0, maxTold).join(', ')}`;
  const refused = (await vet(tree, overlay, policy)).filter(({ grade }) => grade === 'refuse');
  return refused.length === 0 ? null : `this must not be in a patch; undo it:\n${sayFindings(refused, maxTold)}`;
}
