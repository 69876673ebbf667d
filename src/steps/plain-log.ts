/**
 * A job's log as plain text.
 *
 * Everything in a log was printed by code that nobody has read, and the runner's own marks can be forged. What is
 * printed over on a terminal is kept, what is never shown there goes. All of it takes time in proportion to the log.
 */

const maxLogLength = 4 * 1024 * 1024;
const hasWords = /^(?!##\[)[^\S\n]*\S/m;

/** What the failing step wrote, without the runner's marks; the whole log where no step says that it failed. */
export function failingStep(log: string): string {
  const text = plainText(log.slice(-maxLogLength));
  const told = lastFailure(text);
  // A log may forge the start of a step right before its end, and then nothing is left to tell.
  return unmarked(hasWords.test(told) ? told : text).trim();
}

/** What the last step that says it failed wrote up to there; empty where none does. */
function lastFailure(text: string): string {
  // Every line then begins behind a line end.
  const lines = `\n${text}\n`;
  const error = lines.lastIndexOf('\n##[error]');
  if (error === -1) return '';
  return lines.slice(startOfStep(lines, error), lines.indexOf('\n', error + 1));
}

/** Behind the header of the last step before `error`; steps print groups of their own too, which say nothing here. */
function startOfStep(lines: string, error: number): number {
  const before = lines.slice(0, error + 1);
  const header = before.lastIndexOf('\n##[group]Run ');
  const headerEnd = header === -1 ? before.lastIndexOf(endOfGroup) : before.indexOf(endOfGroup, header);
  return headerEnd === -1 ? Math.max(0, header) : headerEnd + endOfGroup.length;
}

const endOfGroup = '\n##[endgroup]\n';

/** The words of the lines without the runner's marks. */
const unmarked = (text: string): string =>
  text
    .replaceAll(/^##\[endgroup\]\n?/gm, '')
    .replaceAll(/^##\[(error|warning|notice)\]/gm, '$1: ')
    .replaceAll(/^##\[[a-z]{1,20}\]/gm, '');

const timestamps = /^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z ?/gm;
/** A lone carriage return lets a line print over itself; others of these end a line for some readers only. */
const lineEnds = /[\r\v\f\x85\u2028\u2029]+\n?/g;
/**
 * ECMA-48: control sequences; strings for the terminal (titles, links), with one byte or two at their start; the rest
 * of the escapes. A string without an end loses its start alone, or a log could hide what follows.
 */
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  /(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f\n]{0,4000}(?:\x07|\x1b\\|\x9c)|\x1b[ -/]{0,8}[0-~]/g;
/** Other controls, and what takes no room or turns the direction: .NET, and with it the runner, reads past it. */
const unseen = /[[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}]--[\n\t]]+/gv;

export const plainText = (log: string): string =>
  log
    .replaceAll(lineEnds, '\n')
    .replaceAll(timestamps, '')
    .replaceAll(escapes, '')
    .replaceAll(unseen, '')
    .replaceAll(/\n{3,}/g, '\n\n');

/**
 * A runner obeys `::command::` at the start of a line, behind any white space, and `##[command]` anywhere in one:
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export const disarmed = (text: string): string => text.replaceAll('##[', '## [').replaceAll(/^([^\S\n]*)::/gm, '$1: :');

/** Test runners say what failed at the start or in a summary at the end; the middle is what can be spared. */
export function headAndTail(text: string, maxLength: number): string {
  if (text.length <= maxLength) return disarmed(text).toWellFormed();
  const headLength = Math.floor(maxLength * 0.4);
  const tailLength = maxLength - headLength;
  const head = disarmed(text.slice(0, headLength)).slice(0, headLength);
  const tail = disarmed(text.slice(-tailLength)).slice(-tailLength);
  const leftOut = `[… ${text.length - maxLength} characters left out …]`;
  return disarmed(`${head}\n${leftOut}\n${tail}`).toWellFormed();
}
