import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const workflowPath = '.github/workflows/ai-fix-sandbox.yml';

/** What a folder is built with, by the file that tells, and the checks its template has. */
const stacks = [
  { file: 'package.json', template: 'node' },
  { file: 'pyproject.toml', template: 'python' },
  { file: 'requirements.txt', template: 'python' },
  { file: 'go.mod', template: 'go' },
  { file: 'pom.xml', template: 'java' },
  { file: 'Cargo.toml', template: 'rust' },
] as const;

/**
 * Copies what is to be fixed into `target`: the last commit of a git repository, or a folder as it is. A repository
 * without a sandbox workflow gets the template of its stack there; the original is not touched.
 *
 * @returns what was added, for the person to read.
 */
export async function copyRepository(source: string, target: string): Promise<readonly string[]> {
  await mkdir(target, { recursive: true });
  if (await exists(join(source, '.git'))) {
    await run('git', ['clone', '--quiet', '--depth', '1', '--no-local', '--', source, target]);
    await rm(join(target, '.git'), { recursive: true });
  } else {
    await cp(source, target, { recursive: true });
  }
  if (await exists(join(target, workflowPath))) return [];
  for (const { file, template } of stacks) {
    if (!(await exists(join(target, file)))) continue;
    await mkdir(join(target, '.github/workflows'), { recursive: true });
    await cp(
      new URL(`../../src/sandbox-workflows/${template}.yml`, import.meta.url).pathname,
      join(target, workflowPath),
    );
    return [`It has no ${workflowPath}: the copy got the template for ${template}.`];
  }
  return [`It has no ${workflowPath}, and no file tells its stack: ai-fix will refuse it and say how to add one.`];
}

/** The first line is the title, with or without `#`; the rest is the body. */
export async function readIssue(file: string): Promise<{ title: string; body: string }> {
  const [first = '', ...rest] = (await readFile(file, 'utf8')).split('\n');
  return { title: first.replace(/^#+\s*/, '').trim() || 'A bug', body: rest.join('\n').trim() };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
      throw error;
    },
  );
