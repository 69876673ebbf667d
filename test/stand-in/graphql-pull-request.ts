import type { PullRequestRow } from './emulate-core.ts';
import { type Asking, actorNode, assertMay, connection, failure, sees, type Window } from './graphql-asking.ts';
import { reviewThreads } from './graphql-review-threads.ts';
import { emit, pullRequestJson } from './internal.ts';
import { asText, type JsonObject } from './json.ts';
import type { Repository } from './repository.ts';
import type { Site } from './site.ts';

type Found = { readonly repository: Repository; readonly pull: PullRequestRow };

/** @throws {GraphQLError} */
export function pullRequestByNumber(asking: Asking, repository: Repository, number: number) {
  assertMay(asking, repository, ['pull_requests:read']);
  const pull = asking.site.core.store.pullRequests
    .findBy('repo_id', repository.id)
    .find((row) => row.number === number);
  if (pull === undefined) {
    throw failure('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
  }
  return { ...pullRequestNode(asking, repository, pull), ...timelineOf(asking.site, repository, number) };
}

/** @throws {GraphQLError} */
export function pullRequestById(asking: Asking, id: string) {
  const { repository, pull } = findById(asking, id);
  assertMay(asking, repository, ['pull_requests:read']);
  return pullRequestNode(asking, repository, pull);
}

export const setDraft =
  (asking: Asking, isDraft: boolean) =>
  async ({ input }: { input: JsonObject }) => {
    const { repository, pull } = findById(asking, asText(input.pullRequestId));
    // GitHub wants both, though only the pull request changes.
    assertMay(asking, repository, ['pull_requests:write', 'contents:write'], 'write');
    if (pull.draft !== isDraft) {
      await changeDraft(asking.site, { repository, pull }, isDraft, asking.caller.login ?? '');
    }
    const { clientMutationId = null } = input;
    return { clientMutationId, pullRequest: pullRequestNode(asking, repository, { ...pull, draft: isDraft }) };
  };

function findById(asking: Asking, nodeId: string): Found {
  const { site } = asking;
  const pull = site.core.store.pullRequests.all().find((row) => row.node_id === nodeId);
  const repository = [...site.repositories.values()].find((one) => one.id === pull?.repo_id);
  if (pull === undefined || repository === undefined || !sees(asking, repository)) {
    throw failure('NOT_FOUND', `Could not resolve to a node with the global id of '${nodeId}'.`);
  }
  return { repository, pull };
}

async function changeDraft(site: Site, { repository, pull }: Found, isDraft: boolean, actor: string): Promise<void> {
  if (pull.state === 'closed') throw failure('UNPROCESSABLE', 'Pull request is closed');
  if (site.core.store.repos.get(repository.id)?.archived === true) {
    throw failure('FORBIDDEN', 'Repository was archived so is read-only.');
  }
  site.core.store.pullRequests.update(pull.id, { draft: isDraft });
  await emit(site, repository, 'pull_request', actor, {
    action: isDraft ? 'converted_to_draft' : 'ready_for_review',
    number: pull.number,
    pull_request: await pullRequestJson(site, repository, pull.number),
  });
}

const timelineOf = (site: Site, repository: Repository, number: number) => ({
  timelineItems: (asked: Window & { readonly itemTypes?: readonly string[] }) => {
    if (asked.itemTypes?.join() !== 'LABELED_EVENT')
      throw failure('INTERNAL', 'the stand-in knows of a timeline its LABELED_EVENTs only');
    const labelled = site.history.labelled
      .filter((one) => one.repositoryId === repository.id && one.number === number)
      .map(({ name, by, at }) => ({
        __typename: 'LabeledEvent',
        createdAt: at,
        label: { name },
        actor: { ...actorNode(site, by), databaseId: site.core.store.users.findOneBy('login', by)?.id ?? null },
      }));
    return connection('timelineItems', labelled, asked);
  },
});

function pullRequestNode(asking: Asking, repository: Repository, pull: PullRequestRow) {
  const { node_id: id, number, title, body, draft: isDraft, merged } = pull;
  const state = merged ? 'MERGED' : pull.state.toUpperCase();
  return {
    __typename: 'PullRequest',
    id,
    number,
    title,
    body: body ?? '',
    isDraft,
    merged,
    state,
    closed: pull.state === 'closed',
    headRefName: pull.head_ref,
    headRefOid: pull.head_sha,
    baseRefName: pull.base_ref,
    baseRefOid: pull.base_sha,
    reviewThreads: (window: Window) => reviewThreads(asking, repository, pull, window),
    repository: { nameWithOwner: repository.fullName, name: repository.name },
  };
}
