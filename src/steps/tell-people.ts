import { type Fix, threadOf } from '../domain/fix-facts.ts';
import type { Ports } from '../ports/ports.ts';
import { cut } from '../thread/outgoing.ts';
import { headline } from '../thread/status-comment.ts';
import { putComment } from './put-comment.ts';

interface Words {
  readonly key: string;
  readonly title: string;
  readonly text: string;
}

/** GitHub refuses longer summaries. */
const maxSummaryLength = 60_000;

/**
 * Says something where people follow a fix of failing checks: in its thread, or on the failing commit where there is
 * none, as a check run that judges nothing. Idempotent.
 */
export async function tellPeople(
  ports: Pick<Ports, 'thread' | 'effects' | 'checkRuns'>,
  fix: Fix,
  { key, title, text }: Words,
): Promise<void> {
  const number = threadOf(fix);
  if (number === null) await putOnCommit(ports, fix, title, text);
  else await putComment(ports, { fix: fix.id, repository: fix.repository, number, key, text });
  await ports.effects.record(fix.id, 'told', { key });
}

/** The end of a fix of failing checks, on the commit itself: who looks there has no other place to hear of it. Idempotent. */
export async function tellOnCommit(ports: Pick<Ports, 'effects' | 'checkRuns'>, fix: Fix): Promise<void> {
  const isHeard = threadOf(fix) !== null && fix.advice === null;
  if (fix.origin.kind !== 'checks' || isHeard || (await ports.effects.find(fix.id, 'told')) !== null) return;
  const said = `ai-fix ${headline(fix)}`;
  await putOnCommit(ports, fix, said.slice(0, 200), [said, fix.advice].filter(Boolean).join('\n\n'));
}

async function putOnCommit(
  { checkRuns }: Pick<Ports, 'checkRuns'>,
  fix: Fix,
  title: string,
  text: string,
): Promise<void> {
  if (fix.origin.kind !== 'checks') return;
  await checkRuns.put(fix.repository, {
    name: 'ai-fix',
    key: fix.id,
    commit: fix.origin.failing.sha,
    conclusion: 'neutral',
    title,
    summary: cut(text, maxSummaryLength),
  });
}
