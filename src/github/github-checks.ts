import { z } from 'zod';
import type { CommitCheck, CommitRun } from '../domain/failing-checks.ts';
import { asSha, type Sha } from '../domain/ids.ts';
import type { Checks, Offer } from '../ports/checks.ts';
import { isRefused, orStatus } from './forge-fault.ts';
import type { Installations, Octokit } from './installations.ts';

type Where = { owner: string; repo: string };

/** Of 100 each. A commit with more checks is judged by these. */
const maxPages = 5;
const maxAnnotations = 50;

export function createGitHubChecks(installations: Installations): Checks {
  return {
    of: (repository, commit) =>
      installations.call(repository, `read the checks of ${commit}`, async (octokit, where) => ({
        checks: [...(await checkRuns(octokit, where, commit)), ...(await statuses(octokit, where, commit))],
        runs: await runs(octokit, where, commit),
      })),

    annotations: (repository, checkRun) =>
      installations.call(repository, `read the annotations of ${checkRun}`, async (octokit, where) => {
        const wanted = { ...where, check_run_id: checkRun, per_page: maxAnnotations };
        const answer = await orStatus([404], () => octokit.rest.checks.listAnnotations(wanted));
        return isRefused(answer)
          ? []
          : answer.data.map(({ path, start_line: line, annotation_level: level, message }) => ({
              path,
              line,
              level: level ?? 'failure',
              message: message ?? '',
            }));
      }),

    repeat: (repository, runId) =>
      installations.call(repository, `repeat run ${runId}`, async (octokit, where) => {
        // 403: it is under way, or too old to be repeated.
        const answer = await orStatus([403, 404, 409, 422], () =>
          octokit.rest.actions.reRunWorkflowFailedJobs({ ...where, run_id: runId }),
        );
        return isRefused(answer) ? 'refused' : 'asked';
      }),

    offersOf: (repository, commit) =>
      installations.call(repository, `look for pull requests of ${commit}`, async (octokit, where) => {
        // 422: the commit is not in this repository, nor in a pull request of it.
        const answer = await orStatus([404, 409, 422], () =>
          octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...where, commit_sha: commit, per_page: 100 }),
        );
        if (isRefused(answer)) return [];
        const offers = answer.data.map((pull) => toOffer(pull, where));
        return offers.filter(({ head, isOpen }) => isOpen && head === commit);
      }),

    offer: (repository, number) =>
      installations.call(repository, `read pull request #${number}`, async (octokit, where) => {
        const answer = await orStatus([404], () => octokit.rest.pulls.get({ ...where, pull_number: number }));
        return isRefused(answer) ? null : toOffer(answer.data, where);
      }),

    labelledBy: (repository, number, label) =>
      installations.call(repository, `read who labelled #${number}`, async (octokit, where) => {
        const answer = await octokit.graphql(labelsQuery, { owner: where.owner, name: where.repo, number });
        const { pullRequest } = labelsAnswer.parse(answer).repository;
        const nodes = pullRequest?.timelineItems.nodes ?? [];
        const actor = nodes.findLast((node) => node?.label.name === label)?.actor ?? null;
        if (actor === null) return null;
        const isBot = actor.__typename === 'Bot';
        return { login: `${actor.login}${isBot ? '[bot]' : ''}`, id: actor.databaseId ?? undefined, isBot };
      }),

    authorOf: (repository, commit) =>
      installations.call(repository, `read the author of ${commit}`, async (octokit, where) => {
        const { data } = await octokit.rest.repos.getCommit({ ...where, ref: commit, per_page: 1 });
        const author = authorSchema.safeParse(data.author);
        return author.success ? author.data : null;
      }),
  };
}

const authorSchema = z.object({ login: z.string(), id: z.number() });

async function checkRuns(octokit: Octokit, where: Where, commit: Sha): Promise<CommitCheck[]> {
  const found: CommitCheck[] = [];
  let page = 0;
  const wanted = { ...where, ref: commit, filter: 'all', per_page: 100 } as const;
  for await (const { data } of octokit.paginate.iterator(octokit.rest.checks.listForRef, wanted)) {
    for (const run of data) {
      const isOver = run.status === 'completed';
      found.push({
        id: run.id,
        name: run.name,
        app: run.app?.slug ?? null,
        state: isOver ? stateOf(run.conclusion ?? '') : 'pending',
        conclusion: run.conclusion ?? run.status,
        url: run.html_url ?? '',
        said: [run.output.title, run.output.summary].filter(Boolean).join('\n\n'),
        annotations: run.output.annotations_count,
        suite: run.check_suite?.id ?? null,
      });
    }
    if (++page >= maxPages) break;
  }
  return found;
}

async function statuses(octokit: Octokit, where: Where, commit: Sha): Promise<CommitCheck[]> {
  const { data } = await octokit.rest.repos.listCommitStatusesForRef({ ...where, ref: commit, per_page: 100 });
  return data.map(({ id, context, state, target_url: url, description }) => ({
    id,
    name: context,
    app: null,
    state: state === 'pending' ? 'pending' : stateOf(state),
    conclusion: state,
    url: url ?? '',
    said: description ?? '',
    annotations: 0,
    suite: null,
  }));
}

async function runs(octokit: Octokit, where: Where, commit: Sha): Promise<CommitRun[]> {
  const wanted = { ...where, head_sha: commit, per_page: 100 };
  const { data } = await octokit.rest.actions.listWorkflowRunsForRepo(wanted);
  return data.workflow_runs.map((run) => ({
    id: run.id,
    suite: run.check_suite_id ?? null,
    attempt: run.run_attempt ?? 1,
    event: run.event,
    workflowPath: run.path.replace(/@.*$/, ''),
    isCompleted: run.status === 'completed',
  }));
}

/** https://docs.github.com/rest/checks/runs: what else there is says nothing of the commit. */
function stateOf(conclusion: string): CommitCheck['state'] {
  if (conclusion === 'success') return 'passed';
  return ['failure', 'timed_out', 'error'].includes(conclusion) ? 'failed' : 'neutral';
}

interface RestOffer {
  readonly number: number;
  readonly state: string;
  readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly full_name: string } | null };
  readonly labels: readonly { readonly name?: string }[];
}

/** The repository of a head that was deleted since is nobody's: then it was a fork. */
const toOffer = ({ number, state, head, labels }: RestOffer, { owner, repo }: Where): Offer => ({
  number,
  isOpen: state === 'open',
  branch: head.ref,
  head: asSha(head.sha),
  isFork: head.repo?.full_name.toLowerCase() !== `${owner}/${repo}`.toLowerCase(),
  labels: labels.flatMap(({ name }) => (name === undefined ? [] : [name])),
});

const labelsQuery = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      timelineItems(last: 100, itemTypes: [LABELED_EVENT]) {
        nodes {
          ... on LabeledEvent {
            label { name }
            actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }
          }
        }
      }
    }
  }
}`;
const labelledSchema = z.object({
  label: z.object({ name: z.string() }),
  actor: z
    .object({ __typename: z.string(), login: z.string(), databaseId: z.number().nullable().optional() })
    .nullable(),
});
const labelsAnswer = z.object({
  repository: z.object({
    pullRequest: z
      .object({ timelineItems: z.object({ nodes: z.array(labelledSchema.nullable()).nullable() }) })
      .nullable(),
  }),
});
