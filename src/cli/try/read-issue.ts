import { readFile } from 'node:fs/promises';
import { buffer as bytesOf } from 'node:stream/consumers';
import { UsageError } from '../command.ts';
import type { IssueWords } from './options.ts';

/** As much as an issue on GitHub takes. */
const maxBytes = 256 * 1024;
const maxTitleLength = 256;

/**
 * The words of the issue: from a file, from standard input where the file is `-`, or as they stand on the command line.
 *
 * @throws {UsageError} when there are none, or several.
 */
export async function readIssue(
  file: string | undefined,
  text: string | undefined,
  fixesChecks = false,
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<IssueWords> {
  if ([file !== undefined, text !== undefined, fixesChecks].filter(Boolean).length !== 1)
    throw new UsageError(
      'say what is to be fixed, in one way: --issue FILE (or - for standard input), --text "…", or --fix-checks for what fails already',
    );
  if (fixesChecks) return { title: 'Mend the failing checks', body: '' };
  if (text !== undefined) return wordsOf(text, '--text');
  if (file === undefined || file === '-')
    return wordsOf(decoded(await bytesOf(stdin), 'standard input'), 'standard input');
  const read = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is nothing' : `it cannot be read (${error.code})`;
    throw new UsageError(
      `--issue: found ${JSON.stringify(file.slice(0, 200))}, where ${why}; allowed: a Markdown file`,
    );
  });
  return wordsOf(decoded(read, file), file);
}

/** Anything else than UTF-8 would come to the models with other letters than it has. */
function decoded(bytes: Uint8Array, place: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError(
      `${place}: found bytes that are no UTF-8; allowed: UTF-8, for instance by iconv -f ISO-8859-1 -t UTF-8`,
    );
  }
}

/** The first heading, or else the first line, is the title; what stands below it is the text. */
function wordsOf(said: string, place: string): IssueWords {
  const bytes = Buffer.byteLength(said);
  if (bytes > maxBytes) throw new UsageError(`${place}: found ${bytes} bytes; allowed: ${maxBytes}`);
  const nul = said.indexOf('\0');
  if (nul !== -1)
    throw new UsageError(
      `${place}: found the character NUL in line ${said.slice(0, nul).split('\n').length}; allowed: text without it`,
    );
  const lines = said
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  const title = (lines[first] ?? '')
    .replace(/^\s*#{1,6}\s+/, '')
    .replace(/\s+#*\s*$/, '')
    .trim();
  if (title === '') throw new UsageError(`${place}: found no words; allowed: a title, and a text below it`);
  const body = lines
    .slice(first + 1)
    .join('\n')
    .trim();
  // Somebody who writes one long line means all of it.
  const isLong = title.length > maxTitleLength;
  return isLong
    ? { title: `${title.slice(0, maxTitleLength - 1)}…`, body: `${title}\n\n${body}`.trim() }
    : { title, body };
}
