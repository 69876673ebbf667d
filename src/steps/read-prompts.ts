import { isUtf8 } from 'node:buffer';
import { shownPath } from '../domain/repository-path.ts';
import type { Tree, TreeEntry } from '../ports/workspace.ts';
import { maxOwnWordsBytes, promptOfFile, withOwnWords } from '../prompts/own-words.ts';
import { readTemplate, type TemplateName } from '../prompts/template.ts';

export interface OwnPrompts {
  /** By prompt, as they stand in the repository: what cannot be used is not among them. */
  readonly texts: Readonly<Partial<Record<TemplateName, string>>>;
  /** Markdown, each on one line, with its file, place, what was found and what is allowed. */
  readonly problems: readonly string[];
}

const maxFiles = 50;
const maxProblems = 20;

/** The prompts that a repository has in its own words at a commit; where one cannot be used, ours takes its place. */
export async function readPrompts(tree: Tree, folder: string): Promise<OwnPrompts> {
  const texts: Partial<Record<TemplateName, string>> = {};
  const problems: string[] = [];
  const entries = await tree.list(folder);
  for (const entry of entries.slice(0, maxFiles)) {
    const place = `\`${shownPath(entry.path).replaceAll('`', "'")}\``;
    const file = entry.path.slice(folder.length + 1);
    const meant = promptOfFile(file);
    if (meant === null) continue;
    if ('problem' in meant) {
      problems.push(`${place}: ${meant.problem}`);
      continue;
    }
    const read = await readText(tree, entry);
    const words = read.kind === 'text' ? withOwnWords(readTemplate(meant.name), read.text) : read;
    if (words.kind === 'usable' && read.kind === 'text') texts[meant.name] = read.text;
    if (words.kind === 'unusable') problems.push(...words.problems.map((problem) => `${place}: ${problem}`));
  }
  if (entries.length > maxFiles) problems.push(`\`${folder}\`: found ${entries.length} files; allowed: ${maxFiles}`);
  return { texts, problems: problems.slice(0, maxProblems) };
}

type Read =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unusable'; readonly problems: readonly string[] };

async function readText(tree: Tree, { path, mode, sizeBytes }: TreeEntry): Promise<Read> {
  const unusable = (problem: string): Read => ({ kind: 'unusable', problems: [problem] });
  if (mode === '120000') return unusable('found a symlink; allowed: a file');
  if (sizeBytes > maxOwnWordsBytes)
    return unusable(
      `found ${sizeBytes.toLocaleString('en-US')} bytes; allowed: at most ${maxOwnWordsBytes.toLocaleString('en-US')}`,
    );
  const bytes = await tree.read(path);
  return bytes !== null && isUtf8(bytes)
    ? { kind: 'text', text: bytes.toString('utf8') }
    : unusable('found bytes that are no UTF-8; allowed: a text in UTF-8');
}
