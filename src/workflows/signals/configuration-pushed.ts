import { asSha, fullName, type RepositoryRef, type Sha } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import type { PolicyReading, Ports } from '../../ports/ports.ts';
import { readPrompts } from '../../steps/read-prompts.ts';
import {
  configurationTitle,
  invalidConfiguration,
  oddConfiguration,
  unusablePromptsText,
} from '../../thread/configuration-text.ts';
import { ignored, noted, type Outcome, type SignalOf } from './outcome.ts';

/** The configuration may have changed: the commit gets a check that says whether it can be used. Idempotent. */
export async function onConfigurationPushed(
  ports: Ports,
  { repository, commit: pushed, isDefaultBranch }: SignalOf<'configuration-pushed'>,
): Promise<Outcome> {
  const commit = asSha(pushed);
  const own = await ports.policyAt(repository, commit, isDefaultBranch);
  const policy = own === null ? await policyInForce(ports, repository) : own.kind === 'valid' ? own.policy : null;
  const prompts = policy === null ? null : await promptProblems(ports, repository, commit, policy);
  const reading = own ?? (policy === null || prompts === null ? null : ({ kind: 'valid', policy } as const));
  if (reading === null) return ignored('the commit has no configuration');
  await ports.checkRuns.put(repository, {
    ...checkOf(reading, prompts ?? []),
    name: 'ai-fix / configuration',
    key: 'config',
    commit,
  });
  return noted(`the configuration of ${fullName(repository)} is ${reading.kind} at ${commit}`);
}

/** Prompts may stand in a repository that leaves the rest to its owner or to us: then that says where they lie. */
async function policyInForce({ policyOf }: Pick<Ports, 'policyOf'>, repository: RepositoryRef): Promise<Policy | null> {
  const answer = await policyOf(repository);
  return answer.kind === 'valid' ? answer.policy : answer.lastValid;
}

/** What is wrong with prompts in the repository's own words; null where there are none, and nothing is fetched then. */
async function promptProblems(
  { repositories, workspace }: Pick<Ports, 'repositories' | 'workspace'>,
  repository: RepositoryRef,
  commit: Sha,
  { promptsFolder }: Policy,
): Promise<readonly string[] | null> {
  if ((await repositories.folder(repository, promptsFolder, commit)) === null) return null;
  return (await readPrompts(await workspace.open(repository, commit), promptsFolder)).problems;
}

const checkOf = (reading: PolicyReading, prompts: readonly string[]) =>
  ({
    conclusion: reading.kind === 'valid' && prompts.length === 0 ? 'success' : 'failure',
    title: configurationTitle(reading.kind === 'valid' ? prompts.length : reading.problems.length),
    summary: summaryOf(reading, prompts),
  }) as const;

function summaryOf(reading: PolicyReading, prompts: readonly string[]): string {
  if (reading.kind === 'invalid') return invalidConfiguration(reading.problems);
  const said = oddConfiguration(reading.warnings ?? []);
  return prompts.length === 0 ? said : `${said}\n\n${unusablePromptsText(prompts)}`;
}
