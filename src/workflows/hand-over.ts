import { fullName } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';
import type { Delivery } from '../ports/stores.ts';

/** How long a repository's label is taken for known. Whoever merges another one and labels at once is slower. */
const labelIsFreshMs = 5_000;
const maxRemembered = 1_000;

/**
 * Hands a committed delivery to the engine, unless it plainly is not for us: most labels of a busy repository are
 * somebody else's, and a durable workflow for each would cost more than the rest of the App.
 *
 * Whatever goes wrong here leaves the delivery as it is, for the engine or for the sweep.
 */
export function createHandOver(ports: Ports): (delivery: Delivery) => Promise<void> {
  const labels = new Map<string, { readonly label: Promise<string | null>; readonly readAtMs: number }>();

  const labelOf = (repository: Parameters<Ports['policyOf']>[0]): Promise<string | null> => {
    const name = fullName(repository);
    const known = labels.get(name);
    const nowMs = Date.now();
    if (known !== undefined && nowMs - known.readAtMs < labelIsFreshMs) return known.label;
    const label = ports.policyOf(repository).then(
      (answer) => (answer.kind === 'valid' ? answer.policy.label : null),
      () => null,
    );
    if (labels.size >= maxRemembered) labels.clear();
    labels.set(name, { label, readAtMs: nowMs });
    return label;
  };

  return async (delivery) => {
    const { signal, id } = delivery;
    if (signal.type !== 'issue-labelled') return ports.engine.startDelivery(delivery);
    const ours = await labelOf(signal.repository);
    if (ours === null || ours === signal.label) return ports.engine.startDelivery(delivery);
    await ports.deliveries.settle(id, { status: 'ignored', note: `the label is not ${ours}` });
  };
}
