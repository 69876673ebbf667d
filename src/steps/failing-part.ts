/**
 * The part of a job's log that tells why it failed. Logs are hostile text: escape sequences, workflow commands and
 * timestamps go, and what is left is cut.
 */
export function failingPart(log: string, maxLength: number): string {
  const lines = log.split('\n').map(plain);
  const end = lines.findLastIndex((line) => line.startsWith('##[error]'));
  const start = lines.slice(0, end + 1).findLastIndex((line) => line.startsWith('##[endgroup]')) + 1;
  const told = lines
    .slice(start, end + 1)
    .map((line) => line.replace(/^##\[error\]/, 'error: '))
    .filter((line) => !line.startsWith('##['))
    .join('\n')
    .trim();
  const text = told === '' ? lines.join('\n').trim() : told;
  const part = text.length <= maxLength ? text : headAndTail(text, maxLength);
  // `::command::` lines are for the runner; a log that holds one is quoting or forging. Cutting may leave one too.
  return part.replaceAll(/^([ \t]*)::/gm, '$1: :');
}

/** Test runners say what failed at the start or in a summary at the end; the middle is what can be spared. */
function headAndTail(text: string, maxLength: number): string {
  const head = Math.floor(maxLength * 0.4);
  const tail = maxLength - head;
  return `${text.slice(0, head)}\n[… ${text.length - maxLength} characters left out …]\n${text.slice(-tail)}`.toWellFormed();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const escapes = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f]/g;
const timestamp = /^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z ?/;

const plain = (line: string): string => line.replace(timestamp, '').replaceAll(escapes, '');
