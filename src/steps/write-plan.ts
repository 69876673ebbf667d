import type { z } from 'zod';
import { defineFinish } from '../agent/finish.ts';
import { readingTools } from '../agent/tool-sets.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import { fullName } from '../domain/ids.ts';
import { emptyOverlay } from '../domain/overlay.ts';
import { type DocumentKind, type Plan, planFault, planSchema } from '../domain/plan.ts';
import { type PlanTemplates, templateFault } from '../domain/plan-template.ts';
import type { Ticket } from '../domain/ticket.ts';
import type { Ports } from '../ports/ports.ts';
import { type ContextPorts, folderGuideOf, repositoryText } from './context/repository-text.ts';
import { similarIssuesText } from './context/similar-issues.ts';
import { promptFor } from './freeze-prompts.ts';
import { gatherTools } from './gather-tools.ts';
import { type ConversationPorts, holdConversation, type Talk } from './hold-conversation.ts';
import { type LocalizationPorts, localizeTicket } from './localize-ticket.ts';
import { issueText, planText } from './prompt-context.ts';
import { readTemplates } from './read-templates.ts';

/** The architect reads the repository at the base and hands over the plan documents. */
export async function writePlan(
  ports: ConversationPorts & Pick<Ports, 'workspace' | 'inputs' | 'documents'> & ContextPorts & LocalizationPorts,
  fix: Fix,
  {
    ticket,
    ground,
    kinds,
  }: { readonly ticket: Ticket; readonly ground: Ground; readonly kinds: readonly DocumentKind[] },
  signal: AbortSignal,
): Promise<Talk<Plan>> {
  const tree = await ports.workspace.open(fix.repository, ground.base);
  const { kind, complexity, title } = ticket;
  const settled = (await ports.documents.list(fix.id)).filter((one) => fix.settledDocuments.includes(one.kind));
  const { templates } = await readTemplates(ports, fix, ground.base);
  const prompt = await promptFor(ports, fix, 'plan');
  const opening = prompt.opening({
    repository: fullName(fix.repository),
    base: ground.base,
    kind,
    complexity,
    title,
    issue: await issueText(ports, fix),
    protected: fix.policy.protectedPaths.join(', ') || 'none',
    documents: kinds.join(', '),
    templates: templatesText(templates, kinds),
    settled: planText(settled) || 'none',
    notes: fix.planNotes.map((note) => `- ${note}`).join('\n') || 'none',
    localization: await localizeTicket(ports, fix, tree, signal),
    similar: await similarIssuesText(ports, fix),
  });
  const finish = defineFinish({
    name: 'post_plan',
    description: 'Posts the plan documents to the pull request and ends the planning.',
    arguments: planSchema satisfies z.ZodType<Plan>,
    check: (plan) => planFault(plan, kinds) ?? templateFault(plan.documents, templates),
  });
  const conversation = {
    prompt,
    system: prompt.system,
    about: await repositoryText(ports, fix, tree),
    opening,
    guide: await folderGuideOf(ports, fix, tree),
    tools: readingTools(gatherTools(ports, fix, ground.base)),
    finishes: [finish] as const,
    maxTurns: 30,
    maxOutputTokens: 16_000,
  };
  return holdConversation(
    ports,
    fix,
    { role: 'architect', part: partOf(fix), conversation, tree, start: emptyOverlay },
    signal,
  );
}

const templatesText = (templates: PlanTemplates, kinds: readonly DocumentKind[]): string =>
  kinds
    .flatMap((kind) =>
      templates[kind] === undefined ? [] : [`The template of the ${kind} document:\n\n${templates[kind]}`],
    )
    .join('\n\n') || 'none';

/** Each round of planning, and each stage of one, is a conversation of its own. */
const partOf = ({ round, settledDocuments }: Fix): string =>
  [
    'plan',
    ...(round === 0 ? [] : [`round-${round}`]),
    ...(settledDocuments.length === 0 ? [] : [`after-${settledDocuments.length}`]),
  ].join('-');
