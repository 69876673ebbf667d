import { lstat, mkdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asSha, type Sha } from '../../domain/ids.ts';
import { exportTree } from '../../git/export-tree.ts';
import { GitFailure } from '../../git/git-command.ts';
import { runGit } from '../../git/run-git.ts';
import { filesBelow } from './read-tasks.ts';
import type { Task } from './task.ts';
import { TaskError } from './task-problems.ts';

/** A bare repository of a task's own, whose only branch is `main` at the base commit. What is made in it stays in it. */
export interface TaskRepository {
  readonly gitDir: string;
  readonly base: Sha;
  /** A tree: that of a commit, with the hidden files over it. */
  withHidden(commit: Sha): Promise<Sha>;
  /** A tree: the base with a patch applied. @throws {TaskError} when it does not apply. */
  patched(patch: string): Promise<Sha>;
  /** Writes the files of a commit or tree into an empty folder. */
  exportTree(of: Sha, folder: string): Promise<void>;
  /** Fetches a commit from another repository on this machine. */
  take(from: string, commit: Sha): Promise<void>;
}

export async function openTaskRepository(task: Task, folder: string): Promise<TaskRepository> {
  const gitDir = join(folder, 'repository.git');
  await mkdir(gitDir, { recursive: true });
  await runGit(['init', '--quiet', '--bare', '--initial-branch=main', gitDir], { gitDir });
  const base = task.source.kind === 'folder' ? await commitFolder(gitDir, task) : await fetchBase(gitDir, task);
  await runGit(['update-ref', 'refs/heads/main', base], { gitDir });
  return {
    gitDir,
    base,
    withHidden: async (commit) => {
      const index = { GIT_INDEX_FILE: join(gitDir, 'hidden.index') };
      await runGit(['read-tree', commit], { gitDir, environment: index });
      return addFiles(gitDir, index, task.hidden.folder, task.id);
    },
    patched: async (patch) => {
      const index = { GIT_INDEX_FILE: join(gitDir, 'patch.index') };
      await runGit(['read-tree', base], { gitDir, environment: index });
      try {
        await runGit(['apply', '--cached', '--whitespace=nowarn', '-'], {
          gitDir,
          environment: index,
          stdin: await readFile(patch),
        });
      } catch (error) {
        if (!(error instanceof GitFailure)) throw error;
        throw new TaskError([`${task.id}: ${patch} does not apply to the base: ${error.stderr.trim().slice(0, 300)}`]);
      }
      return writeTree(gitDir, index);
    },
    exportTree: (of, into) => exportTree(gitDir, of, into),
    take: async (from, commit) => {
      const switches = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
      await runGit(['fetch', ...switches, '--', from, `+${commit}:refs/eval/${commit}`], {
        gitDir,
        environment: { GIT_ALLOW_PROTOCOL: 'file' },
      });
    },
  };
}

/** The same commit on every machine: nothing but the files decides its name. */
async function commitFolder(gitDir: string, { source, id }: Task): Promise<Sha> {
  const index = { GIT_INDEX_FILE: join(gitDir, 'base.index') };
  const tree = await addFiles(gitDir, index, source.path, id);
  const who = 'ai-fix eval <ai-fix@users.noreply.github.com> 946684800 +0000';
  const stdin = [`tree ${tree}`, `author ${who}`, `committer ${who}`, '', `The base of ${id}`, ''].join('\n');
  const { output } = await runGit(['hash-object', '-t', 'commit', '-w', '--stdin'], { gitDir, stdin });
  return asSha(output.toString().trim());
}

async function addFiles(
  gitDir: string,
  index: Readonly<Record<string, string>>,
  folder: string,
  id: string,
): Promise<Sha> {
  const lines: string[] = [];
  for (const path of await filesBelow(folder, id)) {
    const { mode, bytes } = await blobOf(join(folder, path));
    const { output } = await runGit(['hash-object', '-w', '--no-filters', '--stdin'], { gitDir, stdin: bytes });
    lines.push(`${mode} ${output.toString().trim()} 0\t${path}\0`);
  }
  const stdin = lines.join('');
  // What stands in the way of a file, as a folder or a link, goes.
  await runGit(['update-index', '--add', '--replace', '-z', '--index-info'], { gitDir, environment: index, stdin });
  return writeTree(gitDir, index);
}

async function blobOf(file: string): Promise<{ mode: string; bytes: Buffer }> {
  const stats = await lstat(file);
  if (stats.isSymbolicLink()) return { mode: '120000', bytes: await readlink(file, { encoding: 'buffer' }) };
  return { mode: (stats.mode & 0o111) === 0 ? '100644' : '100755', bytes: await readFile(file) };
}

async function writeTree(gitDir: string, environment: Readonly<Record<string, string>>): Promise<Sha> {
  const { output } = await runGit(['write-tree'], { gitDir, environment });
  return asSha(output.toString().trim());
}

async function fetchBase(gitDir: string, { id, source }: Task): Promise<Sha> {
  if (source.kind !== 'git') throw new TypeError('a folder has no base to fetch');
  const isBundle = (await stat(source.path)).isFile();
  const switches = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  const fetch = (into: string, from: string, refspec: string) =>
    runGit(['fetch', ...switches, '--', from, refspec], {
      gitDir: into,
      environment: { GIT_ALLOW_PROTOCOL: 'file' },
    });
  try {
    // A bundle holds what came after the base too, the solution perhaps: it is taken apart elsewhere.
    const whole = isBundle ? `${gitDir}.bundle` : source.path;
    if (isBundle) {
      await mkdir(whole);
      await runGit(['init', '--quiet', '--bare', whole], { gitDir: whole });
      await fetch(whole, source.path, '+refs/*:refs/bundle/*');
    }
    await fetch(gitDir, whole, `+${source.base}:refs/eval/base`);
    if (isBundle) await rm(whole, { recursive: true, force: true });
    await runGit(['rev-parse', '--verify', '--quiet', `${source.base}^{commit}`], { gitDir });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new TaskError([
      `${id}/task.yml: repository.base: ${source.path} has no commit ${source.base}, or git cannot read it: ${error.stderr.trim().slice(0, 300)}`,
    ]);
  }
  return asSha(source.base);
}
