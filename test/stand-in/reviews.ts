import { roleOf } from './collaborators.ts';
import type { CommentRow, PullRequestRow, ReviewRow } from './emulate-core.ts';
import { askEmulate, emit, pullRequestJson } from './internal.ts';
import { asObject, asText, type JsonObject } from './json.ts';
import { hasRole } from './permissions.ts';
import { type Repository, resolveCommit } from './repository.ts';
import { type Answer, type Call, notFound, type Routes, refuse, type Site } from './site.ts';

/** Reviews and comments on code: emulate knows GitHub's older fields only, no replies, and none of the refusals. */
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
  'pulls/list-reviews': listReviews,
  'pulls/dismiss-review': dismissReview,
};

const unprocessable = (error: string): Answer => refuse(422, 'Unprocessable Entity', { errors: [error] });

const findPull = ({ site, repository, parameters }: Call): PullRequestRow | undefined =>
  site.core.store.pullRequests
    .findBy('repo_id', repository.id)
    .find((pull) => pull.number === Number(parameters.pull_number));

async function createReview(call: Call): Promise<Answer> {
  const pull = findPull(call);
  if (pull === undefined) return notFound();
  const given = Array.isArray(call.body.comments) ? call.body.comments.map(asObject) : [];
  const refusal = await refuseReview(call, pull, given.length > 0);
  if (refusal !== null) return refusal;
  // GitHub places comments by `line`, emulate by `position`.
  const comments = given.map((comment) => ({ ...comment, position: comment.position ?? comment.line ?? 1 }));
  const answer = await call.forward({ body: { ...call.body, comments } });
  if (answer.status !== 201) return answer;
  const { store } = call.site.core;
  const reviewId = asObject(answer.body).id;
  const made = store.comments.findBy('repo_id', call.repository.id).filter((row) => row.review_id === reviewId);
  for (const [index, row] of made.entries()) {
    const line = given[index]?.line;
    if (typeof line === 'number') store.comments.update(row.id, { line });
    if (call.body.event !== undefined) await tellComment(call, row);
  }
  return { ...answer, status: 200 };
}

async function refuseReview(call: Call, pull: PullRequestRow, hasComments: boolean): Promise<Answer | null> {
  const { event, body, commit_id } = call.body;
  const isOwn = call.site.core.store.users.get(pull.user_id)?.login === call.caller.login;
  if (isOwn && event === 'APPROVE') return unprocessable('Can not approve your own pull request');
  if (isOwn && event === 'REQUEST_CHANGES') return unprocessable('Can not request changes on your own pull request');
  const needsBody = event === 'REQUEST_CHANGES' || (event === 'COMMENT' && !hasComments);
  if (needsBody && asText(body).trim() === '') return unprocessable("Body can't be blank");
  const isKnown = commit_id === undefined || (await resolveCommit(call.repository.folder, asText(commit_id))) !== null;
  return isKnown ? null : unprocessable('The provided commit is not part of the pull request');
}

/** GitHub tells each comment of a review too. */
async function tellComment(call: Call, row: CommentRow): Promise<void> {
  const { site, repository, caller } = call;
  const path = `/repos/${repository.fullName}/pulls/comments/${row.id}`;
  const comment: JsonObject = asObject((await call.forward({ method: 'GET', path })).body);
  const pull_request = await pullRequestJson(site, repository, Number(call.parameters.pull_number));
  const told = { action: 'created', comment, pull_request };
  await emit(site, repository, 'pull_request_review_comment', caller.login ?? '', told);
}

/** A review that was not submitted yet is seen by its author only. */
async function listReviews(call: Call): Promise<Answer> {
  const answer = await call.forward();
  if (!Array.isArray(answer.body)) return answer;
  const reviews = answer.body.map(asObject);
  const { login } = call.caller;
  return {
    ...answer,
    body: reviews.filter(({ state, user }) => state !== 'PENDING' || asObject(user).login === login),
  };
}

const dismissible = new Set(['APPROVED', 'CHANGES_REQUESTED']);

/** The review keeps its text (emulate would put the message there), and the commit that it was given for. */
async function dismissReview(call: Call): Promise<Answer> {
  const { site, repository, caller } = call;
  const pull = findPull(call);
  const review = site.core.store.reviews.get(Number(call.parameters.review_id));
  if (pull === undefined || review?.repo_id !== repository.id || review.pull_number !== pull.number) return notFound();
  const { refusesDismissals } = repository.switches;
  if (refusesDismissals !== null) {
    return refuse(refusesDismissals, 'Branch protections do not permit dismissing this review');
  }
  if (asText(call.body.message).trim() === '') return unprocessable("Message can't be blank");
  if (!dismissible.has(review.state)) {
    const error = `Can not dismiss a ${review.state.toLowerCase()} pull request review`;
    return refuse(422, 'Validation Failed', { errors: [error] });
  }
  site.core.store.reviews.update(review.id, { state: 'DISMISSED' });
  const path = `/repos/${repository.fullName}/pulls/${pull.number}/reviews/${review.id}`;
  const body = await askEmulate(site, 'GET', path);
  await emit(site, repository, 'pull_request_review', caller.login ?? '', {
    action: 'dismissed',
    review: { ...body, state: 'dismissed' },
    pull_request: await pullRequestJson(site, repository, pull.number),
  });
  return { status: 200, body };
}

export interface ReviewView {
  readonly id: number;
  readonly author: string;
  readonly state: string;
  /** The head when it was given. */
  readonly commit: string;
  readonly body: string;
}

const rowsOf = ({ core: { store } }: Site, repository: Repository, number: number): ReviewRow[] =>
  store.reviews
    .findBy('repo_id', repository.id)
    .filter((row) => row.pull_number === number)
    .toSorted((a, b) => a.id - b.id);

/** Oldest first. */
export const reviewsOf = (site: Site, repository: Repository, number: number): ReviewView[] =>
  rowsOf(site, repository, number).map((row) => ({
    id: row.id,
    author: site.core.store.users.get(row.user_id)?.login ?? 'ghost',
    state: row.state,
    commit: row.commit_id,
    body: row.body ?? '',
  }));

/**
 * Whether a branch protection that wants one approval would let it be merged: of each reviewer with write access the
 * last word that was not dismissed counts, comments are no word, and nobody may ask for changes. So an approval is only
 * gone when every one of that reviewer is.
 */
export function isApproved(site: Site, repository: Repository, number: number): boolean {
  const words = reviewsOf(site, repository, number)
    .filter(({ author }) => hasRole(roleOf(repository, author), 'write'))
    .filter(({ state }) => dismissible.has(state));
  const last = [...new Map(words.map(({ author, state }) => [author, state])).values()];
  return last.includes('APPROVED') && !last.includes('CHANGES_REQUESTED');
}
