import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { buildSchema, GraphQLError, type GraphQLSchema, graphql, parse, validate } from 'graphql';
import type { PullRequestRow } from './emulate-core.ts';
import { emit, pullRequestJson } from './internal.ts';
import { asObject, asText, type Json, type JsonObject, parseJson } from './json.ts';
import { grants } from './permissions.ts';
import type { Repository } from './repository.ts';
import type { Answer, Caller, Site } from './site.ts';

export interface GraphqlEnd {
  readonly answer: Answer;
  /** Where the document does not fit GitHub's schema. */
  readonly problems: string[];
}

let schema: GraphQLSchema | undefined;

/** Costs some 200 ms, so it is built with the first question. */
function githubSchema(): GraphQLSchema {
  if (schema !== undefined) return schema;
  const packageFile = findPackageJSON('@octokit/graphql-schema', import.meta.url);
  if (packageFile === undefined) throw new Error('the package @octokit/graphql-schema is not installed');
  schema = buildSchema(readFileSync(join(dirname(packageFile), 'schema.graphql'), 'utf8'), { assumeValid: true });
  return schema;
}

/** Answers by GitHub's own schema: pull requests by id or number, and whether they are drafts. */
export async function answerGraphql(site: Site, caller: Caller, body: JsonObject): Promise<GraphqlEnd> {
  if (caller.kind === 'anonymous')
    return { answer: { status: 401, body: { message: 'Bad credentials' } }, problems: [] };
  const source = asText(body.query);
  const problems = findProblems(source);
  if (problems.length > 0) {
    return { answer: { status: 200, body: { errors: problems.map((message) => ({ message })) } }, problems };
  }
  const result = await graphql({
    schema: githubSchema(),
    source,
    rootValue: resolvers(site, caller),
    variableValues: { ...asObject(body.variables) },
  });
  const errors = result.errors?.map((error) => ({ ...error.toJSON(), type: error.extensions.type ?? 'INTERNAL' }));
  const plain = parseJson(JSON.stringify({ data: result.data ?? null, ...(errors !== undefined && { errors }) }));
  return { answer: { status: 200, body: plain }, problems: errors?.flatMap(undeclared) ?? [] };
}

const undeclared = ({ type, message }: { type: unknown; message: string }): string[] =>
  type === 'FORBIDDEN' ? [`graphql: ${message}`] : [];

function findProblems(source: string): string[] {
  try {
    return validate(githubSchema(), parse(source)).map((error) => error.message);
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message];
    throw error;
  }
}

function resolvers(site: Site, caller: Caller) {
  const setDraft =
    (isDraft: boolean) =>
    async ({ input }: { input: JsonObject }) => {
      const { repository, pull } = findById(site, asText(input.pullRequestId));
      // GitHub wants both, though only the pull request changes.
      assertGranted(caller, ['pull_requests:write', 'contents:write']);
      if (pull.draft !== isDraft) await changeDraft(site, repository, pull, isDraft, caller.login ?? '');
      const { clientMutationId = null } = input;
      return { clientMutationId, pullRequest: pullRequestNode(repository, { ...pull, draft: isDraft }) };
    };
  return {
    markPullRequestReadyForReview: setDraft(false),
    convertPullRequestToDraft: setDraft(true),
    node: ({ id }: { id: string }) => {
      assertGranted(caller, ['pull_requests:read']);
      const { repository, pull } = findById(site, id);
      return pullRequestNode(repository, pull);
    },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      assertGranted(caller, ['pull_requests:read']);
      const repository = site.repositories.get(`${owner}/${name}`.toLowerCase());
      if (repository === undefined) throw failure('NOT_FOUND', 'Could not resolve to a Repository.');
      const pullRequest = ({ number }: { number: number }) => {
        const pulls = site.core.store.pullRequests.findBy('repo_id', repository.id);
        const pull = pulls.find((row) => row.number === number);
        if (pull === undefined) throw failure('NOT_FOUND', 'Could not resolve to a PullRequest.');
        return pullRequestNode(repository, pull);
      };
      return {
        name: repository.name,
        nameWithOwner: repository.fullName,
        isPrivate: repository.isPrivate,
        pullRequest,
      };
    },
  };
}

const failure = (type: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { type } });

function assertGranted(caller: Caller, needs: readonly string[]): void {
  if (caller.kind === 'user') return;
  const missing = needs.filter((need) => caller.kind !== 'installation' || !grants(caller.grant.permissions, need));
  if (missing.length > 0) throw failure('FORBIDDEN', `Resource not accessible by integration (${missing.join(', ')})`);
}

function findById(site: Site, nodeId: string): { repository: Repository; pull: PullRequestRow } {
  const pull = site.core.store.pullRequests.all().find((row) => row.node_id === nodeId);
  const repository = [...site.repositories.values()].find((one) => one.id === pull?.repo_id);
  if (pull === undefined || repository === undefined) {
    throw failure('NOT_FOUND', `Could not resolve to a node with the global id of '${nodeId}'.`);
  }
  return { repository, pull };
}

async function changeDraft(
  site: Site,
  repository: Repository,
  pull: PullRequestRow,
  isDraft: boolean,
  actor: string,
): Promise<void> {
  if (pull.state === 'closed') throw failure('UNPROCESSABLE', 'Pull request is closed');
  site.core.store.pullRequests.update(pull.id, { draft: isDraft });
  await emit(site, repository, 'pull_request', actor, {
    action: isDraft ? 'converted_to_draft' : 'ready_for_review',
    number: pull.number,
    pull_request: await pullRequestJson(site, repository, pull.number),
  });
}

function pullRequestNode(repository: Repository, pull: PullRequestRow): Record<string, Json> {
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
    repository: { nameWithOwner: repository.fullName, name: repository.name },
  };
}
