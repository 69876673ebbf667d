import { approversOf } from '../domain/approvers.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { digestOf } from '../domain/frozen-input.ts';
import { isSameLogin } from '../domain/who.ts';
import type { Ports } from '../ports/ports.ts';
import { askWho } from './ask-who.ts';
import { doubtNow } from './inspect-repository.ts';

export interface Need {
  /** Why a person has to decide before code goes on the branch; empty when nobody has to. */
  readonly reasons: readonly string[];
  /** An approval has to carry this. It changes with the candidate and with what else is to be decided. */
  readonly digest: string;
  readonly words: string | null;
}

type NeedPorts = Pick<Ports, 'repositories' | 'reviews'>;

/**
 * Looks, right before anything is pushed, at everything that a person has to decide: what the patch policy asks about,
 * words of the issue that changed, a requester who has lost the right to order, approvals that stand for code nobody
 * had seen. An approval of exactly this by somebody who still may give it settles all of it but the last.
 */
export async function whatNeedsAPerson(ports: NeedPorts, fix: Fix): Promise<Need> {
  const early = await dismissEarlyApprovals(ports, fix);
  const doubt = await doubtNow(ports, fix);
  const lost = await requesterFault(ports, fix);
  const words = doubt?.words ?? null;
  const digest = digestOf(JSON.stringify([fix.candidate?.sha, fix.asks, lost, early]));
  if (early.length === 0 && doubt === null && (await isApproved(ports, fix, digest)))
    return { reasons: [], digest, words };
  const reasons = [
    ...fix.asks.map(({ path, why }) => `\`${path.replaceAll('`', "'")}\`: ${why}`),
    doubt?.reason,
    lost,
    ...early,
  ].filter((reason) => reason != null);
  return { reasons, digest, words };
}

async function requesterFault(ports: NeedPorts, fix: Fix): Promise<string | null> {
  const { repository, requester: login, requesterId: id, policy, origin } = fix;
  // Where the configuration orders it there is nobody who could lose a right.
  if (origin.kind === 'checks' && origin.failing.orderedBy === null) return null;
  const actor = { login, id, isBot: login.endsWith('[bot]') };
  const who = await askWho(ports, { repository, action: 'trigger', actor, policy: policy.who, isRequester: true });
  return who.kind === 'may' ? null : `${login}, who ordered this, may not start a fix any more`;
}

/** Whether somebody approved exactly this, and may still approve. */
async function isApproved(ports: NeedPorts, fix: Fix, digest: string): Promise<boolean> {
  for (const { by } of fix.approvals.filter((one) => one.gate === 'patch' && one.digest === digest)) {
    const isRequester = isSameLogin(by, fix.requester);
    const actor = { login: by, isBot: false };
    const { repository } = fix;
    const who = await askWho(ports, { repository, action: 'approve', actor, policy: approversOf(fix), isRequester });
    if (who.kind === 'may') return true;
  }
  return false;
}

const dismissal =
  'This approval was given before there was code. ai-fix puts a validated patch on the branch now; please review that.';

/**
 * Takes back reviews that approved the pull request before the code came: else they would stay an approval of code
 * that nobody has seen. Returns what could not be taken back, in a person's words. Idempotent.
 */
export async function dismissEarlyApprovals(
  { reviews }: Pick<Ports, 'reviews'>,
  { repository, pullRequest, candidate }: Fix,
): Promise<readonly string[]> {
  if (pullRequest === null) return [];
  const standing = await reviews.approvals(repository, pullRequest.number);
  const left: string[] = [];
  for (const { review, by, commit } of standing) {
    if (commit === candidate?.sha) continue;
    const answer = await reviews.dismiss(repository, pullRequest.number, review, dismissal);
    if (answer === 'refused')
      left.push(
        `${by} approved the pull request before there was code, and GitHub lets ai-fix not dismiss that; dismiss it by hand first`,
      );
  }
  return left;
}
