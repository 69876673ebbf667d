import { commitJson, readCommit, readCommits } from './commit-json.ts';
import { changedFiles } from './file-changes.ts';
import { gitOrNull, gitText } from './git.ts';
import { repositoryJson } from './internal.ts';
import type { JsonObject } from './json.ts';
import { readObject } from './object-reader.ts';
import { resolveCommit } from './repository.ts';
import { type Answer, type Call, notFound, page, type Routes, refuse } from './site.ts';

/** GitHub sends the content of larger files only raw. */
const maxInlineBytes = 1_000_000;

/** Files, branches, commits and comparisons, straight from the bare repository. */
export const contentRoutes: Routes = {
  'repos/get-content': getContent,
  'repos/get-branch': async (call) => {
    const branch = await branchJson(call, call.parameters.branch ?? '');
    return branch === null ? refuse(404, 'Branch not found') : { status: 200, body: branch };
  },
  'repos/list-branches': async (call) => {
    const names = (await gitText(call.repository.folder, ['for-each-ref', '--format=%(refname)', 'refs/heads']))
      .split('\n')
      .filter((name) => name !== '');
    const { items, headers } = page(call, names);
    const branches = await Promise.all(items.map((name) => branchJson(call, name.slice('refs/heads/'.length))));
    return { status: 200, body: branches.filter((branch) => branch !== null), headers };
  },
  'repos/get-commit': async (call) => {
    const { folder } = call.repository;
    const sha = await resolveCommit(folder, call.parameters.ref ?? '');
    const commit = sha === null ? null : await readCommit(folder, sha);
    if (commit === null) return refuse(422, `No commit found for SHA: ${call.parameters.ref}`);
    const emptyTree = (await gitText(folder, ['hash-object', '-w', '-t', 'tree', '--stdin'])).trim();
    const files = await changedFiles(call.site, call.repository, commit.parents[0] ?? emptyTree, commit.sha);
    return { status: 200, body: { ...commitJson(call.site, call.repository, commit), stats: sum(files), files } };
  },
  'repos/list-commits': listCommits,
  'repos/compare-commits': compare,
  'repos/get': async (call) => ({ status: 200, body: await repositoryJson(call.site, call.repository) }),
};

async function branchJson(call: Call, name: string): Promise<JsonObject | null> {
  const { site, repository } = call;
  const sha = await resolveCommit(repository.folder, `refs/heads/${name}`);
  const commit = sha === null ? null : await readCommit(repository.folder, sha);
  if (commit === null) return null;
  const url = `${site.url}/repos/${repository.fullName}/branches/${encodeURIComponent(name)}`;
  return {
    name,
    commit: commitJson(site, repository, commit),
    _links: { self: url, html: `${site.url}/${repository.fullName}/tree/${name}` },
    protected: false,
    protection: { enabled: false },
    protection_url: `${url}/protection`,
  };
}

function sum(files: readonly JsonObject[]): JsonObject {
  const add = (field: string): number => files.reduce((total, file) => total + Number(file[field]), 0);
  return { additions: add('additions'), deletions: add('deletions'), total: add('changes') };
}

async function listCommits(call: Call): Promise<Answer> {
  const { folder, defaultBranch } = call.repository;
  const start = await resolveCommit(folder, call.query.get('sha') ?? defaultBranch);
  if (start === null) return refuse(409, 'Git Repository is empty.');
  const path = call.query.get('path');
  const commits = await readCommits(folder, ['-500', start, ...(path === null ? [] : ['--', path])]);
  const { items, headers } = page(call, commits);
  return { status: 200, body: items.map((commit) => commitJson(call.site, call.repository, commit)), headers };
}

async function compare(call: Call): Promise<Answer> {
  const { site, repository } = call;
  const { folder } = repository;
  const base = await resolveCommit(folder, call.parameters.base ?? '');
  const head = await resolveCommit(folder, call.parameters.head ?? '');
  if (base === null || head === null) return notFound();
  const mergeBase = (await gitOrNull(folder, ['merge-base', base, head]))?.toString().trim();
  if (mergeBase === undefined) return refuse(404, `No common ancestor between ${base} and ${head}.`);
  const ahead = (await readCommits(folder, ['--reverse', `${base}..${head}`])).map((commit) =>
    commitJson(site, repository, commit),
  );
  const behind = Number(await gitText(folder, ['rev-list', '--count', `${head}..${base}`]));
  const [baseCommit, ancestor] = [await readCommit(folder, base), await readCommit(folder, mergeBase)];
  if (baseCommit === null || ancestor === null) return notFound();
  const url = `${site.url}/repos/${repository.fullName}/compare/${base}...${head}`;
  const oneSided = behind > 0 ? 'behind' : ahead.length > 0 ? 'ahead' : 'identical';
  return {
    status: 200,
    body: {
      url,
      html_url: url.replace('/repos/', '/'),
      permalink_url: url.replace('/repos/', '/'),
      diff_url: `${url}.diff`,
      patch_url: `${url}.patch`,
      base_commit: commitJson(site, repository, baseCommit),
      merge_base_commit: commitJson(site, repository, ancestor),
      status: behind > 0 && ahead.length > 0 ? 'diverged' : oneSided,
      ahead_by: ahead.length,
      behind_by: behind,
      total_commits: ahead.length,
      commits: ahead,
      files: await changedFiles(site, repository, mergeBase, head),
    },
  };
}

async function getContent(call: Call): Promise<Answer> {
  const { folder } = call.repository;
  const path = (call.parameters.path ?? '').replace(/^\/+|\/+$/g, '');
  const commit = await resolveCommit(folder, call.query.get('ref') ?? call.repository.defaultBranch);
  if (commit === null) return notFound();
  const found = await readObject(folder, `${commit}:${path}`);
  if (found === null) return notFound();
  const { sha, type, bytes } = found;
  if (type === 'tree') return { status: 200, body: await listFolder(call, sha, path, commit) };
  if (/application\/vnd\.github(\.v3)?\.raw/.test(call.accept)) {
    return { status: 200, bytes, headers: { 'content-type': 'application/vnd.github.raw; charset=utf-8' } };
  }
  const isLarge = bytes.length > maxInlineBytes;
  const content = { content: isLarge ? '' : bytes.toString('base64'), encoding: isLarge ? 'none' : 'base64' };
  return { status: 200, body: { ...entryJson(call, 'file', path, sha, bytes.length, commit), ...content } };
}

async function listFolder(call: Call, tree: string, path: string, commit: string): Promise<JsonObject[]> {
  const listing = await gitText(call.repository.folder, ['ls-tree', '-z', '-l', tree]);
  const lines = listing.split('\0').filter((line) => line !== '');
  return lines.map((line) => {
    const tab = line.indexOf('\t');
    const [mode, type, sha = '', size] = line.slice(0, tab).split(/ +/);
    const kind = type === 'tree' ? 'dir' : mode === '120000' ? 'symlink' : type === 'commit' ? 'submodule' : 'file';
    const name = line.slice(tab + 1);
    return entryJson(call, kind, path === '' ? name : `${path}/${name}`, sha, Number(size) || 0, commit);
  });
}

function entryJson(call: Call, type: string, path: string, sha: string, size: number, commit: string): JsonObject {
  const { site, repository } = call;
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const self = `${site.url}/repos/${repository.fullName}/contents/${encoded}?ref=${commit}`;
  const kind = type === 'dir' ? 'tree' : 'blob';
  const object = `${site.url}/repos/${repository.fullName}/git/${kind}s/${sha}`;
  const html = `${site.url}/${repository.fullName}/${kind}/${commit}/${encoded}`;
  return {
    type,
    name: path.split('/').at(-1) ?? '',
    path,
    sha,
    size,
    url: self,
    html_url: html,
    git_url: object,
    download_url: type === 'file' ? `${site.url}/${repository.fullName}/raw/${commit}/${encoded}` : null,
    _links: { self, git: object, html },
  };
}
