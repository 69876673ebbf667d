import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type FixersOrder, unformattedFiles } from '../support/fixers-repository.ts';
import { type House, openHouse, until } from '../support/house.ts';
import { type ModelGate, openModelGate } from '../support/model-gate.ts';
import { calls, finished, type RoleScripts, rightFirstTime } from '../support/scripts.ts';
import { ownComments, patienceMs } from '../support/shown.ts';

/** Failing checks that the repository's own fixers mend, before or instead of models. */
let house: House;
let gate: ModelGate;

const trimmed: RoleScripts = {
  ...rightFirstTime,
  coder: [
    [calls(['edit_file', { path: 'sum.js', old_text: 'a - b; ', new_text: 'a + b;' }], finished('No blank is left.'))],
  ],
};

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  gate = await openModelGate();
  house = await openHouse({
    script: trimmed,
    environment: { LOG_LEVEL: process.env.DEBUG_LEVEL ?? 'silent', OPENAI_BASE_URL: gate.url },
  });
  gate.target = house.model.url;
});
afterAll(async () => {
  await house.close();
  await gate.close();
});

async function failing(name: string, order: FixersOrder = {}): Promise<string> {
  const repository = `acme/${name}`;
  const files = unformattedFiles(order);
  await house.github.createRepository({ fullName: repository, files, roles: { alice: 'admin', bob: 'write' } });
  return repository;
}

const runCi = (repository: string) =>
  house.github.runWorkflow(repository, { workflow: 'ci.yml', branch: 'main', event: 'push', actor: 'bob' });

const ready = (repository: string) =>
  until(`a finished pull request of ${repository}`, patienceMs, () =>
    house.github.pullRequests(repository).find((pull) => pull.head_ref.startsWith('ai-fix/') && !pull.draft),
  );
const said = (repository: string, number: number) => ownComments(house.github, repository, number).join('\n\n');
const sumOn = (repository: string, ref: string) => house.github.git(repository, 'show', `${ref}:sum.js`);
/** What the models were asked about a repository. */
const asked = (repository: string) =>
  house.model.requests.filter(({ body }) => JSON.stringify(body.messages).includes(repository));
const recipes = (repository: string) =>
  house.github.runs(repository).filter(({ inputs }) => JSON.stringify(inputs).includes('"recipe"'));

test.concurrent('a check that a formatter mends is mended without any model, at no cost', async () => {
  const repository = await failing('unformatted');

  await runCi(repository);
  const pull = await ready(repository);

  expect(await sumOn(repository, pull.head_ref)).toBe('export const sum = (a, b) => a - b;\n');
  expect(asked(repository)).toEqual([]);
  const summary = said(repository, pull.number);
  expect(summary).toContain(
    "The repository's own fixers mended this in 1 file; no model wrote it. Their run tells: `format` changed 1 file.",
  );
  expect(summary).toContain('Without what the fixers changed, the checks fail ([run](');
  expect(summary).toContain('**No model reviewed it.**');
  expect(summary).toContain('Cost $0.00; 0 tokens. No model was asked.');
  expect(pull.title).toBe('chore: mend the failing checks of main');
  expect(await house.github.git(repository, 'log', '-1', '--format=%B', pull.head_ref)).toContain('own fixers');
  expect(recipes(repository)).toHaveLength(1);
});

test.concurrent('fixers whose patch leaves the check red are told of and set aside, and models go on from the base', async () => {
  const repository = await failing('unhelpful', { format: 'echo // >>sum.js' });

  await runCi(repository);
  const pull = await ready(repository);

  expect(await sumOn(repository, pull.head_ref)).toBe('export const sum = (a, b) => a + b;\n');
  expect(said(repository, pull.number)).toMatch(
    /own fixers \(`format`\) \[ran\]\(\S+\) to mend this, and nothing of them is used: the checks fail with what they changed/,
  );
  expect(said(repository, pull.number)).not.toContain('earlier attempt');
  expect(pull.title).not.toContain('the failing checks of');
  expect(asked(repository).map(({ role }) => role)).toEqual(expect.arrayContaining(['fast', 'architect', 'coder']));
  expect(recipes(repository)).toHaveLength(1);
});

test.concurrent('a check that the sandbox does not run proves nothing, so its fixers are set aside', async () => {
  const repository = await failing('elsewhere', { isInSandbox: false });

  await runCi(repository);
  const pull = await ready(repository);

  expect(said(repository, pull.number)).toContain('the checks of the sandbox pass without what they changed');
  expect(asked(repository)).not.toEqual([]);
});

test.concurrent('while no model answers, fixers mend what does not call for them by name', async () => {
  const repository = await failing('away', { job: 'unit', check: 'node scripts/format.js --check >/dev/null' });
  gate.refuse(repository, 1_000, { status: 503, message: 'overloaded' });

  await runCi(repository);
  const pull = await ready(repository);

  expect(await sumOn(repository, pull.head_ref)).toBe('export const sum = (a, b) => a - b;\n');
  expect(gate.seen(repository)).toBeGreaterThan(0);
  expect(asked(repository)).toEqual([]);
  expect(said(repository, pull.number)).toContain('Cost $0.00; 0 tokens. No model was asked.');
});

test.concurrent('a workflow of before there were fixers works as it did', async () => {
  const repository = await failing('older', { fixers: null });

  await runCi(repository);
  const pull = await ready(repository);

  expect(recipes(repository)).toEqual([]);
  expect(said(repository, pull.number)).not.toContain('fixers');
  expect(asked(repository)).not.toEqual([]);
});

test.concurrent('a patch of fixers is not put on the failing branch by itself', async () => {
  const configuration = '    delivery: commit\n';
  const repository = await failing('commit', { configuration });
  const before = house.github.refs(repository)['refs/heads/main'];

  await runCi(repository);
  const pull = await ready(repository);

  expect(said(repository, pull.number)).toContain('it is not put on the failing branch by itself');
  expect(house.github.refs(repository)['refs/heads/main']).toBe(before);
});

test.concurrent('a repository may have the reviewer model read it, and that model only', async () => {
  const repository = await failing('read', { configuration: 'fixers: { review: model }\n' });

  await runCi(repository);
  const pull = await ready(repository);

  expect(asked(repository).map(({ role }) => role)).toEqual(['reviewer']);
  expect(said(repository, pull.number)).toContain('The reviewer model accepted it');
});

test.concurrent('fixers that change a lockfile, a manifest or other guarded paths wait for a person', async () => {
  const format = `node -e "const fs = require('node:fs'); fs.appendFileSync('package.json', '\\n')" && node scripts/format.js`;
  const repository = await failing('guarded', { format });

  await runCi(repository);
  const pull = await until('a person is asked', patienceMs, () =>
    house.github.pullRequests(repository).find(({ number }) => said(repository, number).includes('`package.json`')),
  );
  expect(pull.draft).toBe(true);
  await house.github.comment(repository, pull.number, { by: 'alice', body: '/ai-fix approve' });
  await ready(repository);

  expect(asked(repository)).toEqual([]);
});

const written = (path: string, text: string) =>
  `file 100644 ${Buffer.from(path).toString('base64')} ${Buffer.from(text).toString('base64')}`;
const report = (...lines: readonly string[]) =>
  zipSync({ 'ai-fix-recipe.txt': strToU8(['ai-fix-recipe 1', 'fixer 0 1 format', ...lines, ''].join('\n')) });

test.concurrent.for([
  ['a workflow', report(written('.github/workflows/ci.yml', 'on: push\n')), 'must not be in a patch'],
  ['a file that is not there', report(written('evil.js', 'x\n')), 'they made a new file: evil.js'],
  ['no archive', strToU8('PK? no.'), 'not a zip archive'],
] as const)('an artifact with %s is refused, and said to be', async ([what, zip, reason]) => {
  const repository = await failing(`hostile-${what.replaceAll(' ', '-')}`);
  house.github.tamperArtifacts(repository, 'every', [{ name: 'ai-fix-recipe', zip }]);

  await runCi(repository);
  const pull = await ready(repository);

  expect(said(repository, pull.number)).toContain(reason);
  expect(await sumOn(repository, pull.head_ref)).toBe('export const sum = (a, b) => a + b;\n');
});

test('the work goes on where it was when the App is stopped between the fixers and their run', async () => {
  const repository = await failing('restarted', { format: 'sleep 2; node scripts/format.js' });

  await runCi(repository);
  await until('the fixers run', patienceMs, () => recipes(repository)[0]?.status === 'in_progress');
  await house.restart();
  const pull = await ready(repository);

  expect(recipes(repository)).toHaveLength(1);
  expect(asked(repository)).toEqual([]);
  expect(said(repository, pull.number)).toContain('`format` changed 1 file');
});
