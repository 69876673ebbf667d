import { legible } from '../domain/text-encoding.ts';
import type { SearchHit } from '../ports/workspace.ts';
import { exactText } from './listing.ts';

const maxTextChars = 500;
/** Enough bytes for the characters above; the rest of a long line is dropped as it comes. */
const maxTextBytes = maxTextChars * 4;
const nul = 0;
const newline = 10;
const colon = 58;

/**
 * Reads `git grep -z -n <commit>`: `<commit>:<path> NUL <line> (: or NUL) <text> LF`, again and again.
 *
 * Works on bytes as they arrive and holds one hit, so that a minified file of one line can't fill the memory. A path
 * that is not UTF-8 is left out, as in listings.
 */
export async function* readHits(output: AsyncIterable<Buffer>, commit: string): AsyncGenerator<SearchHit> {
  let field: 'path' | 'line' | 'text' = 'path';
  let path = '';
  let line = '';
  let bytes: number[] = [];
  for await (const chunk of output) {
    for (const byte of chunk) {
      if (field === 'path' && byte === nul) {
        path = exactText(Buffer.from(bytes).subarray(commit.length + 1)) ?? '';
        field = 'line';
      } else if (field === 'line' && (byte === colon || byte === nul)) {
        line = Buffer.from(bytes).toString();
        field = 'text';
      } else if (field === 'text' && byte === newline) {
        if (path !== '') yield { path, line: Number(line), text: shortened(legible(wholeCharacters(bytes))) };
        field = 'path';
      } else {
        if (field !== 'text' || bytes.length < maxTextBytes) bytes.push(byte);
        continue;
      }
      bytes = [];
    }
  }
}

/** A line that was cut may end within a character of UTF-8. */
function wholeCharacters(bytes: readonly number[]): Buffer {
  const line = Buffer.from(bytes);
  if (line.length < maxTextBytes) return line;
  const start = line.findLastIndex((byte) => byte < 0x80 || byte >= 0xc0);
  return line.subarray(0, Math.max(start, 0));
}

const shortened = (text: string): string => (text.length <= maxTextChars ? text : `${text.slice(0, maxTextChars)}…`);
