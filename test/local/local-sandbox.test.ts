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
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { readWorkflowChecks } from '../../src/cli/try/workflow-checks.ts';
import { asSha } from '../../src/domain/ids.ts';
import { spawnConfined } from '../../src/local/bubblewrap.ts';
import { createLocalSandbox, type LocalSandbox, type LocalSandboxOptions } from '../../src/local/local-sandbox.ts';
import { readInventories } from '../../src/steps/read-inventory.ts';

const base = asSha('a'.repeat(40));
const candidate = asSha('b'.repeat(40));
const tip = asSha('c'.repeat(40));
const repository = { installationId: 1, owner: 'local', name: 'shop' };
const inputs = { protocol: '1', mode: 'validate', base_sha: base, nonce: 'n' } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ai-fix-sandbox-test-'));
  // As the folder of a run: others may pass.
  chmodSync(folder, 0o711);
  mkdirSync(join(folder, 'cells'), { mode: 0o711 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Order extends Partial<LocalSandboxOptions> {
  readonly script: string;
  /** What stands in the workspace, by commit. */
  readonly files?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function opened({ script, files = {}, ...options }: Order): LocalSandbox & { finished(): Promise<void> } {
  let finish: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const sandbox = createLocalSandbox({
    folder: join(folder, 'cells'),
    confine: spawnConfined,
    scripts: new Map([['test', { script, environment: {} }]]),
    setUp: null,
    recipe: null,
    dependencies: [],
    tools: [],
    exportTree: async (commit, into) => {
      for (const [path, text] of Object.entries(files[commit] ?? {})) {
        mkdirSync(dirname(join(into, path)), { recursive: true });
        writeFileSync(join(into, path), text);
      }
    },
    timeoutMs: 30_000,
    workflowPath: '.github/workflows/ai-fix-sandbox.yml',
    tipOf: async () => tip,
    base,
    atOnce: 1,
    onProgress: () => undefined,
    onFinished: () => finish(),
    ...options,
  });
  onTestFinished(() => sandbox.close());
  return Object.assign(sandbox, { finished: () => over });
}

/** Has the one check run on a commit: how it ended, and what it printed. */
async function run(order: Order, sha = candidate) {
  const sandbox = opened(order);
  await sandbox.dispatch(repository, 'w', 'main', { ...inputs, checks: '["test"]', sha });
  await sandbox.finished();
  const [job] = await sandbox.jobs(repository, 1);
  const log = (await sandbox.logTail(repository, job?.id ?? 0, 1e6)) ?? '';
  return { sandbox, job, log, run: await sandbox.inspect(repository, 1) };
}

/** Command lines of this machine's processes that hold a text. */
const processesWith = (text: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
      } catch {
        // It has ended meanwhile.
        return '';
      }
    })
    .filter((line) => line.includes(text));

test('a run is told as GitHub tells one, and its check by its exit code', async () => {
  const { run: seen, job } = await run({ script: 'echo fine' });

  expect(seen).toMatchObject({
    status: 'completed',
    conclusion: 'success',
    headSha: tip,
    event: 'workflow_dispatch',
    attempt: 1,
    title: `ai-fix n ${candidate}`,
  });
  expect(job).toMatchObject({ name: 'test', conclusion: 'success', failedSteps: [] });
});

test('a check runs whatever rights new files get on this machine', async () => {
  const before = process.umask(0o077);
  onTestFinished(() => void process.umask(before));

  const { job } = await run({ script: 'cat a.txt && touch new', files: { [candidate]: { 'a.txt': 'a' } } });

  expect(job?.conclusion).toBe('success');
});

test('a check that fails in the middle of a pipe fails, with its code at the end of the log', async () => {
  const { job, log, run: seen } = await run({ script: 'false | cat\necho never' });

  expect(seen?.conclusion).toBe('failure');
  expect(job).toMatchObject({ conclusion: 'failure', failedSteps: ['check'] });
  expect(log).toMatch(
    /^##\[group\]Run false \| cat\n##\[endgroup\]\n[\s\S]*##\[error\]Process completed with exit code 1\.\n$/,
  );
  expect(log).not.toContain('never');
});

test('neither secrets of this process, nor files of its user, nor other processes are seen', async () => {
  vi.stubEnv('OPENAI_API_KEY', 'never-to-be-seen');
  onTestFinished(() => void vi.unstubAllEnvs());

  const { log, job } = await run({
    script: `set +e; env; cat /proc/*/environ | tr '\\0' '\\n'
cat /etc/shadow && echo "read the shadow"
ls ${process.cwd()} && echo "saw the project"
ls /root /home /work 2>&1; id -u
test "$(ls -d /proc/[0-9]* | wc -l)" -lt 12 && echo "alone"
true`,
  });

  expect(job?.conclusion).toBe('success');
  expect(log).not.toMatch(/never-to-be-seen|read the shadow|saw the project/);
  expect(log).toContain('alone');
});

test('there is no network, not even to this machine', async () => {
  const { createServer } = await import('node:http');
  const server = createServer((_request, response) => response.end('reached'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;

  const { log } = await run({
    script: `node -e "fetch('http://127.0.0.1:${port}').then((a) => a.text()).then(console.log, () => console.log('no network'))"`,
  });

  expect(log).toContain('no network');
  expect(log).not.toContain('reached');
});

test('what a check starts beside it dies with it, and a fork without end does not last', async () => {
  const { job } = await run({
    script: 'sleep 98761 & disown; setsid sleep 98762 & (f() { f | f & }; f) 2>/dev/null; sleep 0.3; true',
  });

  expect(job?.conclusion).toMatch(/success|failure/);
  expect(processesWith('sleep 9876')).toEqual([]);
});

test('a check that does not end is ended, and one that is cancelled too', async () => {
  const timed = await run({ script: 'trap "" TERM INT; echo begun; sleep 1000', timeoutMs: 1_500 });
  expect(timed.job?.conclusion).toBe('timed_out');
  expect(timed.log).toContain('did not end within');

  const sandbox = opened({ script: 'sleep 1000' });
  await sandbox.dispatch(repository, 'w', 'main', { ...inputs, checks: '["test"]', sha: candidate });
  await sandbox.cancel(repository, 1);

  expect(await sandbox.inspect(repository, 1)).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
});

test('of endless output only the end is kept', async () => {
  const { log, sandbox } = await run({ script: "head -c 30000000 /dev/zero | tr '\\0' x; echo; echo the end" });

  expect(log).toMatch(/the end\n$/);
  expect((await sandbox.logTail(repository, 1, 1e9))?.length).toBeLessThan(5_000_000);
});

test('each check has files of its own: what one leaves, no other finds', async () => {
  const sandbox = opened({
    script: 'ls; test ! -e left; touch left /tmp/left "$HOME/left"; test "$(ls -A /tmp | wc -l)" = 1',
    files: { [candidate]: { 'a.txt': 'a' }, [base]: { 'b.txt': 'b' } },
  });
  const ends = [];
  for (const sha of [candidate, base, candidate]) {
    await sandbox.dispatch(repository, 'w', 'main', { ...inputs, checks: '["test"]', sha });
    await vi.waitFor(
      async () => expect((await sandbox.inspect(repository, ends.length + 1))?.status).toBe('completed'),
      20_000,
    );
    ends.push((await sandbox.inspect(repository, ends.length + 1))?.conclusion);
  }

  expect(ends).toEqual(['success', 'success', 'success']);
  expect(readdirSync(join(folder, 'cells'))).toEqual([]);
});

test('reports are kept by check, and compared as those of an artifact', async () => {
  const report = '<testsuite name="s"><testcase name="one"/><testcase name="two"><failure/></testcase></testsuite>';
  const { sandbox } = await run({
    script: `mkdir -p "$AI_FIX_REPORTS/deep"; echo '${report}' > "$AI_FIX_REPORTS/deep/r.xml"`,
  });

  const inventories = await readInventories({ sandbox }, repository, 1, ['test']);

  expect(inventories.test).toMatchObject({ passed: ['s › one'], failed: ['s › two'] });
});

test('reports are read without following links, and nothing that is no plain file is opened', async () => {
  const secret = join(folder, 'secret.xml');
  writeFileSync(secret, '<testsuite name="secret"><testcase name="leaked"/></testsuite>', { mode: 0o644 });

  const { sandbox } = await run({
    script: `ln -s ${secret} "$AI_FIX_REPORTS/link.xml"; mkfifo "$AI_FIX_REPORTS/pipe.xml"; ln -s ${folder} target; ln -s ${secret} ai-fix-junit.xml`,
  });

  expect(
    await sandbox.artifacts(repository, 1, {
      wanted: () => true,
      maxDownloadBytes: 1e6,
      maxEntries: 10,
      maxTextBytes: 1e6,
    }),
  ).toEqual([]);
});

test('installed dependencies are seen read-only, unless the commit has something there itself', async () => {
  const from = join(folder, 'modules');
  mkdirSync(join(from, 'pad'), { recursive: true });
  writeFileSync(join(from, 'pad/index.js'), 'module.exports = 1;\n');
  const dependencies = [{ path: 'node_modules', from }];
  const files = { [candidate]: { 'package.json': '{}' }, [base]: { 'node_modules/own.txt': 'own' } };
  const script = 'cat node_modules/own.txt 2>/dev/null || (node -e "require(\'pad\')" && ! touch node_modules/new)';

  const seen = await run({ script, files, dependencies });
  const own = await run({ script, files, dependencies }, base);

  expect(seen.job?.conclusion).toBe('success');
  expect(own.log).toContain('own');
  expect(readdirSync(from)).toEqual(['pad']);
});

test('a set-up runs once for each state of the lockfiles, with network, and checks get a copy of what it made', async () => {
  const states: string[] = [];
  const setUp = {
    steps: [
      {
        script: 'mkdir -p node_modules/dep && date +%N > node_modules/dep/stamp && echo home > "$HOME/made"',
        environment: {},
      },
    ],
    stateOf: async () => 'one',
  };
  const sandbox = opened({
    script: 'cat node_modules/dep/stamp "$HOME/made"; echo spoilt > node_modules/dep/stamp',
    setUp,
    onProgress: ({ type }) => void states.push(type),
  });
  const logs: string[] = [];
  for (const [index, sha] of [candidate, base].entries()) {
    await sandbox.dispatch(repository, 'w', 'main', { ...inputs, checks: '["test"]', sha });
    await vi.waitFor(
      async () => expect((await sandbox.inspect(repository, index + 1))?.status).toBe('completed'),
      20_000,
    );
    const [job] = await sandbox.jobs(repository, index + 1);
    logs.push(((await sandbox.logTail(repository, job?.id ?? 0, 1e4)) ?? '').replace(/^##.*\n/gm, ''));
  }

  expect(logs[0]).toMatch(/^\d+\nhome\n$/);
  expect(logs[1]).toBe(logs[0]);
  expect(states.filter((type) => type === 'setting-up')).toHaveLength(1);
});

test('what the steps of a set-up say and install is there for later steps and the checks', async () => {
  const template = readFileSync(new URL('../../src/sandbox-workflows/go.yml', import.meta.url), 'utf8');
  const workflow = readWorkflowChecks(template, 'go.yml');
  if (workflow.kind !== 'found') throw new Error(workflow.why);
  const [check] = workflow.checks;
  // As `go install` does, from nowhere.
  const go =
    'if [ "$1" = install ]; then mkdir -p "$GOBIN" && echo "echo tested with $WHOSE" >"$GOBIN/gotestsum" && chmod +x "$GOBIN/gotestsum"; fi';
  const before = `mkdir "$RUNNER_TEMP/bin" && cat >"$RUNNER_TEMP/bin/go" <<'END' && chmod +x "$RUNNER_TEMP/bin/go"\n#!/bin/bash\n${go}\nEND`;
  const tell =
    'echo "$RUNNER_TEMP/bin" >>"$GITHUB_PATH"; echo "WHOSE=its own tool" >>"$GITHUB_ENV"; echo a=b >>"$GITHUB_OUTPUT"';
  const steps = [{ script: `${before}\n${tell}`, environment: {} }, ...workflow.setUp];

  const { job, log } = await run({
    ...{ script: '', scripts: new Map([['test', { environment: {}, ...check, script: check?.script ?? '' }]]) },
    setUp: { steps, stateOf: async () => 'one' },
  });

  expect(log).toContain('tested with its own tool');
  expect(job?.conclusion).toBe('success');
});

test.each([
  ['a link', 'rm "$GITHUB_ENV"; ln -s /etc/passwd "$GITHUB_ENV"'],
  ['no variable', 'echo "just words" >>"$GITHUB_ENV"'],
])('a step that leaves %s for later ones fails', async (_what, script) => {
  const { job, log } = await run({ script });

  expect(job?.conclusion).toBe('failure');
  expect(log).not.toContain('root:');
});

test('what a step sets itself stands above the words of those before it, and these above what is around', async () => {
  const { log } = await run({
    script: '',
    scripts: new Map([
      ['test', { script: 'echo "$A.$B"', environment: { A: 'own' }, around: { A: 'around', B: 'around' } }],
    ]),
    setUp: {
      steps: [{ script: 'printf "A=told\\nB=told\\n" >>"$GITHUB_ENV"', environment: {} }],
      stateOf: async () => 'one',
    },
  });

  expect(log).toContain('own.told');
});

test('a set-up that puts a file in place of its own temporary folder fails nothing but what wants that', async () => {
  const { job } = await run({
    script: 'test -f "$RUNNER_TEMP"',
    setUp: {
      steps: [{ script: 'rmdir "$RUNNER_TEMP"; touch "$RUNNER_TEMP"', environment: {} }],
      stateOf: async () => 'one',
    },
  });

  expect(job?.conclusion).toBe('success');
});

test('what a set-up made is never written through a link that the candidate put there', async () => {
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  const sandbox = opened({
    script: 'true',
    setUp: {
      steps: [{ script: 'mkdir -p packages/a node_modules; touch packages/a/made node_modules/made', environment: {} }],
      stateOf: async () => 'one',
    },
    exportTree: async (commit, into) => {
      if (commit === base) mkdirSync(join(into, 'packages'));
      else for (const name of ['packages', 'node_modules']) symlinkSync(outside, join(into, name));
    },
  });
  await sandbox.lookAtBase(new AbortController().signal);
  await sandbox.dispatch(repository, 'w', 'main', { ...inputs, checks: '["test"]', sha: candidate });
  await sandbox.finished();

  expect(readdirSync(outside)).toEqual([]);
});

test('a set-up that fails fails every check, with its own log', async () => {
  const { job, log } = await run({
    script: 'true',
    setUp: { steps: [{ script: 'echo "no such package" >&2; exit 3', environment: {} }], stateOf: async () => 'one' },
  });

  expect(job).toMatchObject({ conclusion: 'failure', failedSteps: ['set-up'] });
  expect(log).toMatch(/no such package\n##\[error\]The set-up failed: it ended with exit code 3\.\n/);
});

test('a commit that cannot be written as files gives no verdict', async () => {
  const said: string[] = [];
  const { run: seen } = await run({
    script: 'true',
    exportTree: async () => {
      throw new Error('the object is missing');
    },
    onProgress: (progress) => void (progress.type === 'fault' && said.push(progress.fault)),
  });

  expect(seen).toMatchObject({ status: 'completed', conclusion: 'startup_failure' });
  expect(said).toEqual(['the object is missing']);
});

test('a sandbox that cannot be started gives no verdict on a commit', async () => {
  const said: string[] = [];
  const { run: seen, job } = await run({
    script: 'true',
    tools: [process.execPath],
    confine: (confinement) => spawnConfined({ ...confinement, folder: '/nowhere' }),
    onProgress: (progress) => void (progress.type === 'fault' && said.push(progress.fault)),
  });

  expect(seen).toMatchObject({ conclusion: 'startup_failure' });
  expect(job?.conclusion).toBeNull();
  expect(said).toEqual([expect.stringMatching(/^the sandbox could not be started: bwrap: Can't chdir to \/nowhere/)]);
});

test.runIf(process.getuid?.() === 0)('as root, what mounts are needed for is not shown without them', async () => {
  const closed = join(folder, 'closed');
  mkdirSync(join(closed, 'tool'), { recursive: true });
  chmodSync(closed, 0o700);
  const path = join(folder, 'programs');
  mkdirSync(path);
  for (const name of ['bwrap', 'prlimit', 'setpriv', 'chown', 'chmod'])
    symlinkSync(`/usr/bin/${name}`, join(path, name));
  vi.stubEnv('PATH', path);
  onTestFinished(() => void vi.unstubAllEnvs());
  const said: string[] = [];

  await run({
    ...{ script: 'true', tools: [join(closed, 'tool')] },
    onProgress: (progress) => void (progress.type === 'fault' && said.push(progress.fault)),
  });

  expect(said).toEqual([expect.stringContaining('unshare and mount not installed: apt-get install util-linux mount')]);
});

test('what a check itself starts in vain fails the check', async () => {
  const { run: seen, log } = await run({ script: 'echo "bwrap: cannot do that" >&2; exit 1' });

  expect(seen).toMatchObject({ conclusion: 'failure' });
  expect(log).toContain('bwrap: cannot do that\n\n##[error]Process completed with exit code 1.');
});

test.runIf(process.getuid?.() === 0)(
  'as root a folder of tools is shown whose way is closed to others, and nothing beside it, on this host neither',
  async () => {
    const home = join(folder, 'home');
    const tool = join(home, 'cargo');
    mkdirSync(join(tool, 'bin'), { recursive: true });
    chmodSync(home, 0o700);
    writeFileSync(join(home, 'key'), 'never-to-be-seen');
    writeFileSync(join(tool, 'private'), 'never-to-be-seen', { mode: 0o600 });
    writeFileSync(join(tool, 'bin', 'build'), '#!/bin/sh\necho built\n', { mode: 0o755 });

    const { job, log } = await run({
      script: [
        `${tool}/bin/build`,
        `! cat ${home}/key`,
        `! cat ${tool}/private`,
        `! touch ${tool}/new`,
        `ls ${home}; id -u; mount | grep -c ${home} || true; grep NoNewPrivs /proc/self/status`,
      ].join('\n'),
      tools: [tool],
    });

    expect(job?.conclusion).toBe('success');
    expect(log).toMatch(/built\n[\s\S]*\bcargo\n/);
    expect(log).toMatch(/NoNewPrivs:\s+1/);
    expect(log).not.toContain('never-to-be-seen');
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder);
    expect(readdirSync(tool).sort()).toEqual(['bin', 'private']);
  },
);

test('the base is run once, however often it is asked for', async () => {
  const progress: string[] = [];
  const counted = join(folder, 'count');
  const sandbox = opened({
    script: 'true',
    exportTree: async () => writeFileSync(counted, 'x', { flag: 'a' }),
    onProgress: ({ type }) => void progress.push(type),
  });

  const [end] = await sandbox.lookAtBase(new AbortController().signal);
  await sandbox.dispatch(repository, 'w', 'main', { ...inputs, checks: '["test"]', sha: base });
  await sandbox.finished();

  expect(end).toMatchObject({ name: 'test', conclusion: 'success' });
  expect(readFileSync(counted, 'utf8')).toBe('x');
  expect(await sandbox.inspect(repository, 1)).toMatchObject({ conclusion: 'success' });
});

test('a set-up that fails by chance is tried once more, and kept once it is made', async () => {
  let begun = 0;
  const sandbox = opened({
    script: 'true',
    setUp: { steps: [{ script: 'test -e lucky', environment: {} }], stateOf: async () => 'one' },
    exportTree: async (_commit, into) => {
      if (begun === 2) writeFileSync(join(into, 'lucky'), '');
    },
    onProgress: ({ type }) => {
      if (type === 'setting-up') begun += 1;
    },
  });
  const conclusions: (string | null | undefined)[] = [];
  for (const sha of [candidate, tip]) {
    await sandbox.dispatch(repository, 'w', 'main', { ...inputs, checks: '["test"]', sha });
    const id = sandbox.runs.length;
    await vi.waitFor(async () => expect((await sandbox.inspect(repository, id))?.status).toBe('completed'), 20_000);
    conclusions.push((await sandbox.inspect(repository, id))?.conclusion);
  }

  expect(conclusions).toEqual(['success', 'success']);
  expect(begun).toBe(2);
});

test('a set-up that failed twice is made anew for the next run', async () => {
  let begun = 0;
  const sandbox = opened({
    script: 'true',
    setUp: { steps: [{ script: 'test -e lucky', environment: {} }], stateOf: async () => 'one' },
    exportTree: async (_commit, into) => {
      if (begun > 2) writeFileSync(join(into, 'lucky'), '');
    },
    onProgress: ({ type }) => {
      if (type === 'setting-up') begun += 1;
    },
  });
  const [first] = await sandbox.lookAtBase(new AbortController().signal);
  await sandbox.dispatch(repository, 'w', 'main', { ...inputs, checks: '["test"]', sha: candidate });
  await sandbox.finished();

  expect(first?.failedStep).toBe('set-up');
  expect((await sandbox.inspect(repository, 1))?.conclusion).toBe('success');
});

test('a stop does not wait for the set-up, and closing ends it', async () => {
  const stop = new AbortController();
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const mark = `sleep 300.${process.pid}`;
  const sandbox = opened({
    script: 'true',
    timeoutMs: 60_000,
    setUp: { steps: [{ script: mark, environment: {} }], stateOf: async () => 'one' },
    onProgress: () => begin(),
  });
  const look = sandbox.lookAtBase(stop.signal);
  await begun;
  await vi.waitFor(() => expect(processesWith(mark)).not.toEqual([]), 20_000);

  stop.abort();

  expect(await look).toMatchObject([{ conclusion: 'cancelled' }]);
  await sandbox.dispatch(repository, 'w', 'main', { ...inputs, checks: '["test"]', sha: candidate });
  await sandbox.close();
  expect(processesWith(mark)).toEqual([]);
});
