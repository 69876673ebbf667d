import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openGitHub, type TestGitHub } from './app-client.ts';
import type { GitHubOptions } from './github.ts';
import type { RunView } from './views.ts';

const repository = 'acme/runner';
const path = process.env.PATH ?? '';
let site: TestGitHub | undefined;
afterEach(async () => {
  process.env.PATH = path;
  delete process.env.STAND_IN_TEST_SECRET;
  await site?.close();
  site = undefined;
});

const script = (...lines: string[]): string[] => ['- run: |', ...lines.map((line) => `    ${line}`)];

const ask =
  'node -e "fetch(process.env.GITHUB_SERVER_URL).then(() => console.log(`connected`), () => console.log(`no network`))"'.replaceAll(
    '`',
    "'",
  );

/** Runs these steps as a workflow. */
async function run(steps: readonly string[], options: Partial<GitHubOptions> = {}): Promise<RunView> {
  site = await openGitHub({ users: ['alice'], ...options });
  const indented = steps.map((line) => `      ${line}\n`).join('');
  const workflow = `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n${indented}`;
  const files = { 'README.md': 'hello\n', '.github/workflows/test.yml': workflow };
  await site.github.createRepository({ fullName: repository, files });
  const order = { workflow: 'test.yml', branch: 'main', event: 'push', actor: 'alice' };
  return site.github.runWorkflow(repository, order);
}

describe('the sandbox', () => {
  it('hides the files, the secrets and the network of the host', async () => {
    process.env.STAND_IN_TEST_SECRET = 'never to be seen';

    const ended = await run([
      ...script(
        'cat /etc/shadow || echo "no shadow"',
        'cat /proc/1/environ | tr "\\0" "\\n"; env',
        ask,
        'id -u; ls /root /work /home/runner/.ssh 2>&1 || true',
        'unshare --user true 2>&1 || echo "no namespaces"',
      ),
    ]);

    const log = ended.jobs[0]?.log ?? '';
    expect(ended.conclusion).toBe('success');
    expect(log).not.toContain('never to be seen');
    expect(log).not.toContain('root:');
    expect(log).toContain('Z no network');
    expect(log).toContain('Z no namespaces');
  });

  it('does not follow the links that a step leaves for the runner', async () => {
    const ended = await run([
      ...script('rm "$GITHUB_ENV"; ln -s /etc/hostname "$GITHUB_ENV"; rm -f "$GITHUB_OUTPUT"; mkfifo "$GITHUB_OUTPUT"'),
      ...script('ln -s /etc evil'),
      '- uses: actions/checkout@v4',
      '  with: { path: evil/more/code }',
    ]);

    expect(ended.conclusion).toBe('failure');
    expect(ended.jobs[0]?.log).toContain('the path is a link out of the workspace');
  });

  it('has the network where the test wants it', async () => {
    const ended = await run([`- run: ${JSON.stringify(ask)}`], { runnerNetwork: true });

    expect(ended.jobs[0]?.log).toContain('Z connected');
  });

  it('cuts a line that does not end, and a log that does not either', async () => {
    const endless = `node -e "process.stdout.write('x'.repeat(30e6))"`;

    const ended = await run([`- run: ${JSON.stringify(endless)}`, '- run: echo later']);

    const log = ended.jobs[0]?.log ?? '';
    expect(ended.conclusion).toBe('success');
    expect(Math.max(...log.split('\n').map((line) => line.length))).toBeLessThan(200_000);
    expect(log.length).toBeLessThan(21_000_000);
    expect(log).toContain('the rest is left out');
  });

  it('has node and npm', async () => {
    const ended = await run(['- run: node --version && npm --version']);

    expect(ended.conclusion).toBe('success');
    expect(ended.jobs[0]?.log).toContain(process.version);
  });
});

describe('without bubblewrap', () => {
  /** A path on which there are only these programs. */
  const onlyWith = (...programs: string[]): string => {
    const folder = mkdtempSync(join(tmpdir(), 'stand-in-path-'));
    for (const program of programs) symlinkSync(`/usr/bin/${program}`, join(folder, program));
    return folder;
  };

  it('nothing starts, and the error says what to type', async () => {
    const folder = onlyWith('git');
    process.env.PATH = folder;

    await expect(openGitHub()).rejects.toThrow('apt-get install bubblewrap');

    rmSync(folder, { recursive: true });
  });

  it('steps run in the open where that was allowed, with nothing of our environment', async () => {
    const folder = onlyWith('git', 'bash', 'cat', 'env', 'sleep');
    process.env.PATH = folder;
    process.env.STAND_IN_TEST_SECRET = 'never to be seen';

    const steps = ['- uses: actions/checkout@v4', ...script('cat README.md; env; git status --short; pwd')];
    const ended = await run(steps, { unsafeWithoutBubblewrap: true });

    rmSync(folder, { recursive: true });
    expect(ended.conclusion).toBe('success');
    expect(ended.jobs[0]?.log).toContain('Z hello');
    expect(ended.jobs[0]?.log).not.toContain('never to be seen');
    expect(site?.github.journal.notes).toEqual(['workflow steps run without a sandbox']);
  });
});
