import { isOver } from '../domain/fix-facts.ts';
import { asSha, fullName, type RepositoryRef } from '../domain/ids.ts';
import { type Policy, startsByLabel } from '../domain/policy.ts';
import type { Signal } from '../domain/signal.ts';
import type { Ports } from '../ports/ports.ts';
import type { Delivery } from '../ports/stores.ts';
import { isOwnDoing, watchedChecks } from '../steps/watched-checks.ts';

/** How long what was read of a repository is taken for known. Whoever merges another label and labels at once is slower. */
const isFreshMs = 5_000;
const maxRemembered = 1_000;

type Concluded = Extract<Signal, { type: 'checks-concluded' }>;

interface Looks {
  /** Null where the engine has to find out what is wrong with it. */
  policyOf(repository: RepositoryRef): Promise<Policy | null>;
  isWatched(policy: Policy, signal: Concluded): Promise<boolean>;
}

/**
 * Hands a committed delivery to the engine, unless it plainly is not for us: most labels of a busy repository are
 * somebody else's, most of its checks end where nobody asked us to look, and a durable workflow for each would cost more
 * than the rest of the App.
 *
 * Whatever goes wrong here leaves the delivery as it is, for the engine or for the sweep.
 */
export function createHandOver(ports: Ports): (delivery: Delivery) => Promise<void> {
  const policies = createMemory<Policy | null>();
  const watched = createMemory<boolean>();
  const looks: Looks = {
    policyOf: (repository) =>
      policies(fullName(repository), () =>
        ports.policyOf(repository).then(
          (answer) => (answer.kind === 'valid' ? answer.policy : null),
          () => null,
        ),
      ),
    // Ten jobs of one commit fail within seconds: GitHub is asked once.
    isWatched: (policy, { repository, sha, branches }) =>
      watched([fullName(repository), sha, ...branches].join(' '), async () => {
        return (await watchedChecks(ports, policy, { repository, sha: asSha(sha), branches })) !== null;
      }),
  };
  return async (delivery) => {
    const { signal, id } = delivery;
    const note = await whyNotOurs(ports, signal, looks);
    if (note === null) return ports.engine.startDelivery(delivery);
    await ports.deliveries.settle(id, { status: 'ignored', note });
  };
}

/** What plainly is not for us, by a look into our own rows; null of everything else. */
async function whyNotOurs(ports: Ports, signal: Signal, looks: Looks): Promise<string | null> {
  const { fixes, onboardings } = ports;
  switch (signal.type) {
    case 'issue-labelled':
    case 'pull-request-labelled': {
      const policy = await looks.policyOf(signal.repository);
      if (policy === null) return null;
      if (policy.label !== signal.label) return `the label is not ${policy.label}`;
      const isForChecks = signal.type === 'pull-request-labelled';
      return isForChecks || startsByLabel(policy) ? null : 'the configuration lets no label start a fix';
    }
    case 'checks-concluded':
      return whyNotWatched(ports, signal, looks);
    case 'issue-unlabelled':
    case 'issue-closed':
    case 'issue-edited': {
      const fix = await fixes.findOfThread(signal.repository, signal.issueNumber);
      return fix === null || isOver(fix.state) ? 'the issue has no fix under way' : null;
    }
    case 'pull-request-closed':
    case 'pull-request-reopened':
      if ((await onboardings.find(signal.repository))?.pullRequest === signal.number) return null;
      return (await fixes.findOfThread(signal.repository, signal.number)) === null ? notOurs : null;
    case 'review-submitted':
    case 'comment-changed':
      return (await fixes.findOfThread(signal.repository, signal.number)) === null ? notOurs : null;
    default:
      return null;
  }
}

const notOurs = 'the pull request is none of ours';

async function whyNotWatched(ports: Ports, signal: Concluded, looks: Looks): Promise<string | null> {
  const policy = await looks.policyOf(signal.repository);
  if (policy === null) return null;
  if (await isOwnDoing(ports, policy, signal)) return 'it was our own doing';
  if (signal.hasFailed) return (await looks.isWatched(policy, signal)) ? null : 'nobody watches this branch';
  for (const branch of signal.branches)
    if ((await ports.fixes.findLive(signal.repository, `checks:${branch}`)) !== null) return null;
  return 'no fix waits for this';
}

/** Takes the answer of a few seconds ago for the one of now. */
function createMemory<Answer>(): (key: string, look: () => Promise<Answer>) => Promise<Answer> {
  const known = new Map<string, { readonly answer: Promise<Answer>; readonly atMs: number }>();
  return (key, look) => {
    const nowMs = Date.now();
    const before = known.get(key);
    if (before !== undefined && nowMs - before.atMs < isFreshMs) return before.answer;
    const answer = look();
    if (known.size >= maxRemembered) known.clear();
    known.set(key, { answer, atMs: nowMs });
    return answer;
  };
}
