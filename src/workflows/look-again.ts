import { type Fix, threadOf } from '../domain/fix-facts.ts';
import type { DeliveryId } from '../domain/ids.ts';
import type { Signal } from '../domain/signal.ts';
import type { Ports } from '../ports/ports.ts';
import { checkShown } from '../steps/check-shown.ts';
import { hasHeard } from '../steps/hear-once.ts';
import { unconfirmedDoubt } from '../steps/inspect-repository.ts';
import { showOwed } from '../steps/show-status.ts';
import { orderIn } from '../thread/order-in.ts';

/** About five requests each: at a sweep every half minute that is well below GitHub's 5,000 an hour. */
const perSweep = 5;
const maxComments = 300;

/**
 * Looks at live fixes, each every so often, for what no webhook told: that the issue or the pull request was closed, the
 * label taken away or the words edited; commands and reviews that nobody has answered.
 *
 * What could not be shown of a fix is shown first. What is found goes the way of a delivery, under an id of its own, so
 * it is handled like any other and only once.
 */
export async function lookAgain(ports: Ports): Promise<void> {
  for (const fix of await ports.fixes.claimToLookAt(perSweep, ports.pace.lookAgainEveryMs)) {
    await look(ports, fix).catch((error: unknown) =>
      ports.log.warn({ err: error, fix: fix.id }, 'a fix could not be looked at; the next look is in some minutes'),
    );
  }
}

/** The login that stands for whoever it was: the API does not tell in every case. */
const somebody = { login: 'somebody', isBot: false } as const;

async function look(ports: Ports, fix: Fix): Promise<void> {
  await showOwed(ports, fix);
  // Its pull request is about to be opened again.
  if (fix.burst === 'reopen') return;
  for (const { key, signal } of [
    ...(await endsOf(ports, fix)),
    ...(await commandsIn(ports, fix)),
    ...(await reviewsOf(ports, fix)),
  ]) {
    const id = `look-${fix.id}-${key}` as DeliveryId;
    if ((await ports.deliveries.accept(id, signal)) === 'known') continue;
    ports.log.info({ fix: fix.id, type: signal.type }, 'the sweep found what no webhook told');
    await ports.engine.startDelivery({ id, tries: 1 });
  }
}

interface Found {
  /** The same thing has the same key, each time it is found. */
  readonly key: string;
  readonly signal: Signal;
}

async function endsOf(ports: Ports, fix: Fix): Promise<Found[]> {
  const { repository, pullRequest, issue } = fix;
  const found: Found[] = [];
  // A life that was resumed may end in the same way once more.
  const key = (what: string) => `${what}-${fix.lives}`;
  if (pullRequest !== null && (await ports.pullRequests.state(repository, pullRequest.number)) !== 'open') {
    const { number } = pullRequest;
    found.push({
      key: key('closed-pull'),
      signal: { type: 'pull-request-closed', repository, actor: somebody, number },
    });
  }
  if (fix.origin.kind === 'checks') return [...found, ...(await endsOfChecks(ports, fix, key('closed-failing')))];
  const now = await ports.repositories.issue(repository, issue.number);
  const at = { repository, actor: somebody, issueNumber: issue.number };
  if (now === null || !now.isOpen) found.push({ key: key('closed-issue'), signal: { type: 'issue-closed', ...at } });
  else if (!now.labels.includes(fix.policy.label) && fix.lives === 0)
    found.push({ key: key('unlabelled'), signal: { type: 'issue-unlabelled', ...at, label: fix.policy.label } });
  if (fix.state === 'awaiting-approval') {
    const doubt = now === null ? null : unconfirmedDoubt(fix, now);
    if (doubt !== null && doubt.words !== fix.gate?.words)
      found.push({ key: key(`edited-${doubt.words.slice(0, 12)}`), signal: { type: 'issue-edited', ...at } });
    if (pullRequest !== null && (await checkShown(ports, fix)) !== null) {
      const { number } = pullRequest;
      const signal = { type: 'comment-changed', repository, actor: somebody, number } as const;
      found.push({ key: key(`shown-${fix.gate?.shownIn ?? 0}`), signal });
    }
  }
  return found;
}

/** The pull request whose checks fail may be closed too; how the checks themselves stand every burst looks at. */
async function endsOfChecks(ports: Ports, { repository, origin }: Fix, key: string): Promise<Found[]> {
  const number = origin.kind === 'checks' ? origin.failing.pullRequest : null;
  if (number === null || (await ports.checks.offer(repository, number))?.isOpen === true) return [];
  return [{ key, signal: { type: 'pull-request-closed', repository, actor: somebody, number } }];
}

/** Commands below the fix's own threads that nobody has heard, the older ones first. */
async function commandsIn(ports: Ports, fix: Fix): Promise<Found[]> {
  const { repository, pullRequest } = fix;
  const found: Found[] = [];
  const sinceMs = await livesSinceMs(ports, fix);
  for (const number of new Set([threadOf(fix), pullRequest?.number ?? null])) {
    if (number === null) continue;
    const comments = await ports.thread.otherComments(repository, number, maxComments);
    for (const { id, author, authorId, isBot, body, createdAtMs, editedAtMs } of comments) {
      // Others may edit a comment, and its author would be taken for who said so.
      const isAsWritten = createdAtMs === editedAtMs;
      const isLost = createdAtMs > sinceMs && createdAtMs < ports.now() - ports.pace.lookAgainEveryMs;
      const order = isLost && isAsWritten ? orderIn(body) : null;
      if (order === null || (await hasHeard(ports, fix.id, `comment:${id}`))) continue;
      const actor = { login: author, id: authorId, isBot };
      found.push({
        key: `comment-${id}`,
        signal: { type: 'command', repository, actor, number, commentId: id, order },
      });
    }
  }
  return found;
}

/** What was said before somebody resumed it was said to an earlier life of it, or to another fix. */
async function livesSinceMs({ fixes }: Ports, { id, createdAtMs }: Fix): Promise<number> {
  const resumed = (await fixes.events(id)).findLast(
    ({ event }) => event.type === 'resume-asked' || event.type === 'retry-asked',
  );
  return resumed?.atMs ?? createdAtMs;
}

async function reviewsOf(ports: Ports, fix: Fix): Promise<Found[]> {
  const { repository, pullRequest } = fix;
  if (pullRequest === null) return [];
  const { number } = pullRequest;
  const found: Found[] = [];
  for (const { id, author, isBot, state, body } of await ports.reviews.submitted(repository, number)) {
    const isWork = state === 'changes-requested' || state === 'commented';
    if (!isWork || (await hasHeard(ports, fix.id, `review:${id}`))) continue;
    const actor = { login: author, isBot };
    const wantsChanges = state === 'changes-requested';
    const signal = { type: 'review-submitted', repository, actor, number, review: id, wantsChanges } as const;
    found.push({ key: `review-${id}`, signal: { ...signal, text: body.slice(0, 8_000) } });
  }
  return found;
}
