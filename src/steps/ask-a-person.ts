import { isUnreviewed } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { opinionText } from '../domain/review.ts';
import type { Ports } from '../ports/ports.ts';
import { patchGateComment } from '../thread/gate-text.ts';
import { recordShown } from './check-shown.ts';
import { committedDocuments, type DocumentPorts, treeBeforePatch } from './committed-documents.ts';
import type { Need } from './needs-a-person.ts';
import { putComment } from './put-comment.ts';

const maxDiffBytes = 40_000;

/** Shows in the pull request what has to be decided, with the diff: the branch does not hold the code yet. Idempotent. */
export async function askAPerson(
  ports: Pick<Ports, 'thread' | 'effects' | 'attempts'> & DocumentPorts,
  fix: Fix,
  { reasons, digest }: Need,
): Promise<number | null> {
  const { ground, candidate, pullRequest, repository, id } = fix;
  if (ground === null || candidate === null || pullRequest === null)
    throw new TypeError(`${id} asks about a patch it does not have`);
  const newest = await ports.attempts.newest(id);
  const attempt = { summary: newest?.summary ?? null };
  const before = await treeBeforePatch(ports, fix, attempt, ground, ground.tip);
  const diff = await ports.workspace.diff(repository, before, candidate.sha, maxDiffBytes);
  const text = patchGateComment({
    fix,
    reasons,
    diff: diff.text,
    isCut: diff.isCut,
    documents: (await committedDocuments(ports, fix, attempt, ground)).folder,
    whyTestsChange: newest?.summary?.whyTestsChange ?? null,
    isUnreviewed: newest !== null && isUnreviewed(newest),
    objections: newest?.review?.verdict === 'send-back' ? opinionText(newest.review) : null,
  });
  // One comment for each thing to decide: whoever approved an earlier one can still see what that was.
  // And a new one where the last was changed by hand, so that no approval of that can mean this.
  const again = fix.gate?.isVoid === true ? `-${fix.gate.shownIn ?? 0}` : '';
  const key = `gate-${digest.slice(0, 12)}${again}`;
  const { number } = pullRequest;
  const shownIn = await putComment(ports, { fix: id, repository, number, key, text });
  await recordShown(ports, fix, number, shownIn === null ? [] : [{ kind: 'question', id: shownIn }]);
  return shownIn;
}
