import { type DeliveryId, fullName, type RepositoryRef } from '../domain/ids.ts';
import { startsByLabel } from '../domain/policy.ts';
import { labelMomentsApartMs } from '../domain/ticket.ts';
import type { Ports } from '../ports/ports.ts';
import type { LabelledIssue } from '../ports/repositories.ts';

/** About four requests each. */
const perSweep = 3;
/** An older label without a fix is one that nobody waits for any more; GitHub redelivers no longer than that either. */
const labelCountsForMs = 3 * 24 * 60 * 60_000;

/**
 * Looks for labels that no webhook told of, in repositories where ai-fix was at work of late or is set up. What is found
 * goes the way of a delivery, with the words that stand in the issue now: whether somebody edited them around the label
 * is asked before anything is done, as ever.
 *
 * A label whose webhook came is not looked at, whatever came of it.
 */
export async function lookForLabels(ports: Ports): Promise<void> {
  const { knownRepositories, pace, log } = ports;
  for (const repository of await knownRepositories.claimToLookAt(perSweep, pace.lookForLabelsEveryMs)) {
    await look(ports, repository).catch((error: unknown) =>
      log.warn(
        { err: error, repository },
        'a repository could not be asked for labels; the next look is in some minutes',
      ),
    );
  }
}

async function look(ports: Ports, repository: RepositoryRef): Promise<void> {
  const answer = await ports.policyOf(repository);
  const policy = answer.kind === 'valid' ? answer.policy : answer.lastValid;
  // What is wrong with the file is said in the next issue that somebody labels.
  if (policy === null || !startsByLabel(policy)) return;
  const { label } = policy;
  const sinceMs = ports.now() - labelCountsForMs;
  for (const found of await ports.repositories.labelledIssues(repository, label, sinceMs)) {
    const { labelledAtMs, number } = found.issue;
    // What is younger may still be told.
    const isLost = labelledAtMs > sinceMs && labelledAtMs < ports.now() - ports.pace.lookAgainEveryMs;
    if (!isLost || (await wasHeard(ports, repository, label, found))) continue;
    const id = `label-${fullName(repository)}#${number}-${labelledAtMs}` as DeliveryId;
    const { issue, by: actor } = found;
    const isNew = await ports.deliveries.accept(id, { type: 'issue-labelled', repository, actor, label, issue });
    if (isNew === 'known') continue;
    ports.log.info({ repository, issue: number }, 'the sweep found a label that no webhook told');
    await ports.engine.startDelivery({ id, tries: 1 });
  }
}

/** Deliveries are kept for longer than a label counts. A fix that began later began with this label, or after it. */
async function wasHeard(
  { deliveries, fixes }: Ports,
  repository: RepositoryRef,
  label: string,
  { issue }: LabelledIssue,
): Promise<boolean> {
  if (await deliveries.hasLabel(repository, label, issue)) return true;
  const fix = await fixes.findOfThread(repository, issue.number);
  return fix !== null && fix.createdAtMs >= issue.labelledAtMs - labelMomentsApartMs;
}
