import { commitJson, readCommits } from './commit-json.ts';
import type { PullRequestRow } from './emulate-core.ts';
import { changedFiles } from './file-changes.ts';
import { gitOrNull, gitText } from './git.ts';
import { emit, pullRequestJson } from './internal.ts';
import { asObject, asText } from './json.ts';
import { announceRefs, refreshPullRequest } from './ref-changes.ts';
import { resolveCommit } from './repository.ts';
import { type Answer, type Call, invalid, notFound, page, type Routes, refuse } from './site.ts';

/** What emulate does not know about pull requests: true heads, files, refusals and merges. */
export const pullRequestRoutes: Routes = {
  'pulls/create': createPullRequest,
  'pulls/merge': merge,
  // GitHub's REST does not move a pull request into or out of draft; emulate's would.
  'pulls/update': async (call) => {
    const pull = findPullRequest(call);
    const isGone =
      pull !== null && (await resolveCommit(call.repository.folder, `refs/heads/${pull.head_ref}`)) === null;
    if (call.body.state === 'open' && isGone) {
      const message = `state cannot be changed. The ${pull.head_ref} branch has been deleted.`;
      return invalid('PullRequest', 'state', 'invalid', message);
    }
    const { title, body, state, base } = call.body;
    const given = Object.entries({ title, body, state, base }).filter(([, value]) => value !== undefined);
    return call.forward({ body: Object.fromEntries(given) });
  },
  'pulls/list-files': async (call) => {
    const pull = findPullRequest(call);
    if (pull === null) return notFound();
    const { folder } = call.repository;
    const start = (await gitOrNull(folder, ['merge-base', pull.base_sha, pull.head_sha]))?.toString().trim();
    const files = start === undefined ? [] : await changedFiles(call.site, call.repository, start, pull.head_sha);
    const { items, headers } = page(call, files);
    return { status: 200, body: items, headers };
  },
  'pulls/list-commits': async (call) => {
    const pull = findPullRequest(call);
    if (pull === null) return notFound();
    const { folder } = call.repository;
    const commits = await readCommits(folder, ['--reverse', `${pull.base_sha}..${pull.head_sha}`]);
    const { items, headers } = page(call, commits);
    return { status: 200, body: items.map((commit) => commitJson(call.site, call.repository, commit)), headers };
  },
  'repos/list-pull-requests-associated-with-commit': async (call) => {
    const { site, repository } = call;
    const sha = call.parameters.commit_sha ?? '';
    const pulls = site.core.store.pullRequests.findBy('repo_id', repository.id);
    const holding = pulls.filter((pull) => pull.head_sha === sha || pull.merge_commit_sha === sha);
    return {
      status: 200,
      body: await Promise.all(holding.map((pull) => pullRequestJson(site, repository, pull.number))),
    };
  },
};

function findPullRequest(call: Call): PullRequestRow | null {
  const number = Number(call.parameters.pull_number);
  const pulls = call.site.core.store.pullRequests.findBy('repo_id', call.repository.id);
  return pulls.find((pull) => pull.number === number) ?? null;
}

async function createPullRequest(call: Call): Promise<Answer> {
  const { site, repository, body } = call;
  const head = asText(body.head).replace(/^[^:]*:/, '');
  const base = asText(body.base);
  const headSha = await resolveCommit(repository.folder, `refs/heads/${head}`);
  const baseSha = await resolveCommit(repository.folder, `refs/heads/${base}`);
  if (headSha === null) return invalid('PullRequest', 'head', 'invalid');
  if (baseSha === null) return invalid('PullRequest', 'base', 'invalid');
  if (body.draft === true && repository.switches.refusesDrafts) {
    return refuse(422, 'Draft pull requests are not supported in this repository.');
  }
  const ahead = Number(await gitText(repository.folder, ['rev-list', '--count', `${baseSha}..${headSha}`]));
  if (ahead === 0) return invalid('PullRequest', 'head', 'custom', `No commits between ${base} and ${head}`);
  const pulls = site.core.store.pullRequests.findBy('repo_id', repository.id);
  const isThere = pulls.some((pull) => pull.state === 'open' && pull.head_ref === head && pull.base_ref === base);
  if (isThere) {
    const message = `A pull request already exists for ${repository.owner}:${head}.`;
    return invalid('PullRequest', 'base', 'custom', message);
  }
  const answer = await call.forward();
  const number = Number(asObject(answer.body).number);
  const made = site.core.store.pullRequests.findBy('repo_id', repository.id).find((pull) => pull.number === number);
  if (made === undefined) return answer;
  await refreshPullRequest(site, repository, made);
  return { ...answer, body: await pullRequestJson(site, repository, number) };
}

const closing = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? #(\d+)/gi;

/** Merges in git. A rebase is done as a squash: no test looks at single commits afterwards. */
async function merge(call: Call): Promise<Answer> {
  const { site, repository, body } = call;
  const pull = findPullRequest(call);
  if (pull === null) return notFound();
  if (pull.merged || pull.state === 'closed' || pull.draft) return refuse(405, 'Pull Request is not mergeable');
  if (typeof body.sha === 'string' && body.sha !== pull.head_sha) {
    return refuse(409, 'Head branch was modified. Review and try the merge again.');
  }
  const base = await resolveCommit(repository.folder, `refs/heads/${pull.base_ref}`);
  if (base === null) return refuse(405, 'Base branch does not exist');
  const tree = await gitOrNull(repository.folder, ['merge-tree', '--write-tree', base, pull.head_sha]);
  if (tree === null) return refuse(405, 'Pull Request has merge conflicts');
  const sha = await commitMerge(call, pull, base, tree.toString().trim());
  const now = new Date().toISOString();
  const closed = { state: 'closed', closed_at: now } as const;
  const merger = site.core.store.users.findOneBy('login', call.caller.login ?? '');
  const merged = { merged: true, merged_at: now, merged_by_id: merger?.id ?? null, merge_commit_sha: sha };
  site.core.store.pullRequests.update(pull.id, { ...closed, ...merged });
  const issue = site.core.store.issues.findBy('repo_id', repository.id).find((row) => row.number === pull.number);
  if (issue !== undefined) site.core.store.issues.update(issue.id, closed);
  await gitText(repository.folder, ['update-ref', `refs/heads/${pull.base_ref}`, sha, base]);
  await announceRefs(site, repository, call.caller.login ?? '');
  await emit(site, repository, 'pull_request', call.caller.login ?? '', {
    action: 'closed',
    number: pull.number,
    pull_request: await pullRequestJson(site, repository, pull.number),
  });
  if (pull.base_ref === repository.defaultBranch) await closeNamedIssues(call, `${pull.title}\n${pull.body ?? ''}`);
  return { status: 200, body: { sha, merged: true, message: 'Pull Request successfully merged' } };
}

async function commitMerge(call: Call, pull: PullRequestRow, base: string, tree: string): Promise<string> {
  const { repository, body } = call;
  const isMerge = body.merge_method === undefined || body.merge_method === 'merge';
  const login = call.caller.login ?? 'ghost';
  const title = asText(body.commit_title) || (isMerge ? `Merge pull request #${pull.number}` : pull.title);
  const who = { NAME: login, EMAIL: `${login}@users.noreply.github.com` };
  const environment = {
    GIT_AUTHOR_NAME: who.NAME,
    GIT_AUTHOR_EMAIL: who.EMAIL,
    GIT_COMMITTER_NAME: 'GitHub',
    GIT_COMMITTER_EMAIL: 'noreply@github.com',
  };
  const parents = isMerge ? ['-p', base, '-p', pull.head_sha] : ['-p', base];
  const input = `${title}\n\n${asText(body.commit_message)}`.trimEnd();
  const made = await gitText(repository.folder, ['commit-tree', tree, ...parents, '-F', '-'], { input, environment });
  repository.signedCommits.add(made.trim());
  return made.trim();
}

async function closeNamedIssues({ site, repository, forward }: Call, text: string): Promise<void> {
  const issues = site.core.store.issues.findBy('repo_id', repository.id);
  for (const [, number] of text.matchAll(closing)) {
    const issue = issues.find((row) => row.number === Number(number) && !row.is_pull_request);
    if (issue?.state !== 'open') continue;
    const path = `/repos/${repository.fullName}/issues/${number}`;
    await forward({ method: 'PATCH', path, body: { state: 'closed' } });
  }
}
