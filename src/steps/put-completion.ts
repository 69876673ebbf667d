import type { Fix } from '../domain/fix-facts.ts';
import type { Ports } from '../ports/ports.ts';
import { abandonedComment, completionComment, farewellComment } from '../thread/pull-request-text.ts';
import { committedDocuments, type DocumentPorts } from './committed-documents.ts';
import { putComment } from './put-comment.ts';

type CompletionPorts = Pick<Ports, 'thread' | 'effects' | 'turns' | 'attempts'>;

/** The summary under which the pull request is offered. Idempotent. */
export async function putCompletion(
  ports: CompletionPorts & DocumentPorts,
  fix: Fix,
  pullRequest: number,
): Promise<void> {
  const attempts = await ports.attempts.all(fix.id);
  const last = attempts.at(-1);
  const facts = {
    fix,
    attempts,
    ...(last === undefined || fix.ground === null
      ? {}
      : { documents: await committedDocuments(ports, fix, last, fix.ground) }),
    spent: await ports.turns.spending(fix.id),
    models: await ports.turns.models(fix.id),
    findings: fix.feedback ?? '',
  };
  await put(ports, fix, pullRequest, 'completion', completionComment(facts));
}

/** The honest end of a fix that was given up. Idempotent. */
export async function putAbandoned(
  ports: CompletionPorts & Pick<Ports, 'commits'>,
  fix: Fix,
  pullRequest: number,
): Promise<void> {
  const tip = fix.ground === null ? null : await ports.commits.tipOf(fix.repository, `refs/heads/${fix.ground.branch}`);
  const facts = {
    fix,
    attempts: await ports.attempts.all(fix.id),
    spent: await ports.turns.spending(fix.id),
    isPublished: tip !== null && tip === fix.candidate?.sha,
  };
  await put(ports, fix, pullRequest, 'abandoned', abandonedComment(facts));
}

/** A fix that nobody answered to in time is closed politely. Idempotent. */
export const putFarewell = (ports: CompletionPorts, fix: Fix, number: number): Promise<void> =>
  put(ports, fix, number, 'farewell', farewellComment(fix));

const put = async (ports: CompletionPorts, fix: Fix, number: number, key: string, text: string): Promise<void> => {
  await putComment(ports, {
    fix: fix.id,
    repository: fix.repository,
    number,
    key,
    text,
    ...(fix.candidate === null ? {} : { moreUrl: fix.candidate.runUrl }),
  });
};
