import type { SideRun } from './candidate.ts';
import type { FixersPolicy } from './policy.ts';

/**
 * Deterministic fixers: the repository's own formatter, linter and package tool, which mend some failing checks without
 * any model. Which there are stands in the sandbox workflow; which of them run is decided here.
 */

/** What a fixer mends, by the words of its name: `format`, `eslint-web`, `update-snapshots`. */
export const fixerKinds = ['lockfile', 'compiler', 'lint', 'format', 'snapshots'] as const;
export type FixerKind = (typeof fixerKinds)[number];

/** The patch of the fixers comes before the first attempt, has its own number and is none of the attempts of the budget. */
export const recipeAttempt = 0;

/** The job in which fixers run, and the artifact that it leaves. */
export const recipeJob = 'fixers';
export const recipeArtifact = 'ai-fix-recipe';

/** What is to run, before anything does. */
export interface WantedRecipe {
  /** In the order of the workflow. */
  readonly fixers: readonly string[];
  /** Before any model is asked; else only while none answers. */
  readonly isFirst: boolean;
}

/** How far the fixers are. They run once. */
export interface Recipe extends WantedRecipe {
  /** What is waited for, or was. */
  readonly run: SideRun | null;
  readonly end: RecipeEnd | null;
}

/** `none`: nothing of them is used; `reason` is a sentence without its full stop. */
export type RecipeEnd = { readonly kind: 'patched' } | { readonly kind: 'none'; readonly reason: string };

/** What one fixer did, as the run told it: unproven, for people to read. */
export interface FixerRecord {
  readonly name: string;
  /** Not 0: it failed, and nothing of it was kept. */
  readonly exitCode: number;
  readonly changedFiles: number;
}

/** What is known of one failing check. All of it was written by code that nobody has read. */
export interface FailingWords {
  /** Its own name and those of its failing steps. */
  readonly names: readonly string[];
  /** Annotations and the telling part of its log. */
  readonly said: string;
}

const alone = (words: string): RegExp => new RegExp(`(?<![a-z])(?:${words})(?![a-z])`, 'i');

/** What a check is called that a fixer of this kind mends; a compiler's word is known by what it says alone. */
const names: Readonly<Record<FixerKind, RegExp>> = {
  lockfile: alone('lock-?files?'),
  compiler: /(?!)/,
  // Alone, `vet` is a word of people's too.
  lint: new RegExp(
    `${alone('lint(?:ing|ers?)?|go[ -]?vet|eslint|biome|ruff|clippy|stylelint|oxlint|golangci').source}|^vet$`,
    'i',
  ),
  format: alone('format(?:ting|ter|ted)?|fmt|prettier|black|gofmt|gofumpt|rustfmt|spotless|code[ _-]?style'),
  snapshots: alone('snapshots?'),
};

/**
 * What a fixer mends; nothing of these where it is one of the repository's own making. Whatever names snapshots in any
 * way is of that kind: it must not go round what the repository says of them.
 */
export function kindsOfFixer(name: string): readonly FixerKind[] {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2');
  const own: Partial<Record<FixerKind, RegExp>> = { compiler: alone('compilers?'), snapshots: /snap/i };
  return fixerKinds.filter((kind) => (own[kind] ?? names[kind]).test(words));
}

/** Those among fixers that write anew what tests expect: what was wrong is then expected, and green. */
export const snapshotFixersOf = (fixers: readonly string[]): string[] =>
  fixers.filter((name) => kindsOfFixer(name).includes('snapshots'));

/** What tools print where a fixer of this kind would mend it. Each pattern is linear. */
const phrases: Readonly<Record<FixerKind, readonly RegExp[]>> = {
  lockfile: [
    /npm ci` can only install packages when/i,
    /ERR_PNPM_(?:OUTDATED_LOCKFILE|LOCKFILE_MISSING_DEPENDENCY)/,
    /lockfile (?:would have been modified|needs to be updated|is not up[ -]to[ -]date)/i,
    /(?:uv\.lock|lock ?file)[^\n]{0,80} needs to be updated/i,
    /(?:poetry|pdm)\.lock[^\n]{0,80}(?:changed significantly|out of date|not up[ -]to[ -]date)/i,
    /missing go\.sum entry|updates to go\.(?:mod|sum) needed|go\.mod[^\n]{0,40}go mod tidy/i,
  ],
  compiler: [/run `cargo fix|can be (?:automatically )?applied[^\n]{0,40}`?cargo fix/i],
  lint: [
    /potentially fixable with the `?--fix/i,
    /\bfixable with the `?--fix/i,
    /run `?cargo clippy --fix|FIXABLE\s/,
    /Found \d+ errors?[^\n]{0,40}\bfixable/i,
  ],
  format: [
    /Code style issues (?:were )?found|Forgot to run Prettier/i,
    /\bwould (?:be )?reformat(?:ted)?\b|\bfiles? would be reformatted/i,
    /Formatter would have printed|File content differs from formatting output/i,
    /^Diff in [^\n]{1,300}:\d+:?$/m,
    /\bnot (?:properly )?(?:formatted|gofmt-?ed|gofumpt-?ed)\b/i,
    /spotless:apply|spotlessApply/,
  ],
  snapshots: [
    /\bsnapshots? (?:mismatch|obsolete|failed|do(?:es)? not match)|\d+ snapshots? (?:failed|obsolete)/i,
    /\bsnapshots:?[ \t]{1,20}\d{1,6} (?:failed|obsolete)|\bsnapshot `[^`\n]{1,300}` mismatched/i,
    /\bsnapshot assertion for '[^'\n]{1,300}' failed|\brun pytest with --snapshot-update/i,
    /\bgo test[^\n]{0,80} -update\b/,
  ],
};

/** The kinds of fixers that a failing check calls for, by its names and by what its log says. */
export const calledFor = ({ names: called, said }: FailingWords): ReadonlySet<FixerKind> =>
  new Set(
    fixerKinds.filter(
      (kind) => called.some((name) => names[kind].test(name)) || phrases[kind].some((phrase) => phrase.test(said)),
    ),
  );

/**
 * The fixers to run, or null where there is nothing to run.
 *
 * By themselves they come first only where every failing check calls for one that the workflow has: then only those run,
 * so that nothing else is touched. Snapshots are written anew only where the repository allows it, since that makes a
 * failing test pass by changing what it expects.
 *
 * @param isWhole Whether `failures` are all that fails.
 */
export function chooseFixers(
  failures: readonly FailingWords[],
  offered: readonly string[],
  { when, snapshots }: FixersPolicy,
  isWhole = true,
): WantedRecipe | null {
  const barred = snapshots ? [] : snapshotFixersOf(offered);
  const allowed = offered.filter((name) => !barred.includes(name));
  if (when === 'off' || allowed.length === 0) return null;
  if (when === 'first') return { fixers: allowed, isFirst: true };
  const calls = failures.map((words) => allowed.filter((name) => isCalled(name, calledFor(words))));
  const isCalledForAll = isWhole && calls.length > 0 && calls.every((called) => called.length > 0);
  if (!isCalledForAll) return { fixers: allowed, isFirst: false };
  const called = new Set(calls.flat());
  return { fixers: allowed.filter((name) => called.has(name)), isFirst: true };
}

const isCalled = (name: string, kinds: ReadonlySet<FixerKind>): boolean =>
  kindsOfFixer(name).some((kind) => kinds.has(kind));
