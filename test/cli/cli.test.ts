import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCli, thisProject } from '../support/app-process.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/ai-fix-cli-`);
});
afterAll(() => rm(folder, { recursive: true }));

async function cli(...args: string[]) {
  const running = startCli(args, {}, folder);
  const { code } = await running.exit;
  return { code, output: running.output };
}

test.each([[[]], [['help']], [['--help']], [['-h']]])('ai-fix %j lists the commands', async (args) => {
  const { code, output } = await cli(...args);

  expect(code).toBe(0);
  for (const name of ['start', 'init', 'doctor', 'models', 'try', 'eval', 'trace', 'help'])
    expect(output).toContain(`ai-fix ${name}`);
});

test.each(['start', 'init', 'doctor', 'models', 'try', 'eval', 'trace'])(
  'ai-fix %s --help shows how it is used, and does nothing',
  async (name) => {
    const { code, output } = await cli(name, '--help');

    expect(code).toBe(0);
    expect(output).toContain(`Usage: ai-fix ${name}`);
  },
);

test.each([
  [['docter'], 'did you mean doctor?'],
  [['frobnicate'], 'there are: start, init, doctor, models, try, eval, trace, help'],
  [['start', '--port', '3000'], 'there is no option --port'],
  [['doctor', '--jsn'], 'did you mean --json?'],
  [['doctor', 'not-a-repository'], 'owner/repository'],
  [['doctor', '--live'], 'owner/repository'],
  [['eval', 'tasks', '--job', '2'], 'did you mean --jobs?'],
  [['trace', 'f-1', '--bodys'], 'did you mean --bodies?'],
  [['init', '--stack', 'cobol'], 'there are: node, python, go, java, rust'],
])('ai-fix %j is refused with what was meant', async (args, problem) => {
  const { code, output } = await cli(...args);

  expect(code).toBe(64);
  expect(output).toContain(problem);
});

test('a secret on the command line is not repeated', async () => {
  const secret = ['ghp', 'a'.repeat(36)].join('_');

  const { output } = await cli(secret);

  expect(output).toContain('there is no command');
  expect(output).not.toContain(secret);
});

test('nothing on the command line steers the terminal', async () => {
  const { code, output } = await cli('init', '--\u001b[2J\u0007');

  expect(code).toBe(64);
  expect(output).toContain('there is no option');
  expect(output.split('\n').join('')).not.toMatch(/\p{Cc}/u);
});

test('npx runs it in a checkout', async () => {
  const { stdout } = await promisify(execFile)('npx', ['--no-install', 'ai-fix', 'help'], {
    cwd: thisProject,
    env: { PATH: process.env.PATH, HOME: folder, npm_config_cache: folder },
  });

  expect(stdout).toContain('ai-fix init');
});
