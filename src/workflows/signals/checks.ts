import { subjectOfChecks } from '../../domain/failing-checks.ts';
import { type Fix, isOver } from '../../domain/fix-facts.ts';
import { asSha, type DeliveryId, type FixId, type Sha } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Actor } from '../../domain/who.ts';
import type { Ports } from '../../ports/ports.ts';
import { askWho } from '../../steps/ask-who.ts';
import { checksOf } from '../../steps/checks-of.ts';
import { failingTip } from '../../steps/inspect-failing.ts';
import { mayStartHere } from '../../steps/may-start-here.ts';
import { replyOnceInThread } from '../../steps/reply-once.ts';
import { configuredAmong, isOwnDoing, type Watched, watchedChecks } from '../../steps/watched-checks.ts';
import { passAgain } from '../../thread/checks-text.ts';
import { refusalText } from '../../thread/refusal.ts';
import { beginChecks, isAbout, stopInFavour } from './begin-checks.ts';
import { policyIn } from './labelled.ts';
import { ignored, type Outcome, type SignalOf } from './outcome.ts';

type Concluded = SignalOf<'checks-concluded'>;

/**
 * Some check of a commit has ended. A failure on what is watched begins a fix, once for the commit; any end is a hint to
 * the fix that waits for it, and green checks end the one that they made needless. All of it is read from the API.
 */
export async function onChecksConcluded(ports: Ports, id: DeliveryId, signal: Concluded): Promise<Outcome> {
  const { repository } = signal;
  const policy = policyIn(await ports.policyOf(repository));
  if (policy === null) return ignored('the configuration is not valid');
  if (!policy.isEnabled) return ignored('ai-fix is switched off here');
  if (await isOwnDoing(ports, policy, signal)) return ignored('it was our own doing');
  const sha = asSha(signal.sha);
  if (!signal.hasFailed) return onGreen(ports, id, signal, sha);

  const watched = await watchedTip(ports, policy, signal, sha);
  if (watched === null) return ignored('nobody watches this commit, or the branch has moved on');
  const live = await ports.fixes.findLive(repository, subjectOfChecks(watched));
  if (live !== null && isAbout(live, sha)) return hint(ports, id, live);
  if (watched.pullRequest !== null && (await ports.ignoredThreads.has(repository, watched.pullRequest)))
    return ignored('somebody asked to leave this alone');
  if (await isOwnDelivery(ports, repository, sha)) return ignored("the commit is ai-fix's own");
  const place = await mayStartHere(ports, repository);
  if (place.kind !== 'may') return ignored(place.note);
  const by = await whoWantsIt(ports, policy, repository, watched);
  if (by === 'nobody') return ignored('nobody who may start a fix put the label there');
  return beginChecks(ports, id, { repository, policy, watched, sha, by, moment: null });
}

/** What is watched and stands at this commit: a status names every branch that has the commit anywhere. */
async function watchedTip(
  ports: Ports,
  policy: Policy,
  { repository, branches }: Concluded,
  sha: Sha,
): Promise<Watched | null> {
  const configured = configuredAmong(policy, branches);
  for (const watched of configured) if ((await failingTip(ports, repository, watched)) === sha) return watched;
  const others = branches.filter((name) => !configured.some(({ branch }) => branch === name));
  if (configured.length > 0 && others.length === 0) return null;
  return watchedChecks(ports, policy, { repository, sha, branches: others });
}

/** Wakes the fix that waits for this commit's checks; one that is at work needs no hint. */
async function hint(ports: Ports, id: DeliveryId, live: Fix): Promise<Outcome> {
  if (live.wait?.for !== 'checks') return ignored('the commit has a fix already');
  await ports.fixes.append(live.id, { type: 'checks-changed' }, { key: `delivery:${id}`, delivery: id });
  return { kind: 'told', fix: live.id };
}

async function onGreen(ports: Ports, id: DeliveryId, { repository, branches }: Concluded, sha: Sha): Promise<Outcome> {
  for (const branch of branches) {
    const live = await ports.fixes.findLive(repository, subjectOfChecks({ branch, pullRequest: null, isFork: false }));
    if (live === null) continue;
    if (isAbout(live, sha) && live.state === 'created') return hint(ports, id, live);
    if (!(await arePassing(ports, live, branch, sha))) return ignored('the checks are not all green yet');
    const isOpen =
      live.pullRequest === null || (await ports.pullRequests.state(repository, live.pullRequest.number)) === 'open';
    // A merge of the fix itself turns the branch green, and has a word of its own.
    if (!isOpen) return ignored('the pull request of the fix is closed');
    await stopInFavour(ports, live, passAgain(sha), `green:${sha}`);
    return { kind: 'told', fix: live.id };
  }
  return ignored('no fix waits for this');
}

async function arePassing(ports: Ports, live: Fix, branch: string, sha: Sha): Promise<boolean> {
  const tip = await failingTip(ports, live.repository, { branch, isFork: false, pullRequest: null });
  if (tip !== sha) return false;
  const { running, failing, hasPassed } = await checksOf(ports, live.repository, sha, live.policy);
  return running.length === 0 && failing.length === 0 && hasPassed;
}

/** A commit that a fix put on the branch itself: should it fail, people have to look. */
async function isOwnDelivery(ports: Ports, repository: Concluded['repository'], sha: Sha): Promise<boolean> {
  const { message } = await ports.commits.describe(repository, sha);
  const id = /^Ai-Fix: (f-[\w-]{1,80})$/m.exec(message)?.[1];
  const fix = id === undefined ? null : await ports.fixes.find(id as FixId);
  return fix?.published === sha;
}

/** Null where the configuration wants it; of a label, whoever put it there, if they may. */
async function whoWantsIt(
  ports: Ports,
  policy: Policy,
  repository: Concluded['repository'],
  { pullRequest }: Watched,
): Promise<Actor | null | 'nobody'> {
  if (pullRequest === null) return null;
  const actor = await ports.checks.labelledBy(repository, pullRequest, policy.label);
  if (actor === null) return 'nobody';
  const who = await askWho(ports, { repository, action: 'trigger', actor, policy: policy.who, isRequester: true });
  return who.kind === 'may' ? actor : 'nobody';
}

/** Somebody labelled a pull request: its checks that fail already are looked at now, others once they fail. */
export async function onPullRequestLabelled(
  ports: Ports,
  id: DeliveryId,
  { repository, actor, label, number, atMs }: SignalOf<'pull-request-labelled'>,
): Promise<Outcome> {
  const policy = policyIn(await ports.policyOf(repository));
  if (policy === null) return ignored('the configuration is not valid');
  const isWanted = policy.isEnabled && policy.triggers.failingChecks.pullRequests === 'labelled';
  if (label !== policy.label || !isWanted) return ignored('the label asks for nothing here');
  const offer = await ports.checks.offer(repository, number);
  const isOurs = offer?.isFork === false && offer.branch.startsWith(policy.branches.prefix);
  if (offer?.isOpen !== true || isOurs) return ignored('the pull request is closed or our own');
  const who = await askWho(ports, { repository, action: 'trigger', actor, policy: policy.who, isRequester: true });
  if (who.kind === 'silent') return ignored(who.note);
  const place = await mayStartHere(ports, repository);
  if (place.kind !== 'may') return ignored(place.note);
  if (who.kind === 'refused') {
    const text = refusalText(actor.login, 'trigger', who.because);
    await replyOnceInThread(ports, 'refusal', { repository, number, text });
    return ignored(`${actor.login} may not start a fix: ${who.because}`);
  }
  await ports.ignoredThreads.heed(repository, number);
  const { failing } = await checksOf(ports, repository, offer.head, policy);
  if (failing.length === 0) return ignored('no check fails yet');
  const watched = { branch: offer.branch, pullRequest: number, isFork: offer.isFork };
  return beginChecks(ports, id, { repository, policy, watched, sha: offer.head, by: actor, moment: `label:${atMs}` });
}

/** The label is gone, or the pull request is closed: whoever works on its checks stops. */
export async function stopChecksOf(
  ports: Ports,
  id: DeliveryId,
  repository: Concluded['repository'],
  number: number,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<Outcome | null> {
  const fix = await ports.fixes.findOfThread(repository, number);
  if (fix === null || isOver(fix.state) || fix.origin.kind !== 'checks' || fix.issue.number !== number) return null;
  await ports.fixes.append(fix.id, { type: 'stop-requested', by, reason }, { key: `delivery:${id}`, delivery: id });
  return { kind: 'told', fix: fix.id };
}
