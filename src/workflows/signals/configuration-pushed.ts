import { asSha, fullName } from '../../domain/ids.ts';
import type { PolicyReading, Ports } from '../../ports/ports.ts';
import { configurationTitle, invalidConfiguration, oddConfiguration } from '../../thread/configuration-text.ts';
import { ignored, noted, type Outcome, type SignalOf } from './outcome.ts';

/** The configuration may have changed: the commit gets a check that says whether it can be used. Idempotent. */
export async function onConfigurationPushed(
  ports: Ports,
  { repository, commit: pushed, isDefaultBranch }: SignalOf<'configuration-pushed'>,
): Promise<Outcome> {
  const commit = asSha(pushed);
  const reading = await ports.policyAt(repository, commit, isDefaultBranch);
  if (reading !== null)
    await ports.checkRuns.put(repository, {
      ...checkOf(reading),
      name: 'ai-fix / configuration',
      key: 'config',
      commit,
    });
  if (reading === null) return ignored('the commit has no configuration');
  return noted(`the configuration of ${fullName(repository)} is ${reading.kind} at ${commit}`);
}

const checkOf = (reading: PolicyReading) =>
  ({
    conclusion: reading.kind === 'valid' ? 'success' : 'failure',
    title: configurationTitle(reading.kind === 'valid' ? 0 : reading.problems.length),
    summary:
      reading.kind === 'valid' ? oddConfiguration(reading.warnings ?? []) : invalidConfiguration(reading.problems),
  }) as const;
