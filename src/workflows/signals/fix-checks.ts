import { subjectOfChecks } from '../../domain/failing-checks.ts';
import type { Fix } from '../../domain/fix-facts.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Ports } from '../../ports/ports.ts';
import { askWho } from '../../steps/ask-who.ts';
import { checksOf } from '../../steps/checks-of.ts';
import { mayStartHere } from '../../steps/may-start-here.ts';
import {
  flakyReason,
  mendsAlreadyText,
  noFailingText,
  notAPullRequestText,
  ownPullRequestText,
} from '../../thread/checks-text.ts';
import { notNowText } from '../../thread/command-text.ts';
import { refusalText } from '../../thread/refusal.ts';
import { beginChecks, isAbout } from './begin-checks.ts';
import type { Outcome, SignalOf } from './outcome.ts';

/** `/ai-fix fix-checks` in a pull request: what it comes to, or the words in which it is turned down. */
export async function onFixChecks(
  ports: Ports,
  id: DeliveryId,
  { repository, number, isPullRequest, actor, commentId }: SignalOf<'command'>,
  { policy, fix }: { readonly policy: Policy; readonly fix: Fix | null },
): Promise<Outcome | string> {
  if (isPullRequest !== true) return notAPullRequestText;
  const offer = await ports.checks.offer(repository, number);
  const isOurs = offer?.isFork === false && offer.branch.startsWith(policy.branches.prefix);
  if (isOurs || fix?.pullRequest?.number === number) return ownPullRequestText;
  if (offer?.isOpen !== true) return 'This pull request is closed.';
  // It starts work as a label does, and spends as much.
  const who = await askWho(ports, { repository, action: 'trigger', actor, policy: policy.who, isRequester: true });
  if (who.kind !== 'may') return refusalText(actor.login, 'trigger', who.kind === 'refused' ? who.because : who.note);
  const place = await mayStartHere(ports, repository);
  if (place.kind !== 'may') return place.text;
  const watched = { branch: offer.branch, pullRequest: number, isFork: offer.isFork };
  const live = await ports.fixes.findLive(repository, subjectOfChecks(watched));
  if (live !== null && isAbout(live, offer.head)) return notNowText('fix-checks', live);
  if (live?.state === 'complete') return mendsAlreadyText(live.pullRequest?.number ?? 0);
  const { failing, running, flaky } = await checksOf(ports, repository, offer.head, policy);
  if (failing.length === 0) {
    const chance = flaky.length === 0 ? '' : ` ${flakyReason(flaky)}.`;
    return `${noFailingText(running.length)}${chance}`;
  }
  await ports.ignoredThreads.heed(repository, number);
  const order = { repository, policy, watched, sha: offer.head, by: actor, moment: `comment:${commentId}` };
  return beginChecks(ports, id, order);
}
