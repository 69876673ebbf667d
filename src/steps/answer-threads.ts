import type { ThreadAnswer } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ports } from '../ports/ports.ts';
import { marker } from '../thread/outgoing.ts';
import { threadAnswerText } from '../thread/review-answers.ts';

/**
 * Answers every review thread of the revision with what was done about it or why not. Idempotent: an answer is found
 * again by its hidden first line.
 *
 * @param unanswered what is said where the writer left no answer, for instance because the work was given up.
 */
export async function answerThreads(
  { reviews, attempts }: Pick<Ports, 'reviews' | 'attempts'>,
  fix: Fix,
  pullRequest: number,
  unanswered = 'The work ended before this was looked at.',
): Promise<void> {
  if (fix.threads.length === 0) return;
  const newest = await attempts.newest(fix.id);
  // What an older revision answered was about other threads of the same names.
  const answers = (newest?.round === fix.round ? newest.summary?.answers : null) ?? [];
  const open = await reviews.openThreads(fix.repository, pullRequest);
  for (const { comment, name } of fix.threads) {
    const mark = marker(fix.id, `answer-${fix.round}-${comment}`);
    const thread = open.find(({ comments }) => comments[0]?.id === comment);
    // Somebody resolved it meanwhile, or deleted it.
    if (thread === undefined || thread.comments.some(({ isOwn, body }) => isOwn && body.startsWith(mark))) continue;
    const answer: ThreadAnswer = answers.find(({ thread: named }) => named === name) ?? {
      thread: name,
      isDone: false,
      text: unanswered,
    };
    const text = threadAnswerText(answer, fix.candidate?.sha ?? null);
    await reviews.answer(fix.repository, pullRequest, comment, `${mark}\n${text}`);
  }
}
