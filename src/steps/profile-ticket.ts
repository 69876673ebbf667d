import { defineFinish } from '../agent/finish.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import { fullName } from '../domain/ids.ts';
import { emptyOverlay } from '../domain/overlay.ts';
import { type Ticket, ticketSchema } from '../domain/ticket.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { promptFor } from './freeze-prompts.ts';
import { type ConversationPorts, holdConversation, type Talk } from './hold-conversation.ts';
import { issueText } from './prompt-context.ts';

const profileTicket = defineFinish({
  name: 'profile_ticket',
  description: 'Says what kind of work the issue is.',
  arguments: ticketSchema,
});

/** The fast role's word on kind, complexity, urgency and value. It sees the issue only. */
export async function profile(
  ports: ConversationPorts & Pick<Ports, 'inputs' | 'effects'>,
  fix: Fix,
  base: Sha,
  signal: AbortSignal,
): Promise<Talk<Ticket>> {
  const prompt = await promptFor(ports, fix, 'profile');
  const conversation = {
    prompt,
    system: prompt.system,
    opening: prompt.opening({ repository: fullName(fix.repository), issue: await issueText(ports, fix) }),
    tools: [],
    finishes: [profileTicket] as const,
    maxTurns: 4,
    maxOutputTokens: 4_000,
  };
  return holdConversation(
    ports,
    fix,
    { role: 'fast', part: 'profile', conversation, tree: nothing(base), start: emptyOverlay },
    signal,
  );
}

/** A tree without files, for a conversation that reads none. */
const nothing = (commit: Sha): Tree => ({
  commit,
  list: async () => [],
  submodules: async () => [],
  read: async () => null,
  readMany: async () => {},
  search: async () => ({ kind: 'found', hits: [], isCut: false }),
});
