import { fullName } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Compares what one installation reaches with what was noted of it, every few hours: the word of a repository that
 * came, went or was renamed may have been lost.
 *
 * Only of installations that the App has seen from their first day. In older ones a repository without a row is on, and
 * must not be asked for a configuration it never needed.
 */
export async function recountInstallations(ports: Ports): Promise<void> {
  const { installations, onboardings, reach, log } = ports;
  const installationId = await installations.claim();
  if (installationId === null) return;
  const reachable = await reach.repositories(installationId);
  if (reachable === null) {
    await onboardings.putOff(installationId, null, 'the App was uninstalled');
    return installations.forget(installationId);
  }
  const known = new Map((await onboardings.ofInstallation(installationId)).map((one) => [one.repository.id, one]));
  const fresh = reachable.repositories.filter((repository) => {
    const row = known.get(repository.id);
    known.delete(repository.id);
    return row === undefined || row.state === 'off' || fullName(row.repository) !== fullName(repository);
  });
  if (fresh.length > 0) await onboardings.want(installationId, fresh);
  const gone = reachable.isComplete ? [...known.values()].filter(({ state }) => state !== 'off') : [];
  const ids = gone.map(({ repository }) => repository.id);
  if (ids.length > 0) await onboardings.putOff(installationId, ids, 'the App may not reach this repository any more');
  log.info(
    { installationId, fresh: fresh.length, gone: ids.length },
    'the repositories of an installation were counted',
  );
}
