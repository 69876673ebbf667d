import type { z } from 'zod';
import { defineFinish } from '../agent/finish.ts';
import { readingTools } from '../agent/tool-sets.ts';
import type { Ground } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { fullName } from '../domain/ids.ts';
import { emptyOverlay } from '../domain/overlay.ts';
import { type Plan, planFault, planSchema } from '../domain/plan.ts';
import type { Ticket } from '../domain/ticket.ts';
import type { Ports } from '../ports/ports.ts';
import { readPrompt } from '../prompts/render.ts';
import { type ConversationPorts, holdConversation, type Talk } from './hold-conversation.ts';
import { contextText, issueText, topLevelText } from './prompt-context.ts';

const prompt = readPrompt('plan');

/** The architect reads the repository at the base and hands over the plan documents. */
export async function writePlan(
  ports: ConversationPorts & Pick<Ports, 'workspace' | 'inputs'>,
  fix: Fix,
  { ticket, ground }: { readonly ticket: Ticket; readonly ground: Ground },
  signal: AbortSignal,
): Promise<Talk<Plan>> {
  const tree = await ports.workspace.open(fix.repository, ground.base);
  const { kind, complexity, title } = ticket;
  const opening = prompt.opening({
    repository: fullName(fix.repository),
    base: ground.base,
    kind,
    complexity,
    title,
    issue: await issueText(ports, fix),
    protected: fix.policy.protectedPaths.join(', ') || 'none',
    context: await contextText(fix, tree),
    files: await topLevelText(tree),
  });
  const finish = defineFinish({
    name: 'post_plan',
    description: 'Posts the plan documents to the pull request and ends the planning.',
    arguments: planSchema satisfies z.ZodType<Plan>,
    check: (plan) => planFault(plan, complexity),
  });
  const conversation = {
    system: prompt.system,
    opening,
    tools: readingTools,
    finishes: [finish] as const,
    maxTurns: 30,
    maxOutputTokens: 16_000,
  };
  return holdConversation(
    ports,
    fix,
    { role: 'architect', part: 'plan', conversation, tree, start: emptyOverlay },
    signal,
  );
}
