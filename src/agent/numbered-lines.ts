const maxLineLength = 500;

/**
 * Lines `first` to `last` (from 1, both within the file), each behind its number and a tab, as many as fit; at least
 * one. Long lines are cut with a note.
 */
export function numberedLines(
  lines: readonly string[],
  first: number,
  last: number,
  maxBytes: number,
): { text: string; lastLine: number } {
  const shown: string[] = [];
  let roomBytes = maxBytes;
  for (let number = first; number <= last; number += 1) {
    const line = `${number}\t${cutLine(lines[number - 1] ?? '')}`;
    roomBytes -= Buffer.byteLength(line) + 1;
    if (roomBytes < 0 && shown.length > 0) break;
    shown.push(line);
  }
  return { text: shown.join('\n'), lastLine: first + shown.length - 1 };
}

/** Where search and read show a line: never longer than 500 characters, without the line's ending. */
export function cutLine(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.length <= maxLineLength) return text;
  return `${text.slice(0, maxLineLength).toWellFormed()}… [line cut at ${maxLineLength} characters]`;
}
