import type { Line } from './changed-lines.ts';
import { linesText } from './finding.ts';
import { fileName, isProse, type TextChange } from './patched-file.ts';
import type { FindingKind } from './review.ts';

/** Something in a patch that a reviewer should look at. A hint is no verdict: much of it is right where it stands. */
export interface Hint {
  readonly kind: FindingKind;
  readonly path: string;
  /** In words of ours: nothing of the patch stands in it. */
  readonly what: string;
}

const maxHints = 30;
const maxLineLength = 500;

/**
 * What a look at the lines alone finds: debug prints, focused tests, commented-out code, notes to oneself, stray files,
 * files that the plan does not name, hunks of white space. Weakened tests are `weakened-tests.ts`'s.
 */
export function hintsOf(changes: readonly TextChange[], plan: string): readonly Hint[] {
  const own = changes.flatMap((change) => [...strayFile(change), ...inLines(change), ...whiteSpace(change)]);
  return [...own, ...outsidePlan(changes, plan)].slice(0, maxHints);
}

export const hintsText = (hints: readonly Hint[]): string =>
  hints.map(({ kind, path, what }) => `- ${kind}: ${path}: ${what}`).join('\n');

/** By the ending of a file. Lines come without their indentation. */
const prints: readonly (readonly [RegExp, RegExp])[] = [
  [/\.[cm]?[jt]sx?$|\.vue$|\.svelte$/, /\bconsole\.(?:log|debug|dir|table|trace)\(|^debugger\b/],
  [/\.py$/, /^(?:print|pprint|breakpoint)\(|\bpdb\.set_trace\(|^import (?:pdb|ipdb)\b/],
  [/\.rs$/, /\bdbg!\(|^e?print(?:ln)?!\(|^(?:todo|unimplemented)!\(/],
  [/\.go$/, /^(?:fmt\.Print(?:ln|f)?|println|print|spew\.Dump)\(/],
  [/\.(?:java|kts?|scala|groovy)$/, /\bSystem\.(?:out|err)\.print|\.printStackTrace\(\)|^println\(/],
  [/\.rb$/, /^(?:puts|pp?|binding\.(?:pry|irb)|byebug)\b/],
  [/\.php$/, /^(?:var_dump|print_r|dd|dump)\(/],
  [/\.cs$/, /\b(?:Console\.Write(?:Line)?|Debug\.WriteLine)\(/],
  [/\.swift$/, /^(?:print|debugPrint|dump)\(/],
];
/** Where printing is what the code is for. */
const printing =
  /(?:^|\/)(?:cli|bin|cmd|scripts?|tools?|examples?|demos?)(?:\/|\.\w+$)|(?:^|\/)(?:main|__main__)\.\w+$/i;

const focused =
  /\b(?:describe|it|test|suite|context|specify)\.only\b|^(?:fdescribe|fit|fcontext|fspecify)\(|\bfocus: true\b/;
const note = /(?:\/\/|#|\/\*|\*|<!--|--).{0,40}\b(?:TODO|FIXME|XXX|HACK|WIP)\b/;
const comment = /^(?:\/\/|#(?![[!])|--|\*(?!\/))\s*/;
const codeLike =
  /[;{}]$|^(?:return|break|continue|else|try|pass)\b[^a-z]{0,3}\w*$|^(?:if|for|while|return|const|let|var|def|func|fn|import|from|else|try)\b.*[:({=]|^[\w.$]+\(.*\)$|^[\w.$[\]]+ [+*/-]?= \S/;
const minCommentedLines = 3;

function inLines(change: TextChange): Hint[] {
  const { path, lines } = change;
  if (change.after === null || isProse(change)) return [];
  const print = printing.test(path) ? undefined : prints.find(([ending]) => ending.test(path))?.[1];
  // Nobody writes longer lines by hand.
  const gained = lines.gained.map(({ number, text }) => ({ number, text: text.slice(0, maxLineLength) }));
  const holding = (pattern: RegExp | undefined) => gained.filter(({ text }) => pattern?.test(text) === true);
  const found: (readonly [FindingKind, string, readonly Line[]])[] = [
    ['leftover', 'prints, perhaps for debugging ($)', change.kinds.has('test') ? [] : holding(print)],
    ['tests', 'runs some tests only ($)', holding(focused)],
    ['leftover', 'leaves a note of something undone ($)', holding(note)],
    ['leftover', 'comments code out ($)', commentedOut(gained)],
  ];
  return found.flatMap(([kind, what, at]) =>
    at.length === 0 ? [] : [{ kind, path, what: what.replace('$', linesText(at.map(({ number }) => number))) }],
  );
}

/** Three and more comments in a row that read like code. */
function commentedOut(gained: readonly Line[]): Line[] {
  const found: Line[] = [];
  let run: Line[] = [];
  const close = () => {
    if (run.length >= minCommentedLines) found.push(...run);
    run = [];
  };
  for (const line of gained) {
    const isCode = comment.test(line.text) && codeLike.test(line.text.replace(comment, ''));
    if (!isCode || (run.length > 0 && line.number !== (run.at(-1)?.number ?? 0) + 1)) close();
    if (isCode) run.push(line);
  }
  close();
  return found;
}

const stray =
  /\.(?:orig|rej|bak|swp|swo|tmp|temp|log|pyc)$|~$|^\.ds_store$|^(?:tmp|temp|scratch|debug|untitled|delete_?me|foo|asdf)\d?(?:\.\w+)?$|^(?:copy of |repro(?:duce)?\d?\.)/i;

const strayFile = ({ path, before }: TextChange): Hint[] =>
  before === null && (stray.test(fileName(path)) || /(?:^|\/)(?:tmp|temp|scratch)\//i.test(path))
    ? [{ kind: 'leftover', path, what: 'is a new file with the name of something temporary' }]
    : [];

const minBlankLines = 20;

/** Lines that differ in white space alone are none that are gained or lost. */
function whiteSpace({ path, before, after, lines }: TextChange): Hint[] {
  if (before === null || after === null || before === after) return [];
  const real = lines.gained.length;
  if (real === 0 && lines.lost.length === 0)
    return [
      { kind: 'scope', path, what: 'changes nothing but white space, the order of lines, or commas at their ends' },
    ];
  const old = new Set(lines.before.text.split('\n'));
  const blank = lines.after.text.split('\n').filter((line) => line.trim() !== '' && !old.has(line)).length - real;
  return blank < minBlankLines
    ? []
    : [{ kind: 'scope', path, what: `changes about ${blank} lines in white space alone` }];
}

/** Where the plan names files of the patch, the others are worth a look: tests and what is generated belong to any plan. */
function outsidePlan(changes: readonly TextChange[], plan: string): Hint[] {
  const isNamed = ({ path }: TextChange) => plan.includes(path) || plan.includes(fileName(path));
  if (!changes.some(isNamed)) return [];
  const follows = ({ kinds }: TextChange) => kinds.has('test') || kinds.has('lockfile') || kinds.has('manifest');
  return changes
    .filter((change) => !isNamed(change) && !follows(change) && !isProse(change))
    .map(({ path }): Hint => ({ kind: 'scope', path, what: 'is not named in the plan' }));
}
