import { now } from './clock.ts';
import { userJson } from './decorate.ts';
import { asText, type JsonObject } from './json.ts';
import { type Answer, type Call, invalid, notFound, page, type Routes, type Site } from './site.ts';

interface Reaction {
  readonly id: number;
  readonly subject: string;
  readonly login: string;
  readonly content: string;
  readonly createdAt: string;
}

/** Reactions of one stand-in, which emulate does not keep. */
export type Reactions = Reaction[];

export function reactionRoutes(reactions: Reactions): Routes {
  const subjectOf = (call: Call, kind: 'issue' | 'comment' | 'review-comment'): string =>
    `${call.repository.fullName} ${kind} ${call.parameters.issue_number ?? call.parameters.comment_id}`;
  const list = (kind: 'issue' | 'comment') => async (call: Call) => {
    const mine = reactions.filter((reaction) => reaction.subject === subjectOf(call, kind));
    const wanted = call.query.get('content');
    const chosen = mine.filter((reaction) => wanted === null || reaction.content === wanted);
    const { items, headers } = page(call, chosen);
    return { status: 200, body: items.map((reaction) => reactionJson(call.site, reaction)), headers };
  };
  const react = (kind: 'issue' | 'comment' | 'review-comment') => async (call: Call) =>
    addReaction(reactions, call, subjectOf(call, kind));
  const withdraw = async (call: Call): Promise<Answer> => {
    const index = reactions.findIndex((reaction) => reaction.id === Number(call.parameters.reaction_id));
    if (index < 0) return notFound();
    reactions.splice(index, 1);
    return { status: 204 };
  };
  return {
    'reactions/list-for-issue': list('issue'),
    'reactions/list-for-issue-comment': list('comment'),
    'reactions/create-for-issue': react('issue'),
    'reactions/create-for-issue-comment': react('comment'),
    'reactions/create-for-pull-request-review-comment': react('review-comment'),
    'reactions/delete-for-issue': withdraw,
    'reactions/delete-for-issue-comment': withdraw,
  };
}

const contents = new Set(['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']);

async function addReaction(reactions: Reactions, call: Call, subject: string): Promise<Answer> {
  const content = asText(call.body.content);
  const login = call.caller.login ?? '';
  if (!contents.has(content)) return invalid('Reaction', 'content', 'invalid');
  if (!(await isThere(call))) return notFound();
  const known = reactions.find((one) => one.subject === subject && one.login === login && one.content === content);
  if (known !== undefined) return { status: 200, body: reactionJson(call.site, known) };
  const id = (reactions.at(-1)?.id ?? 0) + 1;
  const added = { id, subject, login, content, createdAt: now() };
  reactions.push(added);
  return { status: 201, body: reactionJson(call.site, added) };
}

async function isThere(call: Call): Promise<boolean> {
  const { fullName, id } = call.repository;
  const number = call.parameters.issue_number;
  if (number !== undefined) {
    return call.site.core.store.issues.findBy('repo_id', id).some((issue) => issue.number === Number(number));
  }
  const comment = `/comments/${call.parameters.comment_id}`;
  const issueComment = await call.forward({ method: 'GET', path: `/repos/${fullName}/issues${comment}` });
  if (issueComment.status === 200) return true;
  return (await call.forward({ method: 'GET', path: `/repos/${fullName}/pulls${comment}` })).status === 200;
}

const reactionJson = (site: Site, reaction: Reaction): JsonObject => ({
  id: reaction.id,
  node_id: Buffer.from(`Reaction${reaction.id}`).toString('base64'),
  user: userJson(site, reaction.login),
  content: reaction.content,
  created_at: reaction.createdAt,
});
