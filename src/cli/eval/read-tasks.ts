import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { neededBy, type Task, type TaskSource, type TaskText, taskSchema } from './task.ts';
import { problemsOfTask, shown, TaskError } from './task-problems.ts';

const taskFile = 'task.yml';
const maxTextBytes = 64 * 1024;
const maxFiles = 20_000;
const idForm = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * The tasks below a folder, or the one task that the folder is, sorted by id.
 *
 * @throws {TaskError} with everything that is wrong in all of them.
 */
export async function readTasks(folder: string): Promise<readonly Task[]> {
  const root = resolve(folder);
  if ((await kindOf(root)) !== 'folder')
    throw new TaskError([`${folder}: there is no such folder; name one with tasks`]);
  const isOne = (await kindOf(join(root, taskFile))) !== null;
  const folders = isOne ? [root] : await foldersIn(root);
  if (folders.length === 0)
    throw new TaskError([`${folder}: there is no task; each is a folder with a ${taskFile} (docs/eval.md)`]);
  const problems: string[] = [];
  const tasks: Task[] = [];
  for (const each of folders) {
    try {
      tasks.push(await readTask(each));
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new TaskError(problems);
  return tasks.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(root, name));
}

async function readTask(folder: string): Promise<Task> {
  const id = basename(folder);
  const file = `${id}/${taskFile}`;
  if (!idForm.test(id))
    throw new TaskError([
      `${id}: found this name of a folder; allowed: lower-case letters, digits, dot, dash, underscore`,
    ]);
  if ((await kindOf(join(folder, taskFile))) === null)
    throw new TaskError([`${id}: there is no ${taskFile}; add one, or move the folder away (docs/eval.md)`]);
  const said = parseYaml(await readText(folder, taskFile), file);
  const parsed = taskSchema.safeParse(said);
  if (!parsed.success) throw new TaskError(problemsOfTask(parsed.error, said).map((problem) => `${file}: ${problem}`));
  return assemble(id, folder, parsed.data);
}

function parseYaml(text: string, file: string): unknown {
  const document = parseDocument(text);
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const lines = faults.slice(0, 5).map((fault) => {
      const [first = ''] = fault.message.split('\n');
      return `${file}: line ${fault.linePos?.[0].line ?? 1}: ${first.slice(0, 200)}`;
    });
    throw new TaskError(lines);
  }
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new TaskError([`${file}: there is an alias; allowed: values written out`]);
  }
}

async function assemble(id: string, folder: string, said: TaskText): Promise<Task> {
  const file = `${id}/${taskFile}`;
  const issuePath = said.issue ?? 'issue.md';
  const hidden = join(folder, said.hidden.files ?? 'hidden');
  const source = await sourceOf(folder, said, file);
  await expectKind(hidden, 'folder', file, `hidden.files: ${shown(relative(folder, hidden))}`);
  if (said.script !== undefined)
    await expectKind(join(folder, said.script), 'file', file, `script: ${shown(said.script)}`);
  if ((await filesBelow(hidden, file)).length === 0)
    throw new TaskError([
      `${file}: hidden.files: the folder ${shown(relative(folder, hidden))} is empty; hidden tests belong there`,
    ]);
  return {
    id,
    folder,
    language: said.language,
    issue: await issueOf(folder, issuePath, said.title, file),
    source,
    checks: Object.entries(said.checks).map(([name, command]) => ({ name, command })),
    setUp: said.setup ?? null,
    hidden: { folder: hidden, command: said.hidden.command },
    solution: await patchAt(folder, said.solution, 'solution.patch', `${file}: solution`),
    traps: await trapsIn(folder, said.traps, `${file}: traps`),
    needs: said.needs ?? neededBy(said.language),
    limits: said.limits ?? {},
    tags: said.tags ?? [],
    digest: await digestOf(folder, file),
  };
}

async function sourceOf(folder: string, { repository = 'repo' }: TaskText, file: string): Promise<TaskSource> {
  if (typeof repository === 'string') {
    const path = join(folder, repository);
    await expectKind(path, 'folder', file, `repository: ${shown(repository)}`);
    const files = await filesBelow(path, file);
    if (files.length === 0) throw new TaskError([`${file}: repository: the folder ${shown(repository)} is empty`]);
    if (files.some((each) => each.split('/').includes('.git')))
      throw new TaskError([
        `${file}: repository: the folder ${shown(repository)} holds a .git; name a repository of your own as { path: …, base: … }`,
      ]);
    return { kind: 'folder', path };
  }
  if (/^[a-z][a-z+.-]*:\/\/|^[^/]+@[^/]+:/i.test(repository.path))
    throw new TaskError([
      `${file}: repository.path: found ${shown(repository.path)}; allowed: a path on this machine. Addresses are not fetched here: clone it, or bring a bundle (git bundle create)`,
    ]);
  const path = resolve(folder, repository.path);
  if ((await kindOf(path)) === null)
    throw new TaskError([
      `${file}: repository.path: there is nothing at ${path}; allowed: a git repository or a bundle`,
    ]);
  return { kind: 'git', path, base: repository.base };
}

async function issueOf(folder: string, path: string, title: string | undefined, file: string): Promise<Task['issue']> {
  await expectKind(join(folder, path), 'file', file, `issue: ${shown(path)}`);
  const text = await readText(folder, path);
  if (title !== undefined) return { title, body: text.trim() };
  const [first = '', ...rest] = text.trim().split('\n');
  const own = first.replace(/^#+\s*/, '').trim();
  if (own === '') throw new TaskError([`${file}: issue: ${path} is empty; its first line is the title`]);
  return { title: own, body: rest.join('\n').trim() };
}

async function patchAt(folder: string, said: string | undefined, usual: string, place: string): Promise<string | null> {
  const path = join(folder, said ?? usual);
  if ((await kindOf(path)) === 'file') return path;
  if (said === undefined) return null;
  throw new TaskError([`${place}: there is no file ${shown(said)}`]);
}

async function trapsIn(folder: string, said: string | undefined, place: string): Promise<Task['traps']> {
  const path = join(folder, said ?? 'traps');
  if ((await kindOf(path)) !== 'folder') {
    if (said === undefined) return [];
    throw new TaskError([`${place}: there is no folder ${shown(said)}`]);
  }
  const names = (await readdir(path)).filter((name) => name.endsWith('.patch')).sort();
  return names.map((name) => ({ name: name.replace(/\.patch$/, ''), path: join(path, name) }));
}

async function readText(folder: string, path: string): Promise<string> {
  const { size } = await lstat(join(folder, path));
  if (size > maxTextBytes) throw new TaskError([`${basename(folder)}/${path}: larger than ${maxTextBytes / 1024} KB`]);
  return readFile(join(folder, path), 'utf8');
}

async function expectKind(path: string, kind: 'file' | 'folder', file: string, place: string): Promise<void> {
  const found = await kindOf(path);
  if (found !== kind)
    throw new TaskError([
      `${file}: ${place}: there is ${found === null ? 'nothing' : `a ${found}`}; a ${kind} is needed`,
    ]);
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'link' | 'special file' | null> {
  const stats = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (stats === null) return null;
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() ? 'file' : 'special file';
}

/** Paths of all files, sorted. @throws {TaskError} where something else than files and folders stands. */
export async function filesBelow(root: string, file: string): Promise<readonly string[]> {
  const found: string[] = [];
  const queue = [''];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) queue.push(path);
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
      else throw new TaskError([`${file}: ${path} is neither a file nor a folder; move it away`]);
      if (found.length > maxFiles) throw new TaskError([`${file}: ${root} has more than ${maxFiles} files`]);
    }
  }
  return found.sort();
}

/** Of what the task says and holds; its patches and scripts decide nothing that a run would find. */
async function digestOf(folder: string, file: string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of await filesBelow(folder, file)) {
    if (/^(?:traps\/|[^/]*\.patch$|script[^/]*\.json$)/.test(path)) continue;
    const stats = await lstat(join(folder, path));
    const bytes = stats.isSymbolicLink() ? await readlink(join(folder, path)) : await readFile(join(folder, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}
