import { type Budget, sayLimits } from '../domain/budget.ts';
import { type CommandWord, commandRows, type Order } from '../domain/command.ts';
import { type Fix, isOver } from '../domain/fix-facts.ts';
import { sayShortage } from '../domain/purse.ts';
import { quoteLine } from './outgoing.ts';

/** What the App answers to orders that it does not simply carry out. */

/** Every command and what it does. */
export const commandTable = (): string =>
  ['| command | what it does |', '|---|---|', ...commandRows.map(helpRow)].join('\n');

export const helpText = (label: string): string =>
  [
    'Write one of these at the beginning of a line. It is acknowledged with a reaction.',
    commandTable(),
    `A fix starts when somebody with write access labels an issue \`${label}\`.`,
  ].join('\n\n');

const helpRow = ({ word, argument, does }: (typeof commandRows)[number]): string =>
  `| \`/ai-fix ${word}${argument === '' ? '' : ` ${argument.replaceAll('|', '\\|')}`}\` | ${does} |`;

export function unknownText({ said, nearest }: Extract<Order, { kind: 'unknown' }>): string {
  const quoted = quoteLine(said, 60);
  if (nearest === 'approve' && /^approve\b/i.test(said))
    return 'An approval takes no further words. To approve exactly what is shown, comment `/ai-fix approve`; to have something changed, `/ai-fix reject <why>`.';
  const guess = nearest === null ? '' : ` Did you mean \`/ai-fix ${nearest}\`?`;
  return `There is no command "${quoted}".${guess} \`/ai-fix help\` lists them all.`;
}

const needsText: Partial<Record<CommandWord, string>> = {
  reject: 'Say why, so that the next try can be better: `/ai-fix reject <why>`.',
  revise: 'Say what to change: `/ai-fix revise <what>`.',
};

/** What is missing behind a command, or null. */
export const missingText = (word: CommandWord, text: string): string | null =>
  text === '' ? (needsText[word] ?? null) : null;

export const noFixText = (label: string): string =>
  `There is no fix in this thread. Somebody with write access starts one by labelling an issue \`${label}\`.`;

export const ignoredText =
  'ai-fix leaves this thread alone from now on. `/ai-fix resume` or the label takes that back.';

export const anotherFixText = 'Another fix of this issue is under way; stop that one first.';

export function budgetText(budget: Budget, fix: Fix): string {
  const next = isOver(fix.state) ? ' `/ai-fix resume` goes on with it.' : '';
  const shared =
    fix.wait?.for === 'money' && fix.shortage !== null
      ? ` What it waits for is another limit, which no comment changes: ${sayShortage(fix.shortage)}.`
      : '';
  return `The limits of this fix are now ${sayLimits(budget)}.${next}${shared}`;
}

/** Why an order means nothing as things stand, and what would. */
export function notNowText(word: CommandWord, fix: Fix): string {
  const now = `The fix is \`${fix.state}\``;
  switch (word) {
    case 'approve':
    case 'reject':
      return fix.gate?.isVoid === true
        ? 'What was shown has changed since; it is shown anew in a moment. Read that, then decide.'
        : `${now}; nothing waits for a decision.`;
    case 'plan':
    case 'revise':
      if (isOver(fix.state)) return `${now}. \`/ai-fix resume\` first.`;
      return word === 'plan' && fix.state === 'complete'
        ? 'The patch is finished already. `/ai-fix revise <what>` changes it.'
        : `${now}; there is nothing yet that could be changed.`;
    case 'rebase':
      return isOver(fix.state)
        ? `${now}. \`/ai-fix resume\` first.`
        : `${now}; there is no patch yet that could be rebased.`;
    case 'retry':
      return fix.state === 'complete'
        ? `${now}; there is nothing to try again.`
        : `${now} and at work; there is nothing to try again.`;
    case 'resume':
      return fix.state === 'archived'
        ? 'The fix is merged. Label a new issue for further work.'
        : `${now}; it was not stopped.`;
    case 'stop':
    case 'ignore':
      return `${now}: there is nothing to stop.`;
    case 'budget':
      return `${now}: its budget counts no more.`;
    default:
      return `${now}.`;
  }
}
