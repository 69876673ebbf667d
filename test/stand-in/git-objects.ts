import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Commit, gitCommitJson, readCommit } from './commit-json.ts';
import { git, gitOrNull, gitText } from './git.ts';
import { asObject, asText, isObject, type Json, type JsonObject } from './json.ts';
import { findObject, readObject } from './object-reader.ts';
import { resolveCommit } from './repository.ts';
import { type Answer, type Call, notFound, type Routes, refuse } from './site.ts';

/** GitHub truncates larger listings. */
const maxTreeEntries = 100_000;

/** Commits, trees and blobs, straight from the bare repository. */
export const objectRoutes: Routes = {
  'git/get-commit': async (call) => {
    const commit = await readCommit(call.repository.folder, call.parameters.commit_sha ?? '');
    return commit === null ? notFound() : { status: 200, body: gitCommitJson(call.site, call.repository, commit) };
  },
  'git/create-commit': createCommit,
  'git/get-tree': async (call) => {
    const asked = call.parameters.tree_sha ?? '';
    const commit = await resolveCommit(call.repository.folder, asked);
    return treeAnswer(call, commit ?? asked, call.query.has('recursive'), 200);
  },
  'git/create-tree': createTree,
  'git/get-blob': async (call) => {
    const sha = call.parameters.file_sha ?? '';
    const found = /^[0-9a-f]{40}$/.test(sha) ? await readObject(call.repository.folder, sha) : null;
    if (found?.type !== 'blob') return notFound();
    const { bytes } = found;
    const content = { content: bytes.toString('base64'), encoding: 'base64', size: bytes.length };
    return { status: 200, body: { ...blobJson(call, sha), ...content } };
  },
  'git/create-blob': async (call) => {
    const encoding = call.body.encoding === 'base64' ? 'base64' : 'utf8';
    const input = Buffer.from(asText(call.body.content), encoding);
    const sha = (await gitText(call.repository.folder, ['hash-object', '-w', '--stdin'], { input })).trim();
    return { status: 201, body: { sha, url: blobJson(call, sha).url } };
  },
};

const blobJson = (call: Call, sha: string): JsonObject => ({
  sha,
  node_id: Buffer.from(`Blob${sha}`).toString('base64'),
  url: `${call.site.url}/repos/${call.repository.fullName}/git/blobs/${sha}`,
});

/** Without author and committer, GitHub makes the App's bot both, and signs. */
async function createCommit(call: Call): Promise<Answer> {
  const { folder } = call.repository;
  const tree = asText(call.body.tree);
  if (!(await isType(folder, tree, 'tree'))) return refuse(422, 'Tree SHA does not exist');
  const parents = Array.isArray(call.body.parents) ? call.body.parents.map(asText) : [];
  for (const parent of parents) {
    if (!(await isType(folder, parent, 'commit'))) {
      return refuse(422, 'Parent SHA does not exist or is not a commit object');
    }
  }
  const isSigned = call.caller.kind === 'installation' && !isObject(call.body.author) && !isObject(call.body.committer);
  const author = identity(call, call.body.author);
  const committer = isObject(call.body.committer) ? identity(call, call.body.committer) : author;
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  const environment = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: author.date,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: committer.date,
  };
  const sha = (await gitText(folder, args, { input: asText(call.body.message), environment })).trim();
  if (isSigned) call.repository.signedCommits.add(sha);
  const commit = await readCommit(folder, sha);
  if (commit === null) throw new Error(`git wrote no commit ${sha}`);
  return { status: 201, body: gitCommitJson(call.site, call.repository, commit) };
}

async function isType(folder: string, sha: string, type: 'tree' | 'commit' | 'blob'): Promise<boolean> {
  if (!/^[0-9a-f]{40}$/.test(sha)) return false;
  return (await findObject(folder, sha))?.type === type;
}

function identity(call: Call, given: Json | undefined): Commit['author'] {
  const login = call.caller.login ?? 'ghost';
  const id = call.site.core.store.users.findOneBy('login', login)?.id ?? 0;
  const { name, email, date } = asObject(given);
  return {
    name: asText(name) || login,
    email: asText(email) || `${id}+${login}@users.noreply.github.com`,
    date: asText(date) || new Date().toISOString(),
  };
}

async function treeAnswer(call: Call, name: string, isRecursive: boolean, status: number): Promise<Answer> {
  const { folder, fullName } = call.repository;
  const resolved = /^[0-9a-f]{40}$/.test(name) ? await findObject(folder, `${name}^{tree}`) : null;
  if (resolved === null) return notFound();
  const { sha } = resolved;
  const recursion = isRecursive ? ['-r', '-t'] : [];
  const listing = await gitText(folder, ['ls-tree', '-z', '-l', ...recursion, sha]);
  const lines = listing.split('\0').filter((line) => line !== '');
  const base = `${call.site.url}/repos/${fullName}/git`;
  const tree = lines.slice(0, maxTreeEntries).map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', type = '', object = '', size = ''] = line.slice(0, tab).split(/ +/);
    const entry = { path: line.slice(tab + 1), mode, type, sha: object, url: `${base}/${type}s/${object}` };
    return type === 'blob' ? { ...entry, size: Number(size) } : entry;
  });
  return { status, body: { sha, url: `${base}/trees/${sha}`, tree, truncated: lines.length > maxTreeEntries } };
}

/** Through a throw-away index, so that nested paths and a base tree cost no code here. */
async function createTree(call: Call): Promise<Answer> {
  const { folder } = call.repository;
  const baseTree = asText(call.body.base_tree);
  if (baseTree !== '' && !/^[0-9a-f]{40}$/.test(baseTree)) return refuse(422, 'Invalid base_tree');
  const lines: string[] = [];
  for (const entry of Array.isArray(call.body.tree) ? call.body.tree.map(asObject) : []) {
    const path = asText(entry.path);
    if (path === '' || path.startsWith('/') || path.split('/').includes('..'))
      return refuse(422, 'tree.path is invalid');
    const sha =
      entry.content === undefined
        ? entry.sha
        : (await git(folder, ['hash-object', '-w', '--stdin'], { input: asText(entry.content) })).toString().trim();
    lines.push(sha === null ? `0 ${'0'.repeat(40)}\t${path}` : `${asText(entry.mode)} ${asText(sha)}\t${path}`);
  }
  const environment = { GIT_INDEX_FILE: `index-${randomUUID()}` };
  const read = await gitOrNull(folder, ['read-tree', baseTree === '' ? '--empty' : baseTree], { environment });
  const input = lines.map((line) => `${line}\0`).join('');
  const written = await gitOrNull(folder, ['update-index', '-z', '--index-info'], { environment, input });
  const sha = await gitOrNull(folder, ['write-tree'], { environment });
  await rm(join(folder, environment.GIT_INDEX_FILE), { force: true });
  if (read === null || written === null || sha === null) return refuse(422, 'GitRPC::BadObjectState');
  return treeAnswer(call, sha.toString().trim(), false, 201);
}
