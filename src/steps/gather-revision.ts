import type { ReviewThread } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { isSameLogin } from '../domain/who.ts';
import type { Ports } from '../ports/ports.ts';
import type { OpenThread, SubmittedReview } from '../ports/reviews.ts';
import { visibleText } from '../thread/incoming.ts';
import { askWho } from './ask-who.ts';

export interface Revision {
  /** What the models read; empty where nobody wants anything. */
  readonly text: string;
  readonly threads: readonly ReviewThread[];
  /** Reviews that are taken up with it, by number. */
  readonly reviews: readonly number[];
  /** People who asked for changes. */
  readonly reviewers: readonly string[];
}

const maxThreads = 40;
const maxRemarkLength = 4_000;

/**
 * What people who may command want changed: their orders, the open threads in which they have the last word, and the
 * texts of reviews that were not looked at yet. What others say stays with people.
 */
export async function gatherRevision(
  ports: Pick<Ports, 'reviews' | 'repositories'>,
  fix: Fix,
  pullRequest: number,
): Promise<Revision> {
  const mayCommand = rememberWho(ports, fix);
  const open = await ports.reviews.openThreads(fix.repository, pullRequest);
  const wanted: OpenThread[] = [];
  for (const thread of open.slice(-maxThreads)) {
    const last = thread.comments.at(-1);
    if (last !== undefined && !last.isOwn && (await mayCommand(last.author, last.isBot))) wanted.push(thread);
  }
  const pending = (await ports.reviews.submitted(fix.repository, pullRequest)).filter(({ id }) =>
    fix.pendingReviews.includes(id),
  );
  const texts: SubmittedReview[] = [];
  for (const review of pending) {
    const says = review.body.trim() !== '' && (review.state === 'changes-requested' || review.state === 'commented');
    if (says && (await mayCommand(review.author, review.isBot))) texts.push(review);
  }
  // A remark below a review, or an approval with a kind word, orders nothing by itself.
  const orders = texts.filter(({ state }) => state === 'changes-requested' || wanted.length > 0);
  const threads = wanted.map(({ comments }, index) => ({ comment: comments[0]?.id ?? 0, name: `T${index + 1}` }));
  const parts = [
    ...fix.orders,
    ...orders.map(({ author, body }) => `${author} says of the whole change:\n\n${visible(body)}`),
    ...wanted.map((thread, index) => threadText(thread, `T${index + 1}`)),
  ];
  const reviewers = [
    ...new Set(pending.filter(({ state }) => state === 'changes-requested').map(({ author }) => author)),
  ];
  return { text: parts.join('\n\n---\n\n'), threads, reviews: fix.pendingReviews, reviewers };
}

const visible = (text: string): string => visibleText(text, maxRemarkLength).text;

function threadText({ path, line, comments }: OpenThread, name: string): string {
  const place = line === null ? `${path} (the line is gone since)` : `${path}:${line}`;
  const said = comments.map(({ author, isOwn, body }) => `${isOwn ? 'you' : author}: ${visible(body)}`);
  return [`Review thread ${name}, at ${place}:`, ...said].join('\n\n');
}

/** Whether somebody may command here, asked once for each person. */
function rememberWho(ports: Pick<Ports, 'repositories'>, fix: Fix) {
  const known = new Map<string, boolean>();
  return async (login: string, isBot: boolean): Promise<boolean> => {
    const before = known.get(login);
    if (before !== undefined) return before;
    const answer = await askWho(ports, {
      repository: fix.repository,
      action: 'command',
      actor: { login, isBot },
      policy: fix.policy.who,
      isRequester: isSameLogin(login, fix.requester),
    });
    known.set(login, answer.kind === 'may');
    return answer.kind === 'may';
  };
}
