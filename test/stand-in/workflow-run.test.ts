import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appClient, dispatchRun, openGitHub, type TestGitHub } from './app-client.ts';
import type { RunView } from './views.ts';
import { expandMatrix } from './workflow-run.ts';

const repository = 'acme/runner';
const here = { owner: 'acme', repo: 'runner' };
let site: TestGitHub;

beforeAll(async () => {
  site = await openGitHub({ users: ['alice'] });
  await site.github.createRepository({ fullName: repository, files: { 'README.md': 'hello\n' } });
});
afterAll(() => site.close());

/** Runs this text as a workflow of its own branch. */
async function run(workflow: string): Promise<RunView> {
  const branch = `b${Math.random().toString(36).slice(2)}`;
  const files = { '.github/workflows/test.yml': workflow };
  await site.github.commit(repository, { branch: 'main', files, message: 'workflow', author: 'alice' });
  await site.github.git(repository, 'update-ref', `refs/heads/${branch}`, 'refs/heads/main');
  return site.github.runWorkflow(repository, { workflow: 'test.yml', branch, event: 'push', actor: 'alice' });
}

const steps = (...lines: string[]): string =>
  `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n${lines.map((line) => `      ${line}\n`).join('')}`;

const script = (...lines: string[]): string[] => ['- run: |', ...lines.map((line) => `    ${line}`)];

describe('a run', () => {
  it('has one job for each value of a matrix, and ends as the worst of them', async () => {
    const ended = await run(`
on: push
jobs:
  check:
    name: \${{ matrix.check }}
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        check: [lint, unit]
    steps:
      - run: test "\${{ matrix.check }}" = lint
`);

    expect(ended.conclusion).toBe('failure');
    expect(ended.jobs.map((job) => [job.name, job.conclusion]).sort()).toEqual([
      ['lint', 'success'],
      ['unit', 'failure'],
    ]);
  });

  it('hands outputs of a job to those that need it, also as their matrix', async () => {
    const ended = await run(`
on: push
jobs:
  plan:
    runs-on: ubuntu-latest
    outputs:
      list: \${{ steps.choose.outputs.list }}
    steps:
      - id: choose
        run: echo 'list=["a","b"]' >> "$GITHUB_OUTPUT"
  work:
    needs: plan
    runs-on: ubuntu-latest
    strategy:
      matrix:
        one: \${{ fromJSON(needs.plan.outputs.list) }}
    steps:
      - run: echo "I am \${{ matrix.one }}"
`);

    const names = ended.jobs.map((job) => job.name).sort();
    expect(names).toEqual(['plan', 'work (a)', 'work (b)']);
    expect(ended.jobs.find((job) => job.name === 'work (b)')?.log).toContain('I am b');
    expect(ended.conclusion).toBe('success');
  });

  it('skips jobs whose needs failed, but not one that says always', async () => {
    const ended = await run(`
on: push
jobs:
  first: { runs-on: x, steps: [{ run: exit 3 }] }
  second: { runs-on: x, needs: first, steps: [{ run: echo }] }
  third: { runs-on: x, needs: [first], if: always(), steps: [{ run: echo }] }
`);

    const conclusions = Object.fromEntries(ended.jobs.map((job) => [job.name, job.conclusion]));
    expect(conclusions).toEqual({ first: 'failure', second: 'skipped', third: 'success' });
  });

  it('stops the other jobs of a matrix when one fails fast', async () => {
    const ended = await run(`
on: push
jobs:
  check:
    runs-on: ubuntu-latest
    strategy: { matrix: { seconds: [0, 60] } }
    steps:
      - run: sleep \${{ matrix.seconds }}; exit \${{ matrix.seconds == 0 && 1 || 0 }}
`);

    const conclusions = Object.fromEntries(ended.jobs.map((job) => [job.name, job.conclusion]));
    expect(conclusions).toEqual({ 'check (0)': 'failure', 'check (60)': 'cancelled' });
    expect(ended.conclusion).toBe('failure');
  });

  it('ends as cancelled when somebody cancels it', async () => {
    const files = { '.github/workflows/long.yml': steps('- run: sleep 60').replace('push', 'workflow_dispatch') };
    await site.github.commit(repository, { branch: 'main', files, message: 'long', author: 'alice' });
    const client = appClient(site.github, repository);
    const run_id = await dispatchRun(client, { repository, workflow: 'long.yml' });

    await client.rest.actions.cancelWorkflowRun({ ...here, run_id });
    await site.github.settled();

    const ended = await client.rest.actions.getWorkflowRun({ ...here, run_id });
    expect([ended.data.status, ended.data.conclusion]).toEqual(['completed', 'cancelled']);
  });
});

describe('a step', () => {
  it('loses the failure inside a pipe unless it names its shell', async () => {
    const careless = await run(steps('- run: "false | true"'));
    const careful = await run(steps('- run: "false | true"', '  shell: bash'));
    const byDefault = await run(`${steps('- run: "false | true"')}    defaults: { run: { shell: bash } }\n`);

    expect([careless.conclusion, careful.conclusion, byDefault.conclusion]).toEqual(['success', 'failure', 'failure']);
  });

  it('leaves environment and path to the later ones', async () => {
    const ended = await run(
      steps(
        ...script(
          'echo "COLOUR=green" >> "$GITHUB_ENV"',
          'printf "TEXT<<END\\none\\ntwo\\nEND\\n" >> "$GITHUB_ENV"',
          'mkdir bin; printf "#!/bin/sh\\necho from the path" > bin/mine; chmod +x bin/mine',
          'echo "$PWD/bin" >> "$GITHUB_PATH"',
        ),
        ...script('echo "$COLOUR-$TEXT"', 'mine'),
        '- run: echo never',
        "  if: env.COLOUR != 'green'",
      ),
    );

    const [job] = ended.jobs;
    expect(job?.log).toMatch(/green-one/);
    expect(job?.log).toContain('from the path');
    expect(job?.steps.map((step) => step.conclusion)).toEqual(['success', 'success', 'success', 'skipped', 'success']);
  });

  it('may fail without failing the job, and always runs where it says so', async () => {
    const ended = await run(
      steps('- run: exit 1', '  continue-on-error: true', '- run: exit 2', '- run: echo cleaned', '  if: always()'),
    );

    expect(ended.conclusion).toBe('failure');
    expect(ended.jobs[0]?.steps.map((step) => step.conclusion)).toEqual([
      'success',
      'success',
      'failure',
      'success',
      'success',
    ]);
    expect(ended.jobs[0]?.log).toContain('Process completed with exit code 2');
  });

  it('fails the job when it uses an unknown action or a wrong expression', async () => {
    const unknown = await run(steps('- uses: someone/action@v1'));
    const wrong = await run(steps(`- run: echo \${{ nothing.here() }}`));

    expect([unknown.conclusion, wrong.conclusion]).toEqual(['failure', 'failure']);
    expect(unknown.jobs[0]?.log).toContain('does not know the action someone/action@v1');
  });

  it('ends when its time is up', async () => {
    const ended = await run(steps('- run: sleep 60', '  timeout-minutes: 0.01'));

    expect(ended.conclusion).toBe('failure');
    expect(ended.jobs[0]?.log).toContain('has timed out');
  });

  it('gets a real work tree of the asked commit, without a credential in it', async () => {
    const ended = await run(
      steps(
        '- uses: actions/checkout@v4',
        '  with: { path: code, persist-credentials: false }',
        ...script('git -C code log --oneline | wc -l', 'cat code/README.md', 'cat code/.git/config'),
      ),
    );

    expect(ended.conclusion).toBe('success');
    expect(ended.jobs[0]?.log).toContain('Z hello');
    expect(ended.jobs[0]?.log).not.toMatch(/authorization|token/i);
  });
});

describe('a matrix', () => {
  it('multiplies its lists, takes away and adds', () => {
    const expanded = expandMatrix({
      os: ['a', 'b'],
      version: [1, 2],
      exclude: [{ os: 'b', version: 1 }],
      include: [{ os: 'a', extra: true }, { os: 'c' }],
    });

    expect(expanded).toEqual([
      { os: 'a', version: 1, extra: true },
      { os: 'a', version: 2, extra: true },
      { os: 'b', version: 2 },
      { os: 'c' },
    ]);
  });
});
