import { branchNameProblem } from './branch-name.ts';
import { branchPlaceholders, fillPlaceholders, placeholdersIn, titlePlaceholders } from './placeholders.ts';
import type { BranchPolicy } from './policy.ts';

/** What names are made of. */
export interface NameParts {
  /** Of the issue, or a word in its place. */
  readonly number: number | string;
  readonly title: string;
  readonly key: string | null;
}

const maxBranchLength = 150;

/**
 * The branch of a fix, by the repository's pattern; `count` makes further names where the first is taken.
 *
 * Always a name that git takes, whatever the pattern and the title: letters, digits, dots, dashes and underscores, so
 * that it is safe in a ref, an address and a shell.
 */
export function branchName({ prefix, name }: BranchPolicy, { number, title, key }: NameParts, count = 1): string {
  const values = { number: String(number), slug: slugOf(title) || 'fix', ...(key === null ? {} : { key }) };
  const wanted = inForm(`${prefix}${fillPattern(name, values)}`.slice(0, maxBranchLength));
  const valid = branchNameProblem(wanted) === null ? wanted : `ai-fix/${number}`;
  return count === 1 ? valid : `${valid}-${count}`;
}

const slugOf = (title: string): string =>
  title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');

/** Only what may stand in a branch name; what may not becomes a dash, or goes at an edge. */
const inForm = (name: string): string =>
  name
    .split('/')
    .map((part) => trimmed(part.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/\.{2,}/g, '.')))
    .filter((part) => part !== '')
    .join('/');

function trimmed(part: string): string {
  const shorter = part.replace(/^[-.]+/, '').replace(/(?:[-.]|\.lock)+$/i, '');
  return shorter === part ? part : trimmed(shorter);
}

const maxPatternLength = 200;

/**
 * Fills a pattern. A placeholder without a value goes with the brackets around it and with one of the signs that set it
 * apart: `{key}-{slug}` becomes the slug, `{type}({key}): {title}` has no empty brackets.
 */
export function fillPattern(pattern: string, values: Readonly<Record<string, string>>): string {
  const short = pattern.slice(0, maxPatternLength).toWellFormed();
  const missing = placeholdersIn(short).filter((name) => names.has(name) && values[name] === undefined);
  return fillPlaceholders(missing.reduce(withoutPlaceholder, short), values);
}

const names: ReadonlySet<string> = new Set([...branchPlaceholders, ...titlePlaceholders]);

/** What sets a placeholder apart from its neighbours. */
const apart = String.raw`[\s:,;_./|–—-]*`;
const opens = /[([<]/;
const closes = /[)\]>]/;

function withoutPlaceholder(pattern: string, name: string): string {
  const bare = pattern.replaceAll(
    new RegExp(String.raw`${opens.source}\s*\{${name}\}\s*${closes.source}`, 'g'),
    `{${name}}`,
  );
  const pieces = new RegExp(String.raw`(${apart})\{${name}\}(${apart})`, 'g');
  return bare.replaceAll(pieces, (whole, before: string, after: string, at: number) => {
    const end = at + whole.length;
    if (at === 0 || end === bare.length || opens.test(bare.charAt(at - 1)) || closes.test(bare.charAt(end))) return '';
    const [left, right] = [before, after].map((sign) => sign.trim() !== '');
    return left || !right ? before || after : after;
  });
}
