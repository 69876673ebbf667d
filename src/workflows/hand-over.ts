import { fullName, type RepositoryRef } from '../domain/ids.ts';
import { type Policy, startsByLabel } from '../domain/policy.ts';
import type { Signal } from '../domain/signal.ts';
import type { Ports } from '../ports/ports.ts';
import type { Delivery } from '../ports/stores.ts';

/** How long a repository's policy is taken for known. Whoever merges another one and labels at once is slower. */
const policyIsFreshMs = 5_000;
const maxRemembered = 1_000;

/**
 * Hands a committed delivery to the engine, unless it plainly is not for us: most labels of a busy repository are
 * somebody else's, and a durable workflow for each would cost more than the rest of the App.
 *
 * Whatever goes wrong here leaves the delivery as it is, for the engine or for the sweep.
 */
export function createHandOver(ports: Ports): (delivery: Delivery) => Promise<void> {
  const read = new Map<string, { readonly policy: Promise<Policy | null>; readonly readAtMs: number }>();

  const policyOf = (repository: RepositoryRef): Promise<Policy | null> => {
    const name = fullName(repository);
    const known = read.get(name);
    const nowMs = Date.now();
    if (known !== undefined && nowMs - known.readAtMs < policyIsFreshMs) return known.policy;
    const policy = ports.policyOf(repository).then(
      (answer) => (answer.kind === 'valid' ? answer.policy : null),
      () => null,
    );
    if (read.size >= maxRemembered) read.clear();
    read.set(name, { policy, readAtMs: nowMs });
    return policy;
  };

  return async (delivery) => {
    const { signal, id } = delivery;
    const note = await whyNotOurs(ports, signal, policyOf);
    if (note === null) return ports.engine.startDelivery(delivery);
    await ports.deliveries.settle(id, { status: 'ignored', note });
  };
}

/** What plainly is not for us, by a look into our own rows; null of everything else. */
async function whyNotOurs(
  { fixes, onboardings }: Ports,
  signal: Signal,
  policyOf: (repository: RepositoryRef) => Promise<Policy | null>,
): Promise<string | null> {
  switch (signal.type) {
    case 'issue-labelled': {
      const policy = await policyOf(signal.repository);
      if (policy === null) return null;
      if (policy.label !== signal.label) return `the label is not ${policy.label}`;
      return startsByLabel(policy) ? null : 'the configuration lets no label start a fix';
    }
    case 'issue-unlabelled':
    case 'issue-closed':
    case 'issue-edited':
      return (await fixes.findLive(signal.repository, signal.issueNumber)) === null
        ? 'the issue has no fix under way'
        : null;
    case 'pull-request-closed':
    case 'pull-request-reopened':
      if ((await onboardings.find(signal.repository))?.pullRequest === signal.number) return null;
      return (await fixes.findByPullRequest(signal.repository, signal.number)) === null ? notOurs : null;
    case 'review-submitted':
    case 'comment-changed':
      return (await fixes.findByPullRequest(signal.repository, signal.number)) === null ? notOurs : null;
    default:
      return null;
  }
}

const notOurs = 'the pull request is none of ours';
