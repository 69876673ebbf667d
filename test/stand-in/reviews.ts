import type { CommentRow } from './emulate-core.ts';
import { emit, pullRequestJson } from './internal.ts';
import { asObject, asText, type JsonObject } from './json.ts';
import { type Answer, type Call, notFound, type Routes } from './site.ts';

/** Comments on code: emulate knows GitHub's older fields only, and no replies. */
export const reviewRoutes: Routes = {
  'pulls/create-reply-for-review-comment': async (call) => {
    const parent = call.site.core.store.comments.get(Number(call.parameters.comment_id));
    if (parent?.repo_id !== call.repository.id) return notFound();
    const { path, line, commit_sha } = parent;
    return call.forward({
      path: `/repos/${call.repository.fullName}/pulls/${call.parameters.pull_number}/comments`,
      body: { body: asText(call.body.body), in_reply_to_id: parent.id, path, line, commit_id: commit_sha },
    });
  },
  'pulls/create-review': createReview,
};

/** GitHub places comments by `line`, emulate by `position`; and GitHub tells each comment too. */
async function createReview(call: Call): Promise<Answer> {
  const given = Array.isArray(call.body.comments) ? call.body.comments.map(asObject) : [];
  const comments = given.map((comment) => ({ ...comment, position: comment.position ?? comment.line ?? 1 }));
  const answer = await call.forward({ body: { ...call.body, comments } });
  if (answer.status !== 201) return answer;
  const { store } = call.site.core;
  const reviewId = asObject(answer.body).id;
  const made = store.comments.findBy('repo_id', call.repository.id).filter((row) => row.review_id === reviewId);
  for (const [index, row] of made.entries()) {
    const line = given[index]?.line;
    if (typeof line === 'number') store.comments.update(row.id, { line });
    if (call.body.event !== undefined) await tell(call, row);
  }
  return answer;
}

async function tell(call: Call, row: CommentRow): Promise<void> {
  const { site, repository, caller } = call;
  const path = `/repos/${repository.fullName}/pulls/comments/${row.id}`;
  const comment: JsonObject = asObject((await call.forward({ method: 'GET', path })).body);
  const pull_request = await pullRequestJson(site, repository, Number(call.parameters.pull_number));
  const told = { action: 'created', comment, pull_request };
  await emit(site, repository, 'pull_request_review_comment', caller.login ?? '', told);
}
