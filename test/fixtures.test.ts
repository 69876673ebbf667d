import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { documentsFor, planFault, planSchema } from '../src/domain/plan.ts';
import { ticketSchema } from '../src/domain/ticket.ts';
import { readSandboxWorkflow } from '../src/steps/read-sandbox-workflow.ts';
import { type ModelScript, readModelScript, type ScriptedReply } from './stand-in/model-script.ts';
import { type EndedStep, runWorkflowStep } from './support/workflow-step.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const workflowPath = '.github/workflows/ai-fix-sandbox.yml';

const samples = [
  {
    name: 'shop-cart',
    template: 'node.yml',
    testCheck: 'test',
    checks: ['test', 'lint'],
    testFolder: 'test',
    fixers: ['lockfile', 'lint', 'format'],
  },
  {
    name: 'py-slug',
    template: 'python.yml',
    testCheck: 'test',
    checks: ['test', 'compile'],
    testFolder: 'tests',
    fixers: ['lint', 'format'],
  },
] as const;

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

async function copyOf(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `ai-fix-${name}-`));
  folders.push(folder);
  await cp(join(root, 'fixtures/repositories', name), folder, { recursive: true });
  return folder;
}

const scriptOf = (name: string): Promise<ModelScript> =>
  readModelScript(join(root, 'fixtures/model-scripts', `${name}.json`));

/** Runs a check as the repository's own sandbox workflow does. */
async function runCheck(repository: string, check: string): Promise<EndedStep> {
  const workflow = await readFile(join(repository, workflowPath), 'utf8');
  const env = { CHECK: check, AI_FIX_NETWORK: 'on', PYTHONDONTWRITEBYTECODE: '1' };
  return runWorkflowStep(workflow, 'Check', { folder: repository, env });
}

const readCall = z.object({ path: z.string() });
const editCall = z.object({ path: z.string(), old_text: z.string(), new_text: z.string() }).strict();
const createCall = z.object({ path: z.string(), content: z.string() }).strict();

/** Plays the file tools of a conversation on a folder: each search text must be there exactly once. */
async function play(conversation: readonly ScriptedReply[] | undefined, repository: string): Promise<void> {
  for (const { name, arguments: values } of (conversation ?? []).flatMap((reply) => reply.tools ?? [])) {
    if (name === 'read_file') await readFile(join(repository, readCall.parse(values).path));
    if (name === 'create_file') {
      const { path, content: text } = createCall.parse(values);
      await mkdir(dirname(join(repository, path)), { recursive: true });
      await writeFile(join(repository, path), text, { flag: 'wx' });
    }
    if (name === 'edit_file') {
      const { path, old_text: search, new_text: replace } = editCall.parse(values);
      const parts = (await readFile(join(repository, path), 'utf8')).split(search);
      expect(parts, `${path} holds once: ${search}`).toHaveLength(2);
      await writeFile(join(repository, path), parts.join(replace));
    }
  }
}

const argumentsOf = (conversation: readonly ScriptedReply[] | undefined, tool: string): unknown =>
  conversation?.flatMap((reply) => reply.tools ?? []).find((call) => call.name === tool)?.arguments;

describe.each(samples)('the sample $name', ({ name, template, testCheck, checks, testFolder, fixers }) => {
  test('passes all its checks as it is', async () => {
    const repository = await copyOf(name);

    const ended = await Promise.all(checks.map((check) => runCheck(repository, check)));

    expect(ended.map(({ code }) => code)).toEqual(checks.map(() => 0));
  });

  test('fails one check after the first attempt and none after the second', async () => {
    const repository = await copyOf(name);
    const script = await scriptOf(name);

    await play(script.reproducer?.[0], repository);
    await play(script.coder?.[0], repository);
    const first = await Promise.all(checks.map((check) => runCheck(repository, check)));
    await play(script.debugger?.[1], repository);
    const second = await Promise.all(checks.map((check) => runCheck(repository, check)));

    expect(checks.filter((_check, index) => first[index]?.code !== 0)).toEqual([testCheck]);
    expect(second.map(({ code }) => code)).toEqual(checks.map(() => 0));
  });

  test('has tests in its fix that fail on the base, by assertion and not by a file that cannot load', async () => {
    const base = await copyOf(name);
    const fixed = await copyOf(name);
    const script = await scriptOf(name);
    await play(script.reproducer?.[0], fixed);
    await play(script.coder?.[0], fixed);
    await play(script.debugger?.[1], fixed);

    await cp(join(fixed, testFolder), join(base, testFolder), { recursive: true });
    const ended = await runCheck(base, testCheck);

    expect(ended.code).not.toBe(0);
    expect(ended.output).toMatch(/AssertionError/);
    expect(ended.output).not.toMatch(/SyntaxError|ERR_MODULE_NOT_FOUND|ImportError/);
  });

  test('names added tests that stand in its fix', async () => {
    const repository = await copyOf(name);
    const script = await scriptOf(name);
    await play(script.reproducer?.[0], repository);
    await play(script.coder?.[0], repository);
    await play(script.debugger?.[1], repository);

    const finish = z.object({ tests_added: z.array(z.string()).min(1) });
    const { tests_added: names } = finish.parse(argumentsOf(script.debugger?.[1], 'finish'));

    const tests = join(repository, testFolder);
    const sources = await Promise.all((await readdir(tests)).map((file) => readFile(join(tests, file), 'utf8')));
    const missing = names.filter((title) => !sources.join('').includes(nameInSource(title)));
    expect(missing).toEqual([]);
  });

  test('is profiled and planned in the form the app accepts', async () => {
    const script = await scriptOf(name);

    const ticket = ticketSchema.parse(argumentsOf(script.fast?.[0], 'profile_ticket'));
    const plan = planSchema.parse(argumentsOf(script.architect?.[0], 'post_plan'));

    expect(
      planFault(
        plan,
        documentsFor(ticket.complexity, () => false),
      ),
    ).toBeNull();
  });

  test('has an issue with a title and a body', async () => {
    const issue = await readFile(join(root, 'fixtures/issues', `${name}.md`), 'utf8');

    expect(issue).toMatch(/^# \S.{10,}\n\n\S[\s\S]{100,}$/);
  });

  test('has the template as its sandbox workflow, but for the names and lines of its checks', async () => {
    const own = await readFile(join(root, 'fixtures/repositories', name, workflowPath), 'utf8');
    const original = await readFile(join(root, 'src/sandbox-workflows', template), 'utf8');

    const reading = readSandboxWorkflow(own, workflowPath);

    expect(reading).toEqual({ ok: true, checks, keepsReports: true, fixers });
    expect(withoutChecks(own)).toBe(withoutChecks(original));
  });
});

const withoutChecks = (workflow: string): string =>
  workflow
    .replace(/^ +default: '\[.*\]'$/m, 'default of checks')
    .replace(/(case "\$CHECK" in\n)[\s\S]*?(\n +\*\))/, (_all, opening, rest) => `${opening}checks${rest}`);

/** Python's tests are named with their module and class, `tests.test_unique.UniqueSlugTest.test_…`. */
const nameInSource = (title: string): string => title.replace(/^tests\.\w+\.\w+\./, '');
