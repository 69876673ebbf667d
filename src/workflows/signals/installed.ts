import type { Ports } from '../../ports/ports.ts';
import { noted, type Outcome, type SignalOf } from './outcome.ts';

/** Notes the repositories; the sweep proposes the configuration to one after the other. */
export async function onInstalled(ports: Ports, signal: SignalOf<'installed'>): Promise<Outcome> {
  const { installationId, repositories, isWhole } = signal;
  if (isWhole) await ports.installations.follow(installationId);
  const count = await ports.onboardings.want(installationId, repositories);
  return noted(`${count} repositories are to be set up, or were before`);
}

export async function onResumed(ports: Ports, { installationId }: SignalOf<'installation-resumed'>): Promise<Outcome> {
  return noted(`${await ports.onboardings.resume(installationId)} repositories can be reached again`);
}

/**
 * Puts the repositories off and stops their fixes. Nothing can be written there any more; the farewells end at
 * GitHub's refusal.
 */
export async function onUninstalled(ports: Ports, signal: SignalOf<'uninstalled'>): Promise<Outcome> {
  const { installationId, repositories, reason } = signal;
  await ports.onboardings.putOff(installationId, repositories?.map(({ id }) => id) ?? null, reason);
  const names = repositories === null ? null : new Set(repositories.map(({ owner, name }) => `${owner}/${name}`));
  const live = (await ports.fixes.liveOf(installationId)).filter(
    ({ repository }) => names === null || names.has(`${repository.owner}/${repository.name}`),
  );
  for (const fix of live) {
    const event = { type: 'stop-requested', by: 'GitHub', reason } as const;
    await ports.fixes.append(fix.id, event, { key: 'uninstalled' });
  }
  // The sweep starts their last bursts: no workflow may be started inside a step.
  return noted(`${live.length} fixes were stopped`);
}
