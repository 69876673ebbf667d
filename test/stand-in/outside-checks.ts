/** What other Apps and older CI report of a commit: check runs and commit statuses, with their events. */
import { now } from './clock.ts';
import { appJson, userJson } from './decorate.ts';
import { gitText } from './git.ts';
import { emit, insider } from './internal.ts';
import type { JsonObject } from './json.ts';
import type { OutsideCheck, OutsideReports, OutsideStatus } from './outside-reports.ts';
import type { Repository } from './repository.ts';
import { page, type Routes, type Site } from './site.ts';

/** Above emulate's and the runner's numbers. */
const firstId = 5_000_000;
const nextId = ({ checks, statuses }: OutsideReports): number => firstId + checks.length + statuses.length;

/** Reports as another tool would; the App hears of it. */
export interface OutsideControls {
  reportCheck(repository: string, check: OutsideCheck): Promise<void>;
  reportStatus(repository: string, status: OutsideStatus): Promise<void>;
}

export const createOutsideControls = (site: Site, find: (fullName: string) => Repository): OutsideControls => ({
  async reportCheck(fullName, check) {
    const repository = find(fullName);
    const id = nextId(site.outside);
    site.outside.checks.push({ id, repositoryId: repository.id, check });
    const [head_branch = null] = await branchesAt(repository, check.sha);
    const check_run = { ...checkJson(site, repository, id, check), check_suite: { id: id * 10, head_branch } };
    await emit(site, repository, 'check_run', insider, { action: 'completed', check_run });
  },
  async reportStatus(fullName, status) {
    const repository = find(fullName);
    const id = nextId(site.outside);
    site.outside.statuses.push({ id, repositoryId: repository.id, status });
    const branches = (await branchesAt(repository, status.sha)).map((name) => ({ name, commit: { sha: status.sha } }));
    await emit(site, repository, 'status', insider, {
      ...statusJson(site, repository, id, status),
      sha: status.sha,
      branches,
    });
  },
});

async function branchesAt({ folder }: Repository, sha: string): Promise<string[]> {
  const text = await gitText(folder, [
    'for-each-ref',
    '--format=%(refname:lstrip=2)',
    '--points-at',
    sha,
    'refs/heads',
  ]);
  return text.split('\n').filter((name) => name !== '');
}

export const outsideChecksOf = (site: Site, repository: Repository, sha: string): JsonObject[] =>
  site.outside.checks
    .filter((one) => one.repositoryId === repository.id && one.check.sha === sha)
    .map(({ id, check }) => checkJson(site, repository, id, check));

export const outsideAnnotations = (site: Site, id: number): JsonObject[] | null => {
  const found = site.outside.checks.find((one) => one.id === id)?.check;
  return found === undefined
    ? null
    : (found.annotations ?? []).map(({ path, line, message }) => ({
        path,
        start_line: line,
        end_line: line,
        start_column: null,
        end_column: null,
        annotation_level: 'failure',
        title: null,
        message,
        raw_details: null,
        blob_href: `${site.url}/blob/${path}`,
      }));
};

function checkJson(site: Site, repository: Repository, id: number, check: OutsideCheck): JsonObject {
  const url = `${site.url}/repos/${repository.fullName}/check-runs/${id}`;
  return {
    id,
    node_id: Buffer.from(`CheckRun${id}`).toString('base64'),
    head_sha: check.sha,
    external_id: '',
    url,
    html_url: `${site.url}/${repository.fullName}/runs/${id}`,
    details_url: null,
    status: 'completed',
    conclusion: check.conclusion,
    started_at: now(),
    completed_at: now(),
    name: check.name,
    output: {
      title: null,
      summary: check.summary ?? null,
      text: null,
      annotations_count: check.annotations?.length ?? 0,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: id * 10 },
    app: appJson(site, 90_000, check.app),
    pull_requests: [],
  };
}

function statusJson(site: Site, repository: Repository, id: number, status: OutsideStatus): JsonObject {
  return {
    id,
    node_id: Buffer.from(`Status${id}`).toString('base64'),
    url: `${site.url}/repos/${repository.fullName}/statuses/${status.sha}`,
    avatar_url: null,
    state: status.state,
    description: status.description ?? null,
    target_url: null,
    context: status.context,
    created_at: now(),
    updated_at: now(),
    creator: userJson(site, insider),
  };
}

export const statusRoutes: Routes = {
  'repos/list-commit-statuses-for-ref': async (call) => {
    const { site, repository } = call;
    const here = site.outside.statuses
      .filter((one) => one.repositoryId === repository.id && one.status.sha === call.parameters.ref)
      .map(({ id, status }) => statusJson(site, repository, id, status))
      .toReversed();
    const { items, headers } = page(call, here);
    return { status: 200, body: items, headers };
  },
};
