import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import type { TryResult } from '../../../src/cli/try/result.ts';
import type { ModelScript } from '../../stand-in/model-script.ts';
import { startScriptedModel } from '../../stand-in/scripted-model.ts';
import { plainEnvironment, thisProject } from '../../support/app-process.ts';
import { readyImage } from '../../support/database-image.ts';
import { type LocalRepository, makeLocalRepository } from '../../support/local-repository.ts';
import { type RoleScripts, rightFirstTime, rightPatch } from '../../support/scripts.ts';
import { sumFiles } from '../../support/sum-repository.ts';

const { '.github/workflows/ai-fix-sandbox.yml': _workflow, ...plainFiles } = sumFiles;
const key = { OPENAI_API_KEY: 'sk-scripted-model-needs-no-key-0000' };

/** A database made from nothing takes its time, many times over where other tests run beside. */
vi.setConfig({ testTimeout: 180_000 });

let repository: LocalRepository;
let folder: string;
beforeAll(() => {
  repository = makeLocalRepository(plainFiles);
  folder = mkdtempSync(join(tmpdir(), 'ai-fix-try-cli-'));
  // As root checks run as somebody else, who has to pass.
  chmodSync(folder, 0o711);
});
afterAll(() => {
  repository.remove();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Started {
  readonly ended: Promise<Ended>;
  signal(name: NodeJS.Signals): void;
  /** Resolves once a text was written. */
  until(text: string): Promise<void>;
}

const databaseImage = await readyImage(inject('databaseImage'));

/** Starts `ai-fix try` as a person does. Standard output and standard error are kept apart. */
function start(args: readonly string[], environment: Readonly<Record<string, string>> = key, cwd = folder): Started {
  const env = {
    ...plainEnvironment(),
    TMPDIR: folder,
    AI_FIX_DATABASE_IMAGE: databaseImage,
    ...environment,
  };
  const cli = join(thisProject, 'src/cli.ts');
  const child = spawn(process.execPath, [cli, 'try', ...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return {
    ended,
    signal: (name) => void child.kill(name),
    until: async (text) => {
      const deadline = Date.now() + 150_000;
      while (!`${out}${err}`.includes(text)) {
        if (Date.now() > deadline) throw new Error(`waited in vain for ${text}:\n${out}\n${err}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

async function withModel(script: RoleScripts): Promise<Record<string, string>> {
  const model = await startScriptedModel(script as ModelScript);
  onTestFinished(() => model.close());
  return { ...key, OPENAI_BASE_URL: `${model.url}/v1`, AI_FIX_MODEL: 'gpt-6-sol' };
}

describe('wrong use', () => {
  const text = ['--text', 'sum subtracts'];
  test.each([
    [[], 64, 'name the repository: ai-fix try . --text'],
    [['REPO'], 64, 'say what is to be fixed, in one way'],
    [['REPO', ...text, '--issue', 'a.md'], 64, 'in one way'],
    [['REPO', ...text, '--bugdet', '3'], 64, 'did you mean --budget?'],
    [['REPO', ...text, '--budget', 'lots'], 64, '--budget: found "lots"; allowed: a number from 0.01 to 1000'],
    [['REPO', ...text, '--attempts', '1.5'], 64, '--attempts: found "1.5"; allowed: a whole number'],
    [['REPO', ...text, '--yes=no'], 64, '--yes takes no value'],
    [['/nowhere', ...text], 78, '/nowhere: there is nothing; allowed: the folder of a git repository'],
    [['REPO', ...text, '--tool', '/nowhere'], 64, '--tool: found "/nowhere", which is no folder'],
    [['REPO', ...text, '--tool', '/'], 64, 'where your keys lie too'],
    [['REPO', ...text, '--base', 'maim'], 78, '--base: found "maim"'],
    [
      ['REPO', ...text, '--model', 'anthropic/claude-opus-5-5'],
      78,
      '- --model: found "anthropic/claude-opus-5-5", but ANTHROPIC_API_KEY is not set\n',
    ],
  ])('%j ends with %d and says what is wrong', async (args, code, problem) => {
    const { ended } = start(args.map((arg) => (arg === 'REPO' ? repository.path : arg)));

    const end = await ended;

    expect(end.err).toContain(problem);
    expect(end.code).toBe(code);
    expect(end.out).toBe('');
  });

  test('without a key the variables are named, and a .env of the repository is not read', async () => {
    repository.write({ '.env': 'OPENAI_API_KEY=sk-evil\nOPENAI_BASE_URL=http://127.0.0.1:1/v1\nAI_FIX_MODEL=x\n' });
    onTestFinished(() => rmSync(join(repository.path, '.env')));

    const { code, err } = await start(['.', ...text], {}, repository.path).ended;

    expect(code).toBe(78);
    expect(err).toContain('OPENAI_API_KEY, ANTHROPIC_API_KEY, OPENAI_BASE_URL: none is set');
  });

  test('without bubblewrap nothing starts, and the one command is named', async () => {
    const path = mkdtempSync(join(tmpdir(), 'ai-fix-path-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    for (const name of ['git', 'setpriv', 'prlimit']) symlinkSync(`/usr/bin/${name}`, join(path, name));

    const { code, err } = await start([repository.path, ...text], { ...key, PATH: path }).ended;

    expect(code).toBe(78);
    expect(err).toContain('bwrap is not installed: apt-get install bubblewrap');
  });

  test.runIf(process.getuid?.() === 0)('as root a temporary folder that nobody else may enter is refused', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });

    const { code, err } = await start([repository.path, ...text], { ...key, TMPDIR: closed }).ended;

    expect(code).toBe(78);
    expect(err).toContain('set TMPDIR to a folder that everybody may pass');
    expect(readdirSync(closed)).toEqual([]);
  });

  test('a check that is not there ends it before a model is asked', async () => {
    const environment = await withModel(rightFirstTime);

    const { code, err } = await start([repository.path, ...text, '--check', 'no-such-program'], environment).ended;

    expect(code).toBe(64);
    expect(err).toMatch(/the check no-such-program cannot be run in the sandbox:\n[\s\S]*not found/);
  });
});

test('as JSON one object stands on standard output, and everything else on standard error', async () => {
  const issue = join(folder, 'issue.md');
  writeFileSync(issue, '# sum subtracts\n\nsum(2, 3) is -1.\n');
  const report = join(folder, 'report.md');
  const environment = await withModel(rightFirstTime);

  const args = [repository.path, '--issue', issue, '--check', 'test: npm test', '--yes', '--json', '--report', report];
  const { code, out, err } = await start(args, environment).ended;

  const result = JSON.parse(out) as TryResult;
  expect(code).toBe(0);
  expect(result).toMatchObject({ version: 1, outcome: 'solved', title: 'sum subtracts', checks: [{ name: 'test' }] });
  expect(repository.git('show', `${result.branch}:sum.js`)).toContain('a + b');
  expect(err).toMatch(/starts from main[\s\S]*attempt 1: all checks passed/);
  expect(readFileSync(report, 'utf8')).toBe(result.report);
  expect(`${out}${err}`).not.toContain(key.OPENAI_API_KEY);
  expect(readdirSync(folder).filter((name) => name.startsWith('ai-fix-try-'))).toEqual([]);
});

test('at a gate where nobody can answer it ends with 3 and says how to go on', async () => {
  const gated = makeLocalRepository({ ...plainFiles, '.github/ai-fix.yml': 'gates: { plan: required }\n' });
  onTestFinished(() => gated.remove());
  const environment = await withModel(rightFirstTime);

  const { code, out } = await start([gated.path, '--text', 'sum subtracts'], environment).ended;

  expect(code).toBe(3);
  expect(out).toMatch(/## Plan[\s\S]*Not done: nobody answered at the gate of the plan.*--yes opens every gate/);
  expect(gated.git('branch', '--list', 'ai-fix/*')).toBe('');
});

test('Ctrl-C stops it in good order, and leaves nothing behind', async () => {
  const slow = { ...rightFirstTime, coder: [[{ ...rightPatch, delayMs: 120_000 }]] } as unknown as RoleScripts;
  const environment = await withModel(slow);
  const before = repository.snapshot();

  const started = start([repository.path, '--text', 'sum subtracts', '--yes'], environment);
  await started.until('attempt 1: the coder writes');
  started.signal('SIGINT');
  const { code, out, err } = await started.ended;

  expect(code).toBe(130);
  expect(err).toContain('stopping; once more ends it at once');
  expect(out).toContain('Stopped. Nothing was put into the repository.');
  expect(repository.snapshot()).toEqual(before);
  expect(readdirSync(folder).filter((name) => name.startsWith('ai-fix-try-'))).toEqual([]);
});
