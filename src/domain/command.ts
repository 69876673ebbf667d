import type { Budget, BudgetLimit } from './budget.ts';
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

/** What a comment may set, as in `.github/ai-fix.yml`. */
const budgetForms = {
  usd: { least: 0.01, most: 1_000, form: /^\d{1,10}(?:\.\d{1,4})?$/, what: 'an amount' },
  tokens: { least: 1, most: 1_000_000_000, form: /^\d{1,10}$/, what: 'a whole number' },
  attempts: { least: 1, most: 20, form: /^\d{1,10}$/, what: 'a whole number' },
  minutes: { least: 1, most: 24 * 60, form: /^\d{1,10}$/, what: 'a whole number' },
} as const satisfies Record<BudgetLimit, object>;

const budgetLimits: readonly BudgetLimit[] = ['usd', 'tokens', 'attempts', 'minutes'];

/** Reads `$7.50`, `attempts 6`, or several of them after one another. What was found stands in the reason in code marks. */
export function readBudget(text: string): BudgetReading {
  const wanted = 'say for instance `/ai-fix budget $10` or `/ai-fix budget attempts 6`';
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length === 0) return { ok: false, why: wanted };
  const budget: Partial<Record<BudgetLimit, number>> = {};
  while (words.length > 0) {
    const name = words.shift() ?? '';
    const said = name.startsWith('$') ? 'usd' : name.toLowerCase();
    const limit = budgetLimits.find((known) => known === said);
    if (limit === undefined) {
      const meant = nearestOf(said, budgetLimits);
      const hint = meant === null ? '' : `, did you mean \`${meant}\`?`;
      return { ok: false, why: `there is no limit ${inCode(name)}${hint}; ${wanted}` };
    }
    const figure = name.startsWith('$') && name.length > 1 ? name.slice(1) : (words.shift() ?? '');
    if (budget[limit] !== undefined) return { ok: false, why: `${limit} is named twice; say one amount` };
    const { least, most, form, what } = budgetForms[limit];
    const amount = form.test(figure) ? Number(figure) : Number.NaN;
    if (!(amount >= least && amount <= most)) {
      const allowed = `${what} from ${least} to ${most}, in digits without commas`;
      return { ok: false, why: `${limit}: found ${figure === '' ? 'nothing' : inCode(figure)}; allowed: ${allowed}` };
    }
    budget[limit] = amount;
  }
  return { ok: true, budget };
}

/** Nothing in it ends the marks, calls anybody or is not shown. */
const inCode = (text: string): string =>
  `\`${text
    .slice(0, 30)
    .toWellFormed()
    .replaceAll(/[`\p{Cc}\p{Cf}\u2028\u2029]/gu, '?')}\``;
