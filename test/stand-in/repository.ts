import { appendFile, chmod, lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { git } from './git.ts';
import { findObject } from './object-reader.ts';
import type { RoleGrant } from './permissions.ts';

export interface FileContent {
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** `100644` unless told; `100755` for a program, `120000` for a symbolic link whose text is its target. */
  readonly mode?: '100644' | '100755' | '120000';
}
/** Path to content; null deletes. */
export type FileChanges = Readonly<Record<string, string | FileContent | null>>;

export interface Repository {
  /** emulate's row. */
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly fullName: string;
  readonly defaultBranch: string;
  readonly isPrivate: boolean;
  /** Another one once the App was installed anew. */
  installationId: number;
  /** Folder of the bare repository: the truth about everything git. */
  readonly folder: string;
  readonly roles: Map<string, RoleGrant>;
  /** Refs as last told to the world; a difference to the folder is a change not yet announced. */
  readonly refs: Map<string, string>;
  /** Commits that GitHub made and signed itself. */
  readonly signedCommits: Set<string>;
  readonly caches: ActionsCache[];
  readonly switches: RepositorySwitches;
}

/** The ways of the real GitHub that a test turns on. */
export interface RepositorySwitches {
  refusesDrafts: boolean;
  failsRunStart: boolean;
  hangsRuns: boolean;
  hasNoJobLogs: boolean;
  hugeJobLogBytes: number | null;
  /** With what branch protection refuses to dismiss a review. */
  refusesDismissals: 403 | 422 | null;
  /** Types of the ruleset rules that hold for every branch. */
  branchRules: readonly string[];
  /** Whether Actions is off: nobody knows of a workflow. */
  hasNoActions: boolean;
  /** Refs whose workflows differ from the default branch's are taken from Apps, as GitHub does not. */
  takesOtherWorkflows: boolean;
  /** Which moved refs start the workflows that ask for `push`; GitHub's are the branches, tests seldom want any. */
  pushesRun: 'none' | 'branches' | 'every ref';
}

/** A ref that came or moved, and by whom. */
export interface Push {
  readonly repository: Repository;
  readonly ref: string;
  readonly sha: string;
  readonly actor: string;
}

/** What a run saved in Actions' cache. */
export interface ActionsCache {
  readonly id: number;
  readonly key: string;
  /** Whose runs find it: this ref's, and all others' when it is the default branch. */
  readonly ref: string;
  readonly createdAt: string;
}

export const freshSwitches = (): RepositorySwitches => ({
  refusesDrafts: false,
  failsRunStart: false,
  hangsRuns: false,
  hasNoJobLogs: false,
  hugeJobLogBytes: null,
  refusesDismissals: null,
  branchRules: [],
  hasNoActions: false,
  takesOtherWorkflows: false,
  pushesRun: 'none',
});

/** Names the environment variable by which the push hook knows who pushes. */
export const mayWriteWorkflows = 'STAND_IN_MAY_WRITE_WORKFLOWS';

/** Refuses what GitHub refuses to an App without the permission `workflows`, before any ref moves. */
const preReceiveHook = `#!/bin/sh
[ "$${mayWriteWorkflows}" = 1 ] && exit 0
base=$(git symbolic-ref HEAD)
wanted=$(git rev-parse --verify --quiet "$base:.github/workflows" || echo none)
while read -r old new ref; do
  case $new in 0000000000000000000000000000000000000000) continue ;; esac
  found=$(git rev-parse --verify --quiet "$new:.github/workflows" || echo none)
  if [ "$found" != "$wanted" ]; then
    echo "refusing to allow a GitHub App to create or update workflow files in $ref without \\\`workflows\\\` permission" >&2
    exit 1
  fi
done
`;

const servedConfig = `[http]
	receivepack = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[receive]
	denyDeletes = false
[gc]
	auto = 0
`;

/** Makes an empty bare repository that answers any commit by its SHA. */
export async function initialize(folder: string, defaultBranch: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await git(folder, ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`]);
  await appendFile(join(folder, 'config'), servedConfig);
  const hook = join(folder, 'hooks', 'pre-receive');
  await mkdir(join(folder, 'hooks'), { recursive: true });
  await writeFile(hook, preReceiveHook);
  await chmod(hook, 0o755);
}

export interface CommitOrder {
  readonly branch: string;
  readonly files: FileChanges;
  readonly message: string;
  readonly author: string;
  /** Where the branch starts when it is new; without, a new branch has no past. */
  readonly from?: string;
}

/** One process however many files there are. Answers the commit's SHA. */
export async function commitFiles(folder: string, order: CommitOrder): Promise<string> {
  const ref = `refs/heads/${order.branch}`;
  const parent = (await resolveCommit(folder, ref)) ?? (order.from ? await resolveCommit(folder, order.from) : null);
  const stamp = `${order.author} <${order.author}@users.noreply.github.com> ${Math.floor(Date.now() / 1000)} +0000`;
  const parts: Buffer[] = [Buffer.from(`commit ${ref}\ncommitter ${stamp}\n`), data(Buffer.from(order.message))];
  if (parent !== null) parts.push(Buffer.from(`from ${parent}\n`));
  for (const [path, content] of Object.entries(order.files)) parts.push(fileCommand(path, content));
  await git(folder, ['fast-import', '--quiet', '--force'], { input: Buffer.concat(parts) });
  const made = await resolveCommit(folder, ref);
  if (made === null) throw new Error(`no commit was made on ${order.branch}`);
  return made;
}

function fileCommand(path: string, content: string | FileContent | null): Buffer {
  const quoted = `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  if (content === null) return Buffer.from(`D ${quoted}\n`);
  const file: FileContent = typeof content === 'string' ? { text: content } : content;
  const head = Buffer.from(`M ${file.mode ?? '100644'} inline ${quoted}\n`);
  return Buffer.concat([head, data(Buffer.from(file.bytes ?? file.text ?? ''))]);
}

const data = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);

/** The files below a folder, as a repository would hold them; `.git` and `node_modules` stay behind. */
export async function readFolder(folder: string): Promise<FileChanges> {
  const files: Record<string, FileContent> = {};
  const walk = async (current: string): Promise<void> => {
    for (const name of await readdir(current)) {
      if (name === '.git' || name === 'node_modules') continue;
      const path = join(current, name);
      const stats = await lstat(path);
      const key = relative(folder, path);
      if (stats.isDirectory()) await walk(path);
      else if (stats.isSymbolicLink()) files[key] = { text: await readlink(path), mode: '120000' };
      else files[key] = { bytes: await readFile(path), mode: stats.mode & 0o100 ? '100755' : '100644' };
    }
  };
  await walk(folder);
  return files;
}

/** The commit a name stands for (branch, full ref, SHA), or null. */
export async function resolveCommit(folder: string, name: string): Promise<string | null> {
  if (name === '' || name.startsWith('-')) return null;
  const candidates = name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`, name];
  for (const candidate of candidates) {
    const found = await findObject(folder, `${candidate}^{commit}`);
    if (found !== null) return found.sha;
  }
  return null;
}

/** From git's own files: it is asked after each request that may have moved one. */
export async function readRefs(folder: string): Promise<Map<string, string>> {
  const packed = await readFile(join(folder, 'packed-refs'), 'utf8').catch(() => '');
  const refs = new Map(
    [...packed.matchAll(/^([0-9a-f]{40}) (refs\/\S+)$/gm)].map(([, sha = '', ref = '']) => [ref, sha]),
  );
  const names = await readdir(join(folder, 'refs'), { recursive: true });
  await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, 'refs', name), 'utf8').catch(() => '');
      if (/^[0-9a-f]{40}\n$/.test(text)) refs.set(`refs/${name}`, text.trim());
    }),
  );
  return new Map([...refs].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The tree of `.github/workflows`, or null where there is none. */
export async function workflowsTree(folder: string, commit: string): Promise<string | null> {
  return (await findObject(folder, `${commit}:.github/workflows`))?.sha ?? null;
}
