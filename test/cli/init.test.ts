import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initCommand } from '../../src/cli/init.ts';
import { readPolicy } from '../../src/config/repository.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { readSandboxWorkflow } from '../../src/steps/read-sandbox-workflow.ts';
import { sandboxTemplate } from '../../src/steps/starter-files.ts';
import { captureTerminal } from '../support/captured-terminal.ts';

const policyPath = '.github/ai-fix.yml';
const workflowPath = '.github/workflows/ai-fix-sandbox.yml';
let scratch = '';
let tree = '';

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ai-fix-init-'));
  tree = join(scratch, 'tree');
  execFileSync('git', ['init', '--quiet', tree]);
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(tree, path)), { recursive: true });
  await writeFile(join(tree, path), text);
}
const read = (path: string): Promise<string> => readFile(join(tree, path), 'utf8');

async function init(...args: string[]) {
  const terminal = captureTerminal();
  const exit = await initCommand.run(args, terminal);
  return { exit, said: terminal.said, complained: terminal.complained };
}

/** Modes of files mean nothing to root. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

const manifest = (scripts: Record<string, unknown>): string => JSON.stringify({ name: 'shop', scripts });

describe('ai-fix init', () => {
  it('writes a configuration that changes nothing and a workflow that ai-fix can use, and says what is next', async () => {
    await put('go.mod', 'module shop\n');

    const { exit, said } = await init(tree);

    expect(exit).toBe(0);
    expect(readPolicy(await read(policyPath))).toEqual({ kind: 'valid', policy: defaultPolicy });
    expect(await read(workflowPath)).toBe(sandboxTemplate('go'));
    expect(said).toContain(`wrote ${workflowPath} for go`);
    expect(said).toContain('npx ai-fix doctor');
  });

  it('takes the checks of a Node project from its scripts', async () => {
    await put('package.json', manifest({ test: 'vitest run', types: 'tsc -p .', deploy: 'rm -rf /', lint: 'biome' }));

    await init(tree);

    const workflow = await read(workflowPath);
    const checks = ['test', 'lint', 'types'];
    expect(readSandboxWorkflow(workflow, workflowPath)).toMatchObject({ ok: true, checks, keepsReports: true });
    expect(workflow).toContain('              types) npm run types ;;\n');
    expect(workflow).not.toContain('deploy');
  });

  it.each([
    [
      'there is no script that checks',
      manifest({ start: 'node .', test: 'echo "Error: no test specified" && exit 1' }),
    ],
    ['scripts are no map', '{"scripts": ["test"]}'],
    ['a script is no text', manifest({ test: { run: 'x' } })],
    ['it is not JSON', '{"scripts": {"test": '],
    ['it is empty', ''],
  ])('leaves the template for Node as it is where %s', async (_, text) => {
    await put('package.json', text);

    await init(tree);

    expect(await read(workflowPath)).toBe(sandboxTemplate('node'));
  });

  it('leaves what stands there alone, says what it is worth, and adds what is missing', async () => {
    const foreign = 'on: push\njobs: {}\n';
    await put('Cargo.toml', '');
    await put(workflowPath, foreign);

    const { exit, said } = await init(tree);

    expect(exit).toBe(0);
    expect(await read(workflowPath)).toBe(foreign);
    expect(said).toContain(`left alone: ${workflowPath} (not usable: `);
    expect(await read(policyPath)).toContain('label: ai-fix');
  });

  it('changes nothing the second time', async () => {
    await put('pyproject.toml', '');
    await init(tree);
    const first = await read(workflowPath);

    const { exit, said } = await init(tree);

    expect(exit).toBe(0);
    expect(await read(workflowPath)).toBe(first);
    expect(said.match(/left alone/g)).toHaveLength(2);
  });

  it('writes at the root of the work tree, whichever folder of it is named', async () => {
    await put('package.json', '{}');
    await put('packages/one/two.txt', '');

    await init(join(tree, 'packages/one'));

    expect(await readdir(join(tree, '.github'))).toEqual(['ai-fix.yml', 'workflows']);
    expect(await readdir(join(tree, 'packages/one'))).toEqual(['two.txt']);
  });

  it('--dry-run prints and writes nothing; --stack overrules what is there', async () => {
    await put('package.json', '{}');

    const { said } = await init(tree, '--stack', 'rust', '--dry-run');

    expect(said).toContain('would write .github/workflows/ai-fix-sandbox.yml');
    expect(said).toContain('cargo test');
    expect(await readdir(tree)).toEqual(['.git', 'package.json']);
  });

  it('names the installer that the template does not use', async () => {
    await put('package.json', '{}');
    await put('pnpm-lock.yaml', '');

    const { said } = await init(tree);

    expect(said).toContain('There is a pnpm-lock.yaml, and the file installs with npm');
  });

  it('says what to do where no stack is known', async () => {
    const { exit, complained } = await init(tree);

    expect(exit).toBe(1);
    expect(complained).toContain('--stack node|python|go|java|rust');
  });

  it.each([
    ['.github', 'elsewhere'],
    ['.github/workflows', '../elsewhere'],
  ])('does not follow a link at %s out of the tree', async (link, target) => {
    await put('package.json', '{}');
    await mkdir(join(scratch, 'elsewhere'));
    await mkdir(dirname(join(tree, link)), { recursive: true });
    await symlink(join(scratch, target), join(tree, link));

    const { exit, complained } = await init(tree);

    expect(exit).toBe(1);
    expect(complained).toContain(`${link} is a symbolic link`);
    expect(await readdir(join(scratch, 'elsewhere'))).toEqual([]);
  });

  it('does not write through a link that leads nowhere', async () => {
    await put('package.json', '{}');
    await mkdir(join(tree, '.github'));
    await symlink(join(scratch, 'made-by-us'), join(tree, policyPath));

    const { exit, complained } = await init(tree);

    expect(exit).toBe(1);
    expect(complained).toContain(`${policyPath} is a symbolic link`);
    expect(await readdir(scratch)).toEqual(['tree']);
  });

  it('says that a folder is missing, is a file, or is in no work tree', async () => {
    await writeFile(join(scratch, 'file'), '');
    await mkdir(join(scratch, 'plain'));

    const answers = await Promise.all(['gone', 'file', 'plain'].map((name) => init(join(scratch, name))));

    expect(answers.map(({ exit }) => exit)).toEqual([1, 1, 1]);
    const [missing, file, plain] = answers.map(({ complained }) => complained);
    expect(missing).toContain('it is not there');
    expect(file).toContain('is no folder');
    expect(plain).toContain('is in no git work tree');
  });

  it('says that it may not write', async () => {
    await put('package.json', '{}');
    await chmod(scratch, 0o755);
    await chmod(tree, 0o555);

    const { exit, complained } = await asNobody(() => init(tree));

    expect(exit).toBe(1);
    expect(complained).toContain(`cannot write ${policyPath}`);
    expect(complained).toContain('this user may not');
  });

  it('says that a file stands where a folder belongs', async () => {
    await put('package.json', '{}');
    await put('.github', '');

    const { exit, complained } = await init(tree);

    expect(exit).toBe(1);
    expect(complained).toContain('.github is a file');
  });

  it.each([
    [['--stack', 'ruts'], 'did you mean rust?'],
    [['--stack'], '--stack needs a value'],
    [['--stack', '--dry-run'], '--stack needs a value'],
    [['--dryrun'], 'did you mean --dry-run?'],
    [['--dry-run=yes'], '--dry-run takes no value'],
    [['one', 'two'], 'nothing is expected at "two"'],
  ])('refuses %j', async (args, problem) => {
    await expect(init(...args)).rejects.toThrow(problem);
  });
});
