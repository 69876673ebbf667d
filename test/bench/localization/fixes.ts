import { asSha, type Sha } from '../../../src/domain/ids.ts';
import { streamGit } from '../../../src/git/git-stream.ts';
import { fileKind } from '../../../src/localization/file-kinds.ts';
import { isStopWord, wordsOf } from '../../../src/localization/terms.ts';
import { type Clone, CloneProblem, headOf } from './clone.ts';

/** A commit that mended something: its words are the query, its parent the tree, what it changed the answer. */
export interface PastFix {
  readonly commit: Sha;
  readonly parent: Sha;
  readonly query: string;
  /** Source files that were there before; one to five. */
  readonly changed: readonly string[];
}

const maxChanged = 5;
const isRobot = /\[bot\]|\b(?:dependabot|renovate|greenkeeper|snyk)\b/i;
const isFixing =
  /\b(?:fix(?:e[sd]|ing)?|bug(?:s|fix(?:es)?)?|hotfix|resolve[sd]?|repair(?:s|ed)?|correct(?:s|ed|ly)?|regression)\b/i;

/** A whole history that has none to show takes git minutes where it is long. */
const logTimeoutMs = 10 * 60_000;
/** A commit that imports a whole tree is no fix; more of it than this is not kept. */
const maxCommitChars = 1024 * 1024;

/**
 * The newest fixes of a history, merges left out. Reads no further back than it has to; once the signal aborts it gives
 * what was found by then.
 *
 * @throws {CloneProblem} where there are none, with the reason.
 */
export async function pastFixes(clone: Clone, limit: number, signal?: AbortSignal): Promise<readonly PastFix[]> {
  const head = await headOf(clone);
  const form = [
    '--no-merges',
    '--no-renames',
    '--raw',
    '--no-abbrev',
    '-z',
    '--format=tformat:%xff%H%x00%P%x00%an%x00%B',
  ];
  const stream = streamGit(clone.gitDir, ['log', ...form, head], { timeoutMs: logTimeoutMs });
  const fixes: PastFix[] = [];
  let commits = 0;
  for await (const text of commitsIn(stream.stdout)) {
    if (signal?.aborted) break;
    commits += 1;
    const fix = fixIn(text);
    if (fix !== null) fixes.push(fix);
    if (fixes.length === limit) break;
  }
  if (fixes.length > 0 || signal?.aborted) {
    stream.stop();
    return fixes;
  }
  await stream.finished();
  throw new CloneProblem(
    clone.isShallow
      ? `${clone.name} is a shallow clone without a usable fix in its ${commits} commits; fetch more: git fetch --unshallow`
      : `none of the ${commits} commits of ${clone.name} is a fix: a first line that says so (fix, bug, resolve, repair, correct, regression), no bot, one parent, 1 to ${maxChanged} changed source files that were there before`,
  );
}

/** A byte that UTF-8 never has begins each commit. */
async function* commitsIn(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let held: string | null = null;
  for await (const chunk of stream) {
    const [first = '', ...others] = chunk.toString('latin1').split('\xff');
    if (held !== null && held.length < maxCommitChars) held += first;
    for (const other of others) {
      if (held !== null) yield held;
      held = other;
    }
  }
  if (held !== null) yield held;
}

function fixIn(text: string): PastFix | null {
  const [commit = '', parents = '', author = '', message = '', ...changes] = text.split('\0');
  if (!/^[\da-f]{40}$/.test(parents) || isRobot.test(author)) return null;
  const words = Buffer.from(message, 'latin1').toString('utf8');
  if (!isFixing.test(words.split('\n', 1)[0] ?? '')) return null;
  const changed: string[] = [];
  for (let index = 0; index + 1 < changes.length; index += 2) {
    const [kind, path] = [
      changes[index]?.trim().at(-1),
      Buffer.from(changes[index + 1] ?? '', 'latin1').toString('utf8'),
    ];
    if ((kind === 'M' || kind === 'D') && fileKind(path) === 'source') changed.push(path);
  }
  if (changed.length < 1 || changed.length > maxChanged) return null;
  const query = asTicket(words);
  return query === '' ? null : { commit: asSha(commit), parent: asSha(parents), query, changed };
}

/** The message as somebody might have written it who knows neither the change nor its number. */
export function asTicket(message: string): string {
  return message
    .split('\n')
    .filter(
      (line) =>
        !/^\s*(?:[A-Z][\w]*(?:-[\w]+)+:\s|cherry[- ]picked from|git-svn-id:)/i.test(line) && !/^-{3,}\s*$/.test(line),
    )
    .join('\n')
    .replace(/https?:\/\/\S+/g, ' ')
    .replace(/(?:^|(?<=[\s(`'"]))(?:[\w.@-]+\/)+[\w.@-]*\.?[\w-]+/gm, (path) => (/[./]/.test(path) ? ' ' : path))
    .replace(/(?<![\w.])[\w-]+\.(?:[cm]?[jt]sx?|py|go|java|kts?|rs|rb|c|h|cpp|cs|php|md|json|ya?ml|toml)\b/g, ' ')
    .replace(/\(\s*(?:#\d+[,\s]*)+\)/g, ' ')
    .replace(
      /(?:\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|see|gh|issue|pr)[\s:]*)?(?:[\w-]+\/[\w-]+)?(?:#|\bGH-)\d+/gi,
      ' ',
    )
    .replace(/\b[\da-f]{12,40}\b/g, ' ')
    .replace(/[ \t]+/g, ' ')
    .trim();
}

/** Words of messages that say what kind of change it was, and nothing of where. */
const wordsOfKind = new Set(
  `typo typos spelling misspelling misspellings grammar wording word words sentence comment comments doc docs documentation
   docstring docstrings javadoc javadocs rustdoc godoc kdoc readme annotation annotations link links url lint lints linting linter
   golint clippy eslint rustfmt gofmt prettier spotless ktlint detekt checkstyle ruff flake8 mypy pyright black eclipse
   intellij findings fmt format formatting style indentation whitespace warning warnings error errors prone compile
   compiler compilation build builds ci test tests tweak tweaks cleanup clean small minor some few several various little
   new newly latest invalid broken wrong missing incorrect correct corrected correction syntax attempt attempts review
   feedback address nit nits code codes example examples note notes text update updated change changes changelog bump
   release merge unused import imports deprecated deprecation typing type types`.split(/\s+/),
);
const tellingWords = 2;

/** Whether a message has two words that may lead somebody to a place; of `Fix typo` nobody can tell. */
export function isTelling(query: string): boolean {
  const words = [...wordsOf(query)].map(({ text }) => text.toLowerCase());
  const telling = words.filter((word) => /[a-z]{2}/.test(word) && !isStopWord(word) && !wordsOfKind.has(word));
  return new Set(telling).size >= tellingWords;
}
