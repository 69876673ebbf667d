import { maxPolicyBytes } from '../../config/repository.ts';
import { fullName, type RepositoryRef, type Sha } from '../../domain/ids.ts';
import { defaultPolicy, type Policy, policyPath } from '../../domain/policy.ts';
import { kindsOfFixer } from '../../domain/recipe.ts';
import type { RepositoryFacts } from '../../ports/repositories.ts';
import { readSandbox } from '../../steps/inspect-repository.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { rosterFindings, rosterOptionsFor } from './model-checks.ts';
import type { Check, Patient } from './patient.ts';

/** What a repository needs before its first issue is labelled. */
export const repositoryCheck: Check = {
  name: 'repository',
  run: async (patient) => {
    const { repository: asked, app } = patient;
    if (asked === null) return [];
    const installation = await app.installationOn(asked.owner, asked.name);
    if (installation === null) {
      const { webUrl } = await app.registration();
      const found = `the App is not installed on ${fullName(asked)}, or there is no such repository`;
      return [fail('repository', found, `Whoever administers it installs it: ${webUrl}/installations/new`)];
    }
    const repository = { installationId: installation.id, ...asked };
    const facts = await patient.repositories.facts(repository);
    const standing = standingFinding(repository, facts);
    if (standing.level === 'fail' || facts.head === null) return [standing];
    const { policy, findings } = await readPolicyOf(patient, repository, facts.head);
    return [standing, ...findings, ...(await partsOf(patient, repository, facts, policy))];
  },
};

function standingFinding(repository: RepositoryRef, { isArchived, head, defaultBranch }: RepositoryFacts): Finding {
  const name = fullName(repository);
  if (isArchived) return fail('repository', `${name} is archived`, 'Unarchive it: it takes no pull requests now.');
  if (head === null) return fail('repository', `${name} is empty`, 'Push a first commit.');
  return ok('repository', `${name}, installed, default branch ${defaultBranch} at ${head.slice(0, 7)}`);
}

async function readPolicyOf(
  patient: Patient,
  repository: RepositoryRef,
  head: Sha,
): Promise<{ policy: Policy; findings: Finding[] }> {
  const [answer, file] = await Promise.all([
    patient.policyOf(repository),
    patient.repositories.file(repository, policyPath, head, maxPolicyBytes),
  ]);
  if (answer.kind === 'valid') {
    const { policy } = answer;
    const chains = Object.keys(policy.models).length === 0 ? [] : ownModels(patient, policy);
    return { policy, findings: [validFinding(policy, file !== null), ...chains] };
  }
  const mend = 'Mend .github/ai-fix.yml on the default branch: docs/configuration.md. Nothing is started until then.';
  return { policy: defaultPolicy, findings: answer.problems.map((problem) => fail('ai-fix.yml', problem, mend)) };
}

function validFinding({ isEnabled }: Policy, isThere: boolean): Finding {
  if (!isThere) {
    const mend = 'Merge the pull request "Configure ai-fix", or npx ai-fix init; until then the App may wait.';
    return warn('ai-fix.yml', 'there is none', mend);
  }
  if (!isEnabled) return warn('ai-fix.yml', 'switches the App off', 'Nothing, if that is meant.');
  return ok('ai-fix.yml', 'valid');
}

const ownModels = (patient: Patient, { models }: Policy): Finding[] =>
  rosterFindings('models of the repository', rosterOptionsFor(patient, models));

async function partsOf(
  { repositories, setUp }: Patient,
  repository: RepositoryRef,
  { head, defaultBranch }: RepositoryFacts,
  policy: Policy,
): Promise<Finding[]> {
  if (head === null) return [];
  const [sandbox, workflowState, hasLabel, { isPrivate, hasIssues }, rules] = await Promise.all([
    readSandbox(repositories, { repository, policy }, head),
    setUp.workflowState(repository, policy.sandboxWorkflow),
    setUp.hasLabel(repository, policy.label),
    setUp.switches(repository),
    setUp.branchRules(repository, `${policy.branches.prefix}1-doctor`),
  ]);
  return [
    ...(sandbox.kind === 'usable' ? [actionsFinding(policy.sandboxWorkflow, workflowState)] : []),
    sandboxFinding(sandbox, defaultBranch),
    hasIssues
      ? ok('issues', 'switched on')
      : fail(
          'issues',
          'switched off',
          'Switch them on in the settings of the repository: a labelled issue starts a fix.',
        ),
    hasLabel
      ? ok('label', policy.label)
      : warn('label', `there is no label ${policy.label}`, 'Create it: only then can it be picked on an issue.'),
    rulesFinding(policy.branches.prefix, rules),
    ok(
      'drafts',
      isPrivate ? 'private: on a free plan GitHub has none, and plain ones are opened' : 'public: supported',
    ),
  ];
}

function actionsFinding(workflow: string, state: string | null): Finding {
  if (state === 'active') return ok('Actions', 'enabled');
  if (state === null) {
    const found = `does not know ${workflow}, although it stands on the default branch`;
    return fail('Actions', found, 'Enable Actions in the settings of the repository or its organization.');
  }
  return fail('Actions', `${workflow} is ${state}`, 'Enable the workflow on the page Actions of the repository.');
}

function sandboxFinding(sandbox: Awaited<ReturnType<typeof readSandbox>>, branch: string): Finding {
  switch (sandbox.kind) {
    case 'usable': {
      const reports = sandbox.keepsReports ? 'keeps test reports' : 'keeps no test reports';
      const { checks, fixers } = sandbox;
      const mends =
        fixers.length === 0 ? 'has no fixers (docs/fixers.md)' : `has the fixers ${fixers.map(fixerText).join(', ')}`;
      return ok('sandbox workflow', `usable, with the checks ${checks.join(', ')}; it ${reports} and ${mends}`);
    }
    case 'missing': {
      const mend = `In a clone of it: npx ai-fix init, then merge the file into ${branch}.`;
      return fail('sandbox workflow', `${sandbox.path} is missing on ${branch}`, mend);
    }
    case 'foreign':
      return fail('sandbox workflow', sandbox.reason, 'Mend it as docs/sandbox-workflow.md says.');
  }
}

/** By its kind it is called; one of no kind runs with the others, and never comes first by itself. */
const fixerText = (name: string): string => `${name} (${kindsOfFixer(name).join(' and ') || 'of no kind'})`;

/** Rules that refuse what the App does with its own branches: create, move back and forth, delete. */
const refusing = new Set([
  'creation',
  'update',
  'deletion',
  'non_fast_forward',
  'pull_request',
  'required_status_checks',
  'required_deployments',
  'merge_queue',
  'branch_name_pattern',
  'commit_message_pattern',
  'commit_author_email_pattern',
  'committer_email_pattern',
]);

function rulesFinding(prefix: string, rules: readonly string[] | null): Finding {
  if (rules === null) return ok('branch rules', 'this GitHub tells none');
  const found = [...new Set(rules.filter((type) => refusing.has(type)))];
  const classic = 'branch protection of the older kind cannot be read by an App';
  if (found.length === 0) return ok('branch rules', `no ruleset stands in the way of ${prefix}**; ${classic}`);
  const mend = `Leave ${prefix}** out of that ruleset, or let the App bypass it.`;
  return warn('branch rules', `rulesets hold for ${prefix}**: ${found.join(', ')}`, mend);
}
