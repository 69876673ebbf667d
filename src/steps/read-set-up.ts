import type { Fix } from '../domain/fix-facts.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { detectStack, type Stack, stacks } from '../domain/stack.ts';
import type { Ports } from '../ports/ports.ts';
import type { RepositoryFacts } from '../ports/repositories.ts';
import type { SetUp } from '../thread/onboarding-text.ts';
import { readSandbox } from './inspect-repository.ts';
import { sandboxTemplate } from './starter-files.ts';
import { starterWorkflow } from './starter-workflow.ts';

/** What a repository has of what a fix needs, as its default branch stands at `head`. */
export async function readSetUp(
  { repositories }: Pick<Ports, 'repositories'>,
  { repository, policy = defaultPolicy }: Pick<Fix, 'repository'> & Partial<Pick<Fix, 'policy'>>,
  { webUrl, defaultBranch, head }: RepositoryFacts & { readonly head: NonNullable<RepositoryFacts['head']> },
): Promise<SetUp> {
  const sandbox = await readSandbox(repositories, { repository, policy }, head);
  const rootFiles = sandbox.kind === 'missing' ? await repositories.rootFiles(repository, head) : [];
  const stack = detectStack(rootFiles);
  const own =
    stack === null
      ? {}
      : { [stack]: await starterWorkflow(repositories, { repository, commit: head, rootFiles }, stack) };
  return { webUrl, defaultBranch, policy, sandbox, stack, templates: { ...allTemplates(), ...own } };
}

const allTemplates = (): Readonly<Record<Stack, string>> =>
  Object.fromEntries(stacks.map((stack) => [stack, sandboxTemplate(stack)])) as Record<Stack, string>;
