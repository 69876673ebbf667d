import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isOver } from '../../src/domain/fix-facts.ts';
import { readSandboxWorkflow } from '../../src/steps/read-sandbox-workflow.ts';
import { type House, labelIssue, openHouse, shownState, until } from '../support/house.ts';
import { rightFirstTime } from '../support/scripts.ts';
import { ownComments, patienceMs, untilOver, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue, sumWorkflow, workflowPath } from '../support/sum-repository.ts';

/** Repositories that cannot be worked on yet: nothing is bought, and the person is told what to do. */
let house: House;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: rightFirstTime,
    environment: { LOG_LEVEL: 'silent' },
  });
});
afterAll(() => house.close());

type Order = Omit<Parameters<House['github']['createRepository']>[0], 'fullName'>;

async function create(name: string, order: Order): Promise<string> {
  const repository = `acme/${name}`;
  await house.github.createRepository({ fullName: repository, roles: { alice: 'admin' }, ...order });
  return repository;
}

/** Labels an issue and waits for the end; the status comment. */
async function refusalOf(repository: string): Promise<string> {
  const issue = await labelIssue(house.github, repository, sumIssue);
  const status = await untilOver(house, repository, issue);
  expect(shownState(house.github, repository, issue)).toBe('stopped');
  expect(house.github.pullRequests(repository)).toEqual([]);
  expect(askedFor(repository)).toBe(0);
  return status;
}

const askedFor = (repository: string) =>
  house.model.requests.filter(({ body }) => JSON.stringify(body.messages).includes(repository)).length;

test.concurrent.each(['main', 'trunk'])(
  'without the sandbox workflow a link opens the new file on %s, filled in',
  async (branch) => {
    const { [workflowPath]: _none, ...files } = sumFiles;
    const repository = await create(`no-workflow-${branch}`, { files, defaultBranch: branch });

    const status = await refusalOf(repository);

    expect(status).toContain('stopped: the repository has no sandbox workflow.');
    const link = /\]\((http[^)\s]+)\)/.exec(status)?.[1] ?? '';
    const { pathname, searchParams } = new URL(link);
    expect(pathname).toBe(`/${repository}/new/${branch}`);
    expect(searchParams.get('filename')).toBe(workflowPath);
    expect(readSandboxWorkflow(searchParams.get('value') ?? '', workflowPath)).toMatchObject({ ok: true });
    expect(link.length).toBeLessThan(8_000);
  },
);

const foreignWorkflows: [what: string, name: string, text: string, reason: string][] = [
  ['a foreign workflow', 'foreign', 'name: CI\non: push\njobs: {}\n', 'has no workflow_dispatch trigger with inputs'],
  [
    'an older one',
    'older',
    sumWorkflow.replace(/ {6}nonce:\n(?: {8}.*\n)+/, ''),
    'lacks the inputs nonce of protocol 1',
  ],
  [
    'one that reads secrets',
    'secret',
    sumWorkflow.replace(/(CHECK: .{4})matrix.check/, '$1secrets.NPM'),
    'reads secrets',
  ],
  ['no YAML', 'broken', 'on: [\n', 'is not valid YAML'],
];

test.concurrent.each(foreignWorkflows)(
  '%s under the name of the sandbox workflow is refused with the reason',
  async (_what, name, text, reason) => {
    const repository = await create(name, { files: { ...sumFiles, [workflowPath]: text } });

    const status = await refusalOf(repository);

    expect(status).toContain('stopped: the sandbox workflow is not one ai-fix can use.');
    expect(status).toContain(reason);
    expect(status).not.toContain('..');
    expect(status).toContain('then label this issue again');
  },
);

test.concurrent('an invalid configuration is answered with every problem and its place', async () => {
  const configuration = 'lable: fix\nbudget: { usd: -1, attempts: 99 }\ngates: { plan: maybe }\n';
  const repository = await create('bad-configuration', { files: { ...sumFiles, '.github/ai-fix.yml': configuration } });

  const status = await refusalOf(repository);

  expect(status).toContain('stopped: its configuration is not valid.');
  for (const place of ['`lable`', '`budget.usd`', '`budget.attempts`', '`gates.plan`']) expect(status).toContain(place);
});

test.concurrent('a configuration that is no YAML is answered with the line', async () => {
  const repository = await create('no-yaml', {
    files: { ...sumFiles, '.github/ai-fix.yml': 'label: ai-fix\nbudget: {\n' },
  });

  const status = await refusalOf(repository);

  expect(status).toMatch(/cannot use the configuration of this repository:\n\n- `\.github\/ai-fix\.yml`: line \d/);
});

test.concurrent('a model that this host cannot ask is named with its place', async () => {
  const configuration = 'models: { coder: [openai/gpt-6-sol, acme/brain-1], reviewer: [anthropic/claude-opus-5-5] }\n';
  const repository = await create('unknown-model', { files: { ...sumFiles, '.github/ai-fix.yml': configuration } });

  const status = await refusalOf(repository);

  expect(status).toContain('`models.coder.1`: found the text `acme/brain-1`; allowed providers: anthropic, openai');
  expect(status).toContain('models.reviewer.0: found "anthropic/claude-opus-5-5", but ANTHROPIC_API_KEY is not set');
});

test.concurrent('an empty repository is answered with what it lacks', async () => {
  const repository = await create('empty', {});

  const status = await refusalOf(repository);

  expect(status).toContain('stopped: the repository is empty.');
  expect(status).toContain('There is no commit to start from.');
});

test.concurrent('in a repository that is archived after the label the fix ends and nothing is written', async () => {
  const repository = await create('archived', { files: sumFiles });
  const ref = { installationId: house.github.installationId(repository), owner: 'acme', name: 'archived' };
  const path = new RegExp(`^/repos/${repository}$`);
  house.github.faults.add({ method: 'GET', path, when: 'after', act: () => house.github.archive(repository) });
  const begun = during('POST', new RegExp(`^/repos/${repository}/issues/1/reactions$`), async () =>
    house.app.ports.fixes.findLive(ref, 'issue:1'),
  );

  const issue = await labelIssue(house.github, repository, sumIssue);
  const { id } = (await begun) ?? { id: undefined };
  const fix = await until('the fix is over', patienceMs, async () => {
    const known = id === undefined ? null : await house.app.ports.fixes.find(id);
    return known !== null && isOver(known.state) ? known : null;
  });

  expect(fix.epilogue).toContain('archived');
  expect(ownComments(house.github, repository, issue)).toEqual([]);
  expect(askedFor(repository)).toBe(0);
});

test.concurrent('on a default branch of another name the pull request goes there', async () => {
  const repository = await create('trunk', { files: sumFiles, defaultBranch: 'trunk' });

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');

  expect(house.github.pullRequests(repository)).toMatchObject([{ base_ref: 'trunk', draft: false }]);
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});

/** What `look` answers at the next such request, before it is served. */
function during<T>(method: string, path: RegExp, look: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    house.github.faults.add({ method, path, act: () => look().then(resolve, reject) });
  });
}
