import type { Line } from './changed-lines.ts';
import { type Finding, linesText, mostSevereFirst } from './finding.ts';
import { guardedPath } from './guarded-paths.ts';
import { hasControlCharacters, hasHiddenCharacters, hasHiddenOrders, isPlainText } from './hidden-characters.ts';
import { isTooLarge, oversize } from './patch-size.ts';
import {
  fileName,
  isProse,
  isTranslation,
  type PatchedFile,
  type TextChange,
  textChange,
  textOf,
} from './patched-file.ts';
import { kindsOf } from './path-kinds.ts';
import { collidingPaths, unportableName } from './portable-paths.ts';
import { checkRepositoryPath, shownPath } from './repository-path.ts';
import { tampering } from './tampering.ts';
import { type DecodedText, encodeText } from './text-encoding.ts';
import { weakenedTests } from './weakened-tests.ts';

/** What the repository says, and what it holds. */
export interface PatchGround {
  /** The repository's own list of what may never change. */
  readonly isForbidden: (path: string) => boolean;
  /** The repository's own list of what a person must allow. */
  readonly isProtected: (path: string) => boolean;
  /** Every file of the base tree, submodules included. */
  readonly basePaths: Iterable<string>;
}

/**
 * Every problem of a patch. No finding means that it may go on; a `refuse` ends it, whoever asks; an `ask` waits for a
 * person.
 *
 * Pure and linear in the patch and the base tree. The order of the files does not matter, and no file hides what is
 * wrong with another one, except that a deleted test may stand in another folder under its name.
 */
export function vetPatch(files: readonly PatchedFile[], ground: PatchGround): readonly Finding[] {
  const placed = files.map((file) => ({ ...file, ...placeOf(file.path) }));
  const sound = placed.filter(({ fault }) => fault === null);
  const changes = sound.flatMap((file) => {
    const before = textOf(file.before);
    const after = textOf(file.after);
    return isTooLarge(file) || (before === null && after === null) ? [] : [textChange(file.path, before, after)];
  });
  return mostSevereFirst([
    ...placed.flatMap(({ path, fault }) => (fault === null ? [] : [refuse('malformed-path', path, fault)])),
    ...oversize(placed, changes),
    ...collisions(sound, ground.basePaths),
    ...sound.flatMap((file) => [...placeFindings(file, ground), ...contentFindings(file)]),
    ...changes.flatMap((change) => [...hiddenText(change), ...tampering(change)]),
    ...sound.flatMap(hiddenFromOthers),
    ...testFindings(changes),
  ]);
}

function placeOf(raw: string): { path: string; fault: string | null } {
  const checked = checkRepositoryPath(raw);
  return checked.ok ? { path: checked.path, fault: null } : { path: raw, fault: checked.reason };
}

function collisions(files: readonly PatchedFile[], basePaths: Iterable<string>): Finding[] {
  const patch = files.map(({ path, before, after }) => ({
    path,
    isInBase: before !== null,
    isDeleted: after === null,
  }));
  const why = 'another path differs from it only in letter case or Unicode form, or is a folder where it is a file';
  return collidingPaths(patch, basePaths).map((path) => refuse('path-collision', path, why));
}

function placeFindings({ path, before }: PatchedFile, { isForbidden, isProtected }: PatchGround): Finding[] {
  const guarded = guardedPath(path, kindsOf(path));
  const name = before === null ? unportableName(path) : null;
  return [
    ...(guarded === null ? [] : [{ ...guarded, path }]),
    ...(name === null ? [] : [refuse(name.rule, path, name.why)]),
    ...(isForbidden(path) ? [refuse('forbidden', path, "the repository's settings forbid any change of it")] : []),
    ...(isProtected(path) ? [ask('protected', path, "the repository's settings protect it")] : []),
  ];
}

/** What is no plain text file, before or after. */
function contentFindings({ path, before, after }: PatchedFile): Finding[] {
  const kinds = [before?.kind, after?.kind];
  if (kinds.includes('submodule')) return [refuse('submodule', path, 'submodules are for people to move')];
  if (kinds.includes('symlink')) return [refuse('symlink', path, 'a symlink is not made, changed or replaced here')];
  if (after !== null && kinds.includes('binary'))
    return [refuse('binary', path, 'only text can be edited and reviewed')];
  if (after === null && before?.kind === 'binary' && kindsOf(path).has('test'))
    return [ask('deleted-test', path, 'what tests stand on is deleted')];
  const isNewlyExecutable = isExecutable(after) && !isExecutable(before) && !textOf(after)?.startsWith('#!');
  const isRecoded = before?.kind === 'text' && after?.kind === 'text' && before.encoding !== after.encoding;
  return [
    ...(isNewlyExecutable ? [ask('executable', path, 'it becomes executable without being a script')] : []),
    ...(isRecoded ? [ask('encoding', path, `it is ${before.encoding} text and becomes ${after.encoding}`)] : []),
  ];
}

const isExecutable = (content: PatchedFile['after']): boolean =>
  content !== null && 'mode' in content && content.mode === '100755';

/** Added lines that hold what a reviewer cannot see. Marks of other scripts belong in prose and translations. */
function hiddenText(change: TextChange): Finding[] {
  const { path, lines } = change;
  if (isPlainText(lines.after.text)) return [];
  const isForReaders = isProse(change) || isTranslation(path);
  const numbers = (isBad: (text: string) => boolean) =>
    lines.gained.filter((line) => isBad(withoutMark(line))).map((line) => line.number);
  const control = numbers(hasControlCharacters);
  const hidden = numbers(isForReaders ? hasHiddenOrders : hasHiddenCharacters);
  const found: Finding[] = [];
  if (control.length > 0)
    found.push(refuse('control-characters', path, `it holds control characters (${linesText(control)})`));
  if (hidden.length > 0)
    found.push(
      (isForReaders ? ask : refuse)(
        'hidden-characters',
        path,
        `it holds characters that nobody sees, or that reorder what is seen (${linesText(hidden)})`,
      ),
    );
  return found;
}

/**
 * What stands in a file that is not UTF-8 is UTF-8 to most readers and compilers all the same: three letters of
 * windows-1252 may be one character that nobody sees.
 */
function hiddenFromOthers({ path, before, after }: PatchedFile): Finding[] {
  if (after?.kind !== 'text' || after.encoding === 'utf-8') return [];
  const plain = new Set(hiddenText(textChange(path, textOf(before), after.text)).map(({ rule }) => rule));
  const change = textChange(path, before?.kind === 'text' ? asUtf8(before) : null, asUtf8(after));
  return hiddenText(change).filter(({ rule }) => !plain.has(rule));
}

const asUtf8 = ({ text, encoding }: DecodedText): string => encodeText(text, encoding).toString('utf8');

/** A text may begin with a byte order mark. */
const withoutMark = ({ number, text }: Line): string =>
  number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;

/** A test file that moved to another folder with everything in it is not deleted. */
function testFindings(changes: readonly TextChange[]): Finding[] {
  const made = Map.groupBy(
    changes.filter(({ before, kinds }) => before === null && kinds.has('test')),
    ({ path }) => fileName(path),
  );
  return changes.flatMap((change) => {
    const [target, ...others] = change.after === null ? (made.get(fileName(change.path)) ?? []) : [];
    const isMoved =
      target !== undefined &&
      others.length === 0 &&
      weakenedTests(textChange(target.path, change.before, target.after)).length === 0;
    return isMoved ? [] : weakenedTests(change);
  });
}

const refuse = (rule: Finding['rule'], path: string, why: string): Finding => ({ grade: 'refuse', rule, path, why });
const ask = (rule: Finding['rule'], path: string, why: string): Finding => ({ grade: 'ask', rule, path, why });

const maxShownPath = 200;

/** The findings as lines of plain text, the most severe first; of more than `max`, the rest is counted. */
export function sayFindings(findings: readonly Finding[], max: number): string {
  const lines = mostSevereFirst(findings)
    .slice(0, max)
    .map(({ path, why }) => `${shortPath(path)}: ${why}`);
  const rest = findings.length - lines.length;
  return [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

function shortPath(path: string): string {
  const shown = shownPath(path.length > maxShownPath ? `${path.slice(0, maxShownPath)}…` : path);
  return shown.toWellFormed();
}
