import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../../src/domain/faults.ts';
import { readPrompts } from '../../../src/steps/read-prompts.ts';
import { fakeTree } from '../../support/fake-tree.ts';
import type { OwnWordsByFile } from './run-cases.ts';

/**
 * A folder of own prompts, read by the rules of a repository's.
 *
 * @throws {ConfigError} with every problem: here nobody wants ours to take a prompt's place.
 */
export async function readOwnFolder(folder: string): Promise<OwnWordsByFile> {
  const isFolder = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new ConfigError([`--prompts: found no folder ${folder}; allowed: a folder with code.md, review.md, …`]);
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.md')).map(({ name }) => name);
  const bytes = await Promise.all(files.map((file) => readFile(join(folder, file))));
  const inTree = Object.fromEntries(files.map((file, at) => [`${place}/${file}`, bytes[at] ?? Buffer.alloc(0)]));
  const { texts, problems } = await readPrompts(fakeTree(inTree), place);
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => problem.replace(`${place}/`, `${folder}/`)));
  if (Object.keys(texts).length === 0) throw new ConfigError([`--prompts: found no prompt in ${folder}`]);
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${name}.md`, text]));
}

const place = '.ai/prompts';
