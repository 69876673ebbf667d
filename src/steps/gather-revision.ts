import type { Fix } from '../domain/fix-facts.ts';
import type { ReviewThread } from '../domain/pull-request.ts';
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
  /** Whether there is more to it than threads. */
  readonly hasOrders: boolean;
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
  const allWanted: OpenThread[] = [];
  for (const thread of open) {
    const last = thread.comments.at(-1);
    if (last !== undefined && !last.isOwn && (await mayCommand(last.author, last.isBot))) allWanted.push(thread);
  }
  const wanted = allWanted.slice(0, maxThreads);
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
    ...(await Promise.all(wanted.map((thread, index) => threadText(thread, `T${index + 1}`, mayCommand)))),
  ];
  const hasOrders = fix.orders.length + orders.length > 0;
  // What is more than one revision can hold keeps its reviews for the next one.
  const reviews = wanted.length < allWanted.length ? [] : fix.pendingReviews;
  const reviewers = [
    ...new Set(pending.filter(({ state }) => state === 'changes-requested').map(({ author }) => author)),
  ];
  return { text: parts.join('\n\n---\n\n'), threads, reviews, reviewers, hasOrders };
}

const visible = (text: string): string => visibleText(text, maxRemarkLength).text;

type MayCommand = (login: string, isBot: boolean) => Promise<boolean>;

/** Of a thread only what we and those who may command said: others may have written above a maintainer's "hm". */
async function threadText({ path, line, comments }: OpenThread, name: string, mayCommand: MayCommand): Promise<string> {
  const place = line === null ? `${path} (the line is gone since)` : `${path}:${line}`;
  const said: string[] = [];
  for (const { author, isOwn, isBot, body } of comments) {
    const isHeard = isOwn || (await mayCommand(author, isBot));
    said.push(isHeard ? `${isOwn ? 'you' : author}: ${visible(body)}` : '(a remark of somebody without write access)');
  }
  return [`Review thread ${name}, at ${place}:`, ...said].join('\n\n');
}

/** Whether somebody may command here, asked once for each person. */
function rememberWho(ports: Pick<Ports, 'repositories'>, fix: Fix): MayCommand {
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
