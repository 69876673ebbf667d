import { ForgeError } from '../../src/domain/faults.ts';
import type { Thread } from '../../src/ports/thread.ts';

export interface FakeThread extends Thread {
  /** What was asked of GitHub so far: `comment`, `edit`, `remove`, `list`. */
  readonly calls: string[];
  readonly comments: Map<number, { number: number; body: string; isOwn: boolean }>;
  readonly labels: Map<number, string[]>;
  /** The next comment is made, and its answer is lost. */
  loseNextAnswer(): void;
  /** A comment that somebody else writes. */
  hear(number: number, body: string): void;
}

/** The threads of one repository in memory, with what people write in them. */
export function fakeThread(): FakeThread {
  const comments: FakeThread['comments'] = new Map();
  const labels = new Map<number, string[]>();
  const calls: string[] = [];
  let isAnswerLost = false;
  let nextId = 100;
  const add = (number: number, body: string, isOwn: boolean) => {
    nextId += 1;
    comments.set(nextId, { number, body, isOwn });
    return nextId;
  };
  return {
    calls,
    comments,
    labels,
    loseNextAnswer: () => {
      isAnswerLost = true;
    },
    hear: (number, body) => {
      add(number, body, false);
    },
    ownComments: async (_repository, number) => {
      calls.push('list');
      return [...comments]
        .filter(([, comment]) => comment.number === number && comment.isOwn)
        .map(([id, { body }]) => ({ id, body }));
    },
    otherComments: async (_repository, number, limit) =>
      [...comments]
        .filter(([, comment]) => comment.number === number && !comment.isOwn)
        .slice(0, limit)
        .map(([id, { body }]) => ({
          id,
          author: 'rita',
          authorId: 5,
          isBot: false,
          createdAtMs: 0,
          editedAtMs: 0,
          body,
        })),
    comment: async (_repository, number, body) => {
      calls.push('comment');
      const id = add(number, body, true);
      if (!isAnswerLost) return id;
      isAnswerLost = false;
      throw new ForgeError('the connection broke before the answer', { isRetryable: true });
    },
    edit: async (_repository, commentId, body) => {
      calls.push('edit');
      const comment = comments.get(commentId);
      if (comment === undefined) return false;
      comment.body = body;
      return true;
    },
    remove: async (_repository, commentId) => {
      calls.push('remove');
      comments.delete(commentId);
    },
    react: async () => undefined,
    setOwnLabels: async (_repository, number, prefix, wanted) => {
      const others = (labels.get(number) ?? []).filter((label) => !label.startsWith(prefix));
      labels.set(number, [...others, ...wanted]);
    },
  };
}
