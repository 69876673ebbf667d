import type { FixerRecord } from './recipe.ts';
import { checkRepositoryPath } from './repository-path.ts';
import { type DecodedText, decodeText } from './text-encoding.ts';

/**
 * What a recipe's run leaves: one text file, a line for each fixer and for each file that differs from the commit.
 *
 *     ai-fix-recipe 1
 *     fixer <exit code> <changed files> <name>
 *     file <git mode> <path in base64> <content in base64>
 *     deleted <path in base64>
 *
 * Code that nobody has read wrote every byte of it, so it names a patch and proves nothing.
 */
export type RecipeReport =
  | {
      readonly ok: true;
      readonly records: readonly FixerRecord[];
      readonly files: readonly RecipeFile[];
    }
  /** `reason` is a clause in words of ours. */
  | { readonly ok: false; readonly reason: string };

export interface RecipeFile {
  readonly path: string;
  /** Null: it is deleted. */
  readonly content: DecodedText | null;
}

const heading = 'ai-fix-recipe 1';
export const maxRecipeFiles = 200;
export const maxReportLength = 8 * 1024 * 1024;

/** @param fixers Those that were to run: a report of others, or not of all of them, is none. */
export function readRecipeReport(text: string, fixers: readonly string[]): RecipeReport {
  if (text.length > maxReportLength) return refused('it is larger than 8 MB');
  const [first, ...lines] = text.replace(/\n$/, '').split('\n');
  if (first !== heading) return refused('it does not begin like a report of fixers');
  const records: FixerRecord[] = [];
  const files: RecipeFile[] = [];
  const known = new Set<string>();
  for (const line of lines) {
    if (line.startsWith('fixer ')) {
      const record = readRecord(line, fixers);
      if (record === null || records.some(({ name }) => name === record.name))
        return refused('it tells of a fixer that was not to run, or twice of one');
      records.push(record);
      continue;
    }
    if (files.length >= maxRecipeFiles) return refused(`it changes more than ${maxRecipeFiles} files`);
    const file = readFile(line);
    if (typeof file === 'string') return refused(file);
    if (known.has(file.path)) return refused('it names a file twice');
    known.add(file.path);
    files.push(file);
  }
  if (records.length < fixers.length) return refused('it does not tell of every fixer that was to run');
  return { ok: true, records, files };
}

function readRecord(line: string, fixers: readonly string[]): FixerRecord | null {
  const [, exitCode, changedFiles, name] = /^fixer (\d{1,3}) (\d{1,7}) (.{1,60})$/.exec(line) ?? [];
  if (name === undefined || !fixers.includes(name)) return null;
  return { name, exitCode: Number(exitCode), changedFiles: Number(changedFiles) };
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** A sentence's clause where the line is no change that could be a part of a patch. */
function readFile(line: string): RecipeFile | string {
  const words = line.split(' ');
  const isDeletion = words[0] === 'deleted' && words.length === 2;
  const isWriting = words[0] === 'file' && words.length === 4;
  if (!isDeletion && !isWriting) return 'a line of it cannot be read';
  const path = decoded((isDeletion ? words[1] : words[2]) ?? '');
  if (path?.encoding !== 'utf-8') return 'it names a path that is no text';
  const checked = checkRepositoryPath(path.text);
  if (!checked.ok) return `it names a path that no patch may have: ${checked.reason}`;
  if (isDeletion) return { path: checked.path, content: null };
  if (words[1] !== '100644' && words[1] !== '100755')
    return 'it holds a link, a submodule or another thing that is no file';
  const content = decoded(words[3] ?? '');
  return content === null ? 'it changes a file that is no text' : { path: checked.path, content };
}

/** Null of what is no base64, or no text. */
const decoded = (text: string): DecodedText | null =>
  base64.test(text) && text.length % 4 === 0 ? decodeText(Buffer.from(text, 'base64')) : null;

const refused = (reason: string): RecipeReport => ({ ok: false, reason });
