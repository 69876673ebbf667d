import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { buildSchema, GraphQLError, type GraphQLSchema, graphql, parse, validate } from 'graphql';
import { type Asking, failure, sees } from './graphql-asking.ts';
import { findIssue, findIssues } from './graphql-issue.ts';
import { pullRequestById, pullRequestByNumber, setDraft } from './graphql-pull-request.ts';
import { searchIssues } from './graphql-search.ts';
import { asObject, asText, type JsonObject, parseJson } from './json.ts';
import type { Answer, Caller, Site } from './site.ts';

export interface GraphqlEnd {
  readonly answer: Answer;
  /** Where the document does not fit GitHub's schema, or the App may not ask it. */
  readonly problems: string[];
  /** All of these permissions were asked for. */
  readonly needs: readonly string[];
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

/** Answers by GitHub's own schema: issues and their edits, pull requests and whether they are drafts. */
export async function answerGraphql(site: Site, caller: Caller, body: JsonObject): Promise<GraphqlEnd> {
  if (caller.kind === 'anonymous' || caller.kind === 'app-jwt') {
    return { answer: { status: 401, body: { message: 'Bad credentials' } }, problems: [], needs: [] };
  }
  const source = asText(body.query);
  const problems = findProblems(source);
  if (problems.length > 0) {
    return { answer: { status: 200, body: { errors: problems.map((message) => ({ message })) } }, problems, needs: [] };
  }
  const asking: Asking = { site, caller, needs: new Set(), problems: [] };
  const result = await graphql({
    schema: githubSchema(),
    source,
    rootValue: resolvers(asking),
    variableValues: { ...asObject(body.variables) },
  });
  const errors = result.errors?.map((error) => {
    const { extensions, ...shown } = error.toJSON();
    return { type: extensions?.type ?? 'INTERNAL', ...shown };
  });
  const plain = parseJson(JSON.stringify({ data: result.data ?? null, ...(errors !== undefined && { errors }) }));
  return { answer: { status: 200, body: plain }, problems: asking.problems, needs: [...asking.needs] };
}

function findProblems(source: string): string[] {
  try {
    return validate(githubSchema(), parse(source)).map((error) => error.message);
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message];
    throw error;
  }
}

const resolvers = (asking: Asking) => ({
  search: (asked: Parameters<typeof searchIssues>[1]) => searchIssues(asking, asked),
  markPullRequestReadyForReview: setDraft(asking, false),
  convertPullRequestToDraft: setDraft(asking, true),
  node: ({ id }: { id: string }) => pullRequestById(asking, id),
  repository: ({ owner, name }: { owner: string; name: string }) => {
    const repository = asking.site.repositories.get(`${owner}/${name}`.toLowerCase());
    if (repository === undefined || !sees(asking, repository)) {
      throw failure('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    }
    return {
      name: repository.name,
      nameWithOwner: repository.fullName,
      isPrivate: repository.isPrivate,
      pullRequest: ({ number }: { number: number }) => pullRequestByNumber(asking, repository, number),
      issue: ({ number }: { number: number }) => findIssue(asking, repository, number),
      issues: (asked: Parameters<typeof findIssues>[2]) => findIssues(asking, repository, asked),
    };
  },
});
