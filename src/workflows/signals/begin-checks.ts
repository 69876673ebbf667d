import { createHash } from 'node:crypto';
import { beginFix } from '../../domain/begin-fix.ts';
import { type FailingCommit, subjectOfChecks } from '../../domain/failing-checks.ts';
import { type Fix, isOver } from '../../domain/fix-facts.ts';
import { type DeliveryId, type FixId, fullName, type RepositoryRef, type Sha } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Actor } from '../../domain/who.ts';
import type { Ports } from '../../ports/ports.ts';
import { replyOnceInThread } from '../../steps/reply-once.ts';
import type { Watched } from '../../steps/watched-checks.ts';
import { checksLimitText, checksTitle, supersededBy } from '../../thread/checks-text.ts';
import { limitText } from '../../thread/refusal.ts';
import { ignored, type Outcome } from './outcome.ts';

/** What goes to work on one branch within a day without a person asking for it: a red branch must not spend for ever. */
const maxADay = 3;

export interface ChecksOrder {
  readonly repository: RepositoryRef;
  readonly policy: Policy;
  readonly watched: Watched;
  readonly sha: Sha;
  /** The person who ordered it; null where the configuration does. */
  readonly by: Actor | null;
  /** Tells one order from the next for the same commit; null where each commit is worked on once. */
  readonly moment: string | null;
}

/**
 * Begins the fix of a failing commit in place of the one for an older commit. The same order begins the same fix, so a
 * resumed delivery finds what it began.
 */
export async function beginChecks(ports: Ports, id: DeliveryId, order: ChecksOrder): Promise<Outcome> {
  const { repository, policy, watched, sha, by } = order;
  const live = await ports.fixes.findLive(repository, subjectOfChecks(watched));
  if (live !== null) {
    if (isAbout(live, sha)) return ignored('the commit has a fix already');
    if (live.state === 'complete') return ignored('a finished pull request mends this branch already');
    await stopInFavour(ports, live, supersededBy(sha), `superseded:${sha}`);
  }
  const stopped = live?.id ?? null;
  const author = await ports.checks.authorOf(repository, sha);
  const failing = { ...watched, sha, orderedBy: by?.login ?? null, author };
  const fix = await freshFix(ports, order, failing);
  const startsPerHour = {
    repository: policy.fixesPerHour,
    host: ports.fixesPerHour,
    ...(order.moment === null ? { subject: maxADay } : {}),
  };
  const begun = await ports.fixes.begin(fix, { type: 'checks-failed', failing }, { delivery: id, startsPerHour });
  if (begun.kind === 'limited') return tellLimit(ports, fix, failing, begun.by);
  const mine = begun.kind === 'known' ? await ports.fixes.find(fix.id) : fix;
  if (mine === null) return ignored('the branch has a fix already');
  return isOver(mine.state) ? ignored('this commit was worked on already') : { kind: 'told', fix: fix.id, stopped };
}

export const isAbout = ({ origin }: Fix, sha: string): boolean =>
  origin.kind === 'checks' && origin.failing.sha === sha;

/** Ends a fix because of what came after it. The burst that runs, if any, is overtaken at once. */
export async function stopInFavour(
  { fixes }: Pick<Ports, 'fixes'>,
  { id }: Fix,
  reason: string,
  key: string,
): Promise<void> {
  await fixes.append(id, { type: 'stop-requested', by: 'ai-fix', reason }, { key });
}

async function freshFix(
  ports: Ports,
  { repository, policy, by, moment }: ChecksOrder,
  failing: FailingCommit,
): Promise<Fix> {
  const { pullRequest, sha, author } = failing;
  const { webUrl } = await ports.repositories.facts(repository);
  const where = pullRequest === null ? `commit/${sha}` : `pull/${pullRequest}`;
  const issue = {
    number: pullRequest ?? 0,
    title: checksTitle(failing),
    body: '',
    author: author?.login ?? 'ghost',
    url: `${webUrl}/${where}`,
  };
  return beginFix({
    id: fixIdOf(repository, failing, moment),
    repository,
    origin: { kind: 'checks', failing },
    issue,
    requester: by?.login ?? (await ports.ownLogin()),
    ...(by?.id === undefined ? {} : { requesterId: by.id }),
    policy: policyOfChecks(policy),
    createdAtMs: ports.now(),
  });
}

/** What is read of an issue's words, or filed under its number, has no place where there are only logs. */
const policyOfChecks = (policy: Policy): Policy => ({
  ...policy,
  externalKeys: { prefixes: [], link: null },
  documents: { ...policy.documents, where: 'comments' },
});

function fixIdOf(repository: RepositoryRef, failing: FailingCommit, moment: string | null): FixId {
  const digest = createHash('sha256')
    .update(JSON.stringify([fullName(repository), subjectOfChecks(failing), failing.sha, moment]))
    .digest('hex');
  return `f-checks-${digest.slice(0, 12)}` as FixId;
}

async function tellLimit(
  ports: Ports,
  fix: Fix,
  { pullRequest, sha }: FailingCommit,
  by: 'repository' | 'host' | 'subject',
): Promise<Outcome> {
  const { repository, policy } = fix;
  const limit = { repository: policy.fixesPerHour, host: ports.fixesPerHour, subject: maxADay }[by];
  const text = by === 'subject' ? checksLimitText(limit) : limitText(by, limit, policy.label);
  if (pullRequest !== null) await replyOnceInThread(ports, 'limit', { repository, number: pullRequest, text });
  else {
    const title = 'ai-fix leaves these failing checks to people';
    const check = { name: 'ai-fix', key: fix.id, commit: sha, conclusion: 'neutral', title, summary: text } as const;
    await ports.checkRuns.put(repository, check);
  }
  ports.log.warn({ repository, limit, by }, 'no more fixes of failing checks are started for now');
  return ignored(`the limit of ${limit} is reached (${by})`);
}
