import type { Budget } from './budget.ts';
import { nearestOf } from './nearest.ts';

/**
 * What people may order in a comment: `/ai-fix <word> <text>`. One row a command; the help table, the parser and the
 * docs are made from these rows.
 */
export const commandRows = [
  row('approve', '', 'opens the gate that waits: the plan, the patch, or the words of the issue'),
  row('reject', '<why>', 'sends back what the gate shows; the work is done again with your reason'),
  row('plan', '[<what>]', 'writes the plan again, with what you say of it'),
  row('revise', '<what>', 'changes the patch as you say, and validates it again'),
  row('rebase', '', 'brings the work onto the newest base branch, and validates it again'),
  row('retry', '', 'tries once more after a failure, or now instead of at the end of a pause'),
  row('stop', '', 'ends the work at once; branch and pull request go, what was done so far is kept'),
  row('resume', '', 'goes on after a stop from the last good state'),
  row('budget', '$<amount> | attempts <n> | minutes <n> | tokens <n>', 'changes a limit of this fix'),
  row('explain', '', 'says where the work stands, what was done and what it cost'),
  row('fix-checks', '', 'on a pull request: mends its failing checks'),
  row('ignore', '', 'ends the work, and starts nothing here until somebody comments `/ai-fix resume` or labels again'),
  row('help', '', 'shows this table'),
] as const;

export type CommandWord = (typeof commandRows)[number]['word'];
export const commandWords: readonly CommandWord[] = commandRows.map(({ word }) => word);

/** What a line says to us. `text` is what follows the word, and the lines below it. */
export type Order =
  | { readonly kind: 'command'; readonly word: CommandWord; readonly text: string }
  /** `nearest` is what was probably meant, or null. */
  | { readonly kind: 'unknown'; readonly said: string; readonly nearest: CommandWord | null };

function row<Word extends string>(word: Word, argument: string, does: string) {
  return { word, argument, does };
}

export const maxOrderLength = 8_000;

/** Words people use for what has another name here. */
const synonyms: Readonly<Record<string, CommandWord>> = {
  approved: 'approve',
  lgtm: 'approve',
  accept: 'approve',
  cancel: 'stop',
  abort: 'stop',
  continue: 'resume',
  again: 'retry',
  rerun: 'retry',
  replan: 'plan',
  change: 'revise',
  update: 'rebase',
  status: 'explain',
  why: 'explain',
};

/**
 * Reads a line that starts with `/ai-fix`. Null where it says nothing to us, for instance `/ai-fixed`.
 *
 * @param source the line with everything that is no plain text in `line`.
 */
export function readOrder(line: string, source: string, below: string): Order | null {
  const match = /^\/ai-fix(?:[ \t]+(\S+)(.*))?$/i.exec(line.trimEnd());
  if (match === null) return null;
  const [, said = 'help', rest = ''] = match;
  const bare = said.toLowerCase().replace(/[.,:;!]+$/, '');
  const word = commandWords.find((known) => known === bare);
  // "approve, but …" approves nothing.
  if (word === 'approve' && (rest.trim() !== '' || said !== word))
    return { kind: 'unknown', said: `${said}${rest}`.slice(0, 60), nearest: word };
  if (word !== undefined)
    return {
      kind: 'command',
      word,
      text: textOf(source.slice(line.trimEnd().length - rest.length), below),
    };
  return { kind: 'unknown', said: said.slice(0, 60), nearest: nearestWord(bare) };
}

const textOf = (behind: string, below: string): string =>
  `${behind.trim()}\n${below.replace(/^\n/, '')}`.trim().slice(0, maxOrderLength);

const nearestWord = (said: string): CommandWord | null =>
  Object.hasOwn(synonyms, said) ? (synonyms[said] ?? null) : nearestOf(said, commandWords);

export type BudgetReading =
  | { readonly ok: true; readonly budget: Partial<Budget> }
  | { readonly ok: false; readonly why: string };

/** The most that a comment may set, as in `.github/ai-fix.yml`. */
const budgetCeilings = { usd: 1_000, tokens: 1_000_000_000, attempts: 20, minutes: 24 * 60 } as const;

/** Reads `$7.50`, `attempts 6`, or several of them after one another. */
export function readBudget(text: string): BudgetReading {
  const wanted = 'say for instance `/ai-fix budget $10` or `/ai-fix budget attempts 6`';
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length === 0) return { ok: false, why: wanted };
  const budget: Record<string, number> = {};
  while (words.length > 0) {
    const name = words.shift() ?? '';
    const isMoney = name.startsWith('$') || name === 'usd';
    const key = isMoney ? 'usd' : name.toLowerCase();
    if (!isLimit(key)) return { ok: false, why: `there is no limit ${JSON.stringify(name.slice(0, 30))}; ${wanted}` };
    const figure = name.startsWith('$') && name.length > 1 ? name.slice(1) : (words.shift() ?? '');
    const amount = Number(/^\d{1,10}(?:\.\d{1,4})?$/.test(figure) ? figure : Number.NaN);
    const isWhole = key === 'usd' || Number.isInteger(amount);
    if (!(amount > 0 && amount <= budgetCeilings[key] && isWhole))
      return {
        ok: false,
        why: `${key} takes ${key === 'usd' ? 'an amount' : 'a whole number'} above 0 and up to ${budgetCeilings[key]}`,
      };
    budget[key] = amount;
  }
  return { ok: true, budget };
}

const isLimit = (key: string): key is keyof typeof budgetCeilings => Object.hasOwn(budgetCeilings, key);
