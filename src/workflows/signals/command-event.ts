import { maxOrderLength, type Order, readBudget } from '../../domain/command.ts';
import type { FixEvent } from '../../domain/event.ts';
import type { Fix } from '../../domain/fix-facts.ts';
import { notNowText } from '../../thread/command-text.ts';
import { visibleText } from '../../thread/incoming.ts';
import type { SignalOf } from './outcome.ts';

/** The event that a command is to a fix, or the words in which it is turned down. */
export function eventOfCommand(
  { word, text: said }: Extract<Order, { kind: 'command' }>,
  { actor, commentId }: SignalOf<'command'>,
  fix: Fix,
): FixEvent | string {
  const by = actor.login;
  const { text } = visibleText(said, maxOrderLength);
  switch (word) {
    case 'approve': {
      const { gate } = fix;
      // An approval that was held up on its way may come when another gate has closed meanwhile.
      const isEarly = gate === null || gate.isVoid === true || commentId < (gate.shownIn ?? 0);
      return { type: 'approved', by, digest: isEarly ? '' : gate.digest };
    }
    case 'reject':
      return { type: 'rejected', by, why: text };
    case 'plan':
      return { type: 'plan-asked', by, notes: text === '' ? null : `${by} wants another plan: ${text}` };
    case 'revise':
      return { type: 'revision-asked', by, what: text };
    case 'rebase':
      return { type: 'rebase-asked', by };
    case 'retry':
      return { type: 'retry-asked', by };
    case 'resume':
      return { type: 'resume-asked', by };
    case 'stop':
      return { type: 'stop-requested', by, reason: `${by} asked for it` };
    case 'ignore':
      return { type: 'stop-requested', by, reason: `${by} asked to leave this alone` };
    case 'budget': {
      const reading = readBudget(text);
      return reading.ok ? { type: 'budget-changed', by, budget: reading.budget } : `That is no budget: ${reading.why}.`;
    }
    case 'fix-checks':
    case 'explain':
    case 'help':
      return notNowText(word, fix);
  }
}
