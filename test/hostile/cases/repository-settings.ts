import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readPolicy } from '../../../src/config/repository.ts';
import { ConfigError } from '../../../src/domain/faults.ts';
import { runTitle } from '../../../src/domain/sandbox-protocol.ts';
import { createRoster } from '../../../src/models/roster.ts';
import { readSandboxWorkflow } from '../../../src/steps/read-sandbox-workflow.ts';
import { readVerdict } from '../../../src/steps/read-verdict.ts';
import { fakeRepositories } from '../../support/fake-repositories.ts';
import { fakeRun, fakeSandbox } from '../../support/fake-sandbox.ts';
import { sampleCandidate, sampleFixAtWork, sha } from '../../support/sample-fix.ts';
import { workflowPath } from '../../support/sum-repository.ts';
import type { HostileCase } from '../hostile-case.ts';
import type { Came } from './patch-cases.ts';

/** A policy that cannot be used ends the fix before anything is done, and says what is wrong. */
function policyCase(name: string, text: string, said: RegExp): HostileCase {
  return {
    name,
    expected: 'abandoned',
    attack: () => {
      const answer = readPolicy(text);
      if (answer.kind === 'valid') return `escaped: taken as ${JSON.stringify(answer.policy).slice(0, 200)}`;
      const problems = answer.problems.join('\n');
      return said.test(problems) ? 'abandoned' : `escaped: the reason is ${problems.slice(0, 200)}`;
    },
  };
}

const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map(level)].join('\n');
function level(name: string, index: number): string {
  const before = String.fromCharCode('a'.charCodeAt(0) + index);
  return `${name}: &${name} [${`*${before},`.repeat(9)}]`;
}

const policies: readonly HostileCase[] = [
  policyCase('settings with an alias', 'label: &x ai-fix\ncontext: [*x]\n', /alias/),
  policyCase('settings that grow a thousand million times', bomb, /alias/),
  policyCase('settings with an unknown key', 'gates: { plan: auto, code: never }\n', /unknown key `code` in `gates`/),
  policyCase('settings with one key twice', 'label: a\nlabel: b\n', /line 2/),
  policyCase('settings of more than 64 KB', `# ${'x'.repeat(65_536)}\nlabel: a\n`, /larger than 64 KB/),
  policyCase('settings with a type of JavaScript', 'label: !!js/function "function () {}"\n', /line 1/),
  policyCase('settings that reach for the prototype', '__proto__: { label: a }\nconstructor: x\n', /unknown key/),
  policyCase(
    'settings that name an address for models',
    'models: { base_url: "http://evil.example/v1" }\n',
    /unknown key/,
  ),
  policyCase('settings that name a workflow elsewhere', 'sandbox: { workflow: ../../evil.yml }\n', /sandbox\.workflow/),
  policyCase('settings that put branches elsewhere', 'branches: { prefix: "refs/heads/" }\n', /branches\.prefix/),
  policyCase('settings that let everybody start fixes', 'who: { may_trigger: everyone }\n', /who\.may_trigger/),
  policyCase('settings with a budget without end', 'budget: { usd: .inf }\n', /budget\.usd/),
  {
    name: 'settings whose model is an address',
    expected: 'abandoned',
    attack: () => {
      const answer = readPolicy('models: { coder: ["http://evil.example/v1"] }\n');
      if (answer.kind === 'invalid') return 'abandoned';
      try {
        createRoster({ host: { providers: { openai: { apiKey: 'key' } } }, chains: answer.policy.models });
      } catch (error) {
        if (error instanceof ConfigError) return 'abandoned';
        throw error;
      }
      return 'escaped: it is asked as a model';
    },
  },
];

const template = readFileSync(new URL('../../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8');
const templateHash = createHash('sha1').update(template).digest('hex');

/** @throws {Error} where the template has no such text: the attack would be another one than it says. */
function changed(from: string, to: string): string {
  if (!template.includes(from)) throw new Error(`the template does not hold ${from}`);
  return template.replace(from, () => to);
}

const workflowCase = (name: string, text: string): HostileCase => ({
  name,
  expected: 'abandoned',
  attack: () => (readSandboxWorkflow(text, workflowPath).ok ? 'escaped: it would be dispatched' : 'abandoned'),
});

const job = '    runs-on: ubuntu-latest';
const workflows: readonly HostileCase[] = [
  workflowCase('a sandbox that reads a secret', changed(`CHECK: \${{ matrix.check }}`, `KEY: \${{ secrets.KEY }}`)),
  workflowCase(
    'a sandbox that reads all secrets',
    changed(`CHECK: \${{ matrix.check }}`, `ALL: \${{ toJSON(Secrets) }}`),
  ),
  workflowCase(
    'a sandbox that reads a secret behind quoted braces',
    changed(`CHECK: \${{ matrix.check }}`, `KEY: \${{ format('}}{0}', secrets.KEY) }}`),
  ),
  workflowCase('a sandbox that hands secrets on', changed(job, `    secrets: inherit\n${job}`)),
  workflowCase('a sandbox in an environment', changed(job, `    environment: production\n${job}`)),
  workflowCase('a sandbox that may write', changed('contents: read', 'contents: write')),
  workflowCase('a sandbox that may say who it is', changed('contents: read', 'contents: read\n  id-token: write')),
  workflowCase('a sandbox that may read all', changed('permissions:\n  contents: read', 'permissions: read-all')),
  workflowCase('a sandbox with permissions unsaid', changed('permissions:\n  contents: read\n', '')),
  workflowCase('a sandbox whose job may write', changed(job, `    permissions: write-all\n${job}`)),
  workflowCase('a sandbox whose run bears no nonce', changed(`\${{ inputs.nonce }} \${{ inputs.sha }}`, 'run')),
  workflowCase(
    'a sandbox with aliases',
    changed('name: ai-fix sandbox\n', 'name: &n ai-fix sandbox\nenv: { N: *n }\n'),
  ),
  workflowCase('a sandbox of more than 64 KB', `${template}\n# ${'x'.repeat(65_536)}\n`),
  workflowCase(
    'a sandbox that pull requests of strangers start too',
    changed('  workflow_dispatch:\n', '  pull_request_target:\n  workflow_dispatch:\n'),
  ),
];

const title = runTitle('nonce', sampleCandidate.sha);

/** A green run, while this stands in the place of the workflow on the default branch. */
async function verdictWith(now: Readonly<Record<string, string>>): Promise<Came> {
  const sandbox = fakeSandbox();
  sandbox.runs.push(fakeRun({ id: sampleCandidate.runId, title, status: 'completed', conclusion: 'success' }));
  const green = { id: 1, name: 'test', status: 'completed', conclusion: 'success', failedSteps: [], url: '' } as const;
  sandbox.jobsOf.set(sampleCandidate.runId, [green]);
  const expected = { nonce: 'nonce', workflowPath, workflowBlob: templateHash, checks: ['test'] };
  const ports = { sandbox, repositories: fakeRepositories({ files: now }), now: () => 2_000 };
  const verdict = await readVerdict(ports, sampleFixAtWork(), sampleCandidate, expected);
  return verdict.kind === 'void' ? 'no verdict' : `escaped: ${verdict.kind}`;
}

const meanwhile: readonly HostileCase[] = [
  {
    name: 'a sandbox that differs on the default branch by now',
    expected: 'no verdict',
    attack: () => verdictWith({ [`${sha('a')}:${workflowPath}`]: `${template}# changed\n` }),
  },
  {
    name: 'a sandbox that is gone from the default branch by now',
    expected: 'no verdict',
    attack: () => verdictWith({}),
  },
];

export const repositorySettings: readonly HostileCase[] = [...policies, ...workflows, ...meanwhile];
