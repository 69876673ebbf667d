import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { consult } from '../../src/cli/doctor/consult.ts';
import type { Report } from '../../src/cli/doctor/finding.ts';
import { readAppManifest } from '../../src/config/app-manifest.ts';
import { openEmbeddedPostgres } from '../../src/durable/embedded-postgres.ts';
import { startCli } from '../support/app-process.ts';
import { captureTerminal } from '../support/captured-terminal.ts';
import { copyDatabaseImage } from '../support/database-image.ts';
import { openStands, type Stands } from '../support/stands.ts';
import { tinyFiles, tinyScript } from '../support/tiny-repository.ts';

let stands: Stands;
let environment: Record<string, string>;
let repositories = 0;

beforeAll(async () => {
  stands = await openStands({ ...tinyScript(), fast: [[{ text: 'ok' }]] });
});
afterAll(() => stands.close());
beforeEach(async () => {
  environment = await stands.environment('data');
});

async function doctor(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
  how: { isJson?: boolean } = {},
) {
  const terminal = captureTerminal();
  const [owner = '', name = ''] = args[0]?.split('/') ?? [];
  const repository = args.length === 0 ? null : { owner, name };
  const order = { repository, isJson: how.isJson === true, asksModels: how.isJson !== true };
  const code = await consult(order, { ...environment, ...more }, terminal);
  return { code, output: terminal.said };
}

async function doctorProcess(args: readonly string[]) {
  const running = startCli(['doctor', ...args], environment, stands.scratch);
  const { code } = await running.exit;
  return { code, output: running.output };
}

async function reportFor(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const { code, output } = await doctor(args, more, { isJson: true });
  const { findings } = JSON.parse(output) as Report;
  return { code, of: (check: string) => findings.filter((finding) => finding.check === check) };
}

async function createRepository(files: Readonly<Record<string, string>>): Promise<string> {
  const fullName = `acme${++repositories}/shop`;
  await stands.github.createRepository({ fullName, files });
  return fullName;
}

describe('ai-fix doctor', () => {
  it('finds a good set-up good, says what it looked at, and leaves nothing behind', async () => {
    const repository = await createRepository({ ...tinyFiles, '.github/ai-fix.yml': 'label: ai-fix\n' });
    await stands.github.as('admin').post(`/repos/${repository}/labels`, { name: 'ai-fix', color: 'ffffff' });
    const before = stands.github.journal.entries.length;

    const { code, output } = await doctorProcess([repository]);

    expect(output).not.toMatch(/^fail/m);
    expect(code).toBe(0);
    for (const line of [
      /^ok {4}settings: complete/m,
      /^ok {4}git: 2\./m,
      /^ok {4}data folder: .* MB free/m,
      /^ok {4}database: embedded, .* the first start makes it/m,
      /^warn {2}process: nobody answers/m,
      /^ok {4}credentials: GitHub knows App 4242 as ai-fix/m,
      /^ok {4}clock: \d+ s/m,
      /^ok {4}registration: asks for all/m,
      /^ok {4}installations: \d+ grant everything/m,
      /^ok {4}webhook: GitHub sends to http:/m,
      /^ok {4}ai-fix\.yml: valid/m,
      /^ok {4}sandbox workflow: usable, with the checks greeting/m,
      /^ok {4}Actions: enabled/m,
      /^ok {4}label: ai-fix/m,
      /^ok {4}branch rules: no ruleset/m,
      /^ok {4}model openai\/gpt-6-sol: answers; asking cost \$0\.0/m,
    ]) {
      expect(output).toMatch(line);
    }
    const asked = stands.github.journal.entries.slice(before);
    const writes = asked.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/access_tokens'));
    expect(writes).toEqual([]);
    expect(asked.flatMap(({ problems }) => problems)).toEqual([]);
    // The stand-in's own answers; the others are the emulator's, which leaves fields out.
    const ours = asked.filter(({ operationId }) => /hook|rules/.test(operationId ?? ''));
    expect(ours.map(({ responseProblems }) => responseProblems)).toEqual([[], [], []]);
    expect(await readdir(stands.scratch)).not.toContain('data');
  });

  it('warns of settings that come to nothing, as spans that are not sent', async () => {
    const { of } = await reportFor([], {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });

    expect(of('settings')).toEqual([
      expect.objectContaining({ level: 'ok' }),
      expect.objectContaining({
        level: 'warn',
        found: expect.stringContaining(
          'no spans are sent: OTEL_EXPORTER_OTLP_PROTOCOL: found "grpc"; allowed: http/protobuf',
        ),
      }),
    ]);
  });

  it('prints no secret, whatever it finds', async () => {
    const { output } = await doctor([], { OPENAI_BASE_URL: 'http://user:very-secret-word@127.0.0.1:9/v1' });

    expect(output).toContain('found a value that is not shown; allowed: an address without name and password');
    for (const secret of ['very-secret-word', environment.OPENAI_API_KEY, environment.WEBHOOK_SECRET, 'BEGIN']) {
      expect(output).not.toContain(secret);
    }
  });

  it('lists wrong settings, and ends with the code for them', async () => {
    const { code, output } = await doctor([], { APP_ID: 'twelve', PORT: '0' });

    expect(code).toBe(78);
    expect(output).toMatch(/^fail {2}settings: APP_ID: found "twelve"/m);
    expect(output).toMatch(/^fail {2}settings: PORT/m);
  });

  it('says that the credentials are of another App, and asks GitHub nothing else', async () => {
    const { code, of } = await reportFor([], { APP_ID: '99' });

    expect(code).toBe(1);
    expect(of('credentials')).toMatchObject([{ level: 'fail' }]);
    expect(of('GitHub')).toMatchObject([{ level: 'warn', found: 'nothing else was asked of it' }]);
    expect(of('webhook')).toEqual([]);
  });

  it('says within seconds that GitHub does not answer', async () => {
    const { code, of } = await reportFor([], { GHE_HOST: '127.0.0.1:9' });

    expect(code).toBe(1);
    expect(of('credentials')[0]?.mend).toContain('can this machine reach GitHub');
  });

  it('names what an installation does not grant, and where it is accepted', async () => {
    const repository = await createRepository(tinyFiles);
    const permissions = { metadata: 'read', issues: 'write', contents: 'read', checks: 'write' };
    stands.github.changeInstallation(repository, { permissions, events: ['issues'] });

    const { code, of } = await reportFor([]);

    stands.github.changeInstallation(repository, { isSuspended: true });
    const suspended = await reportFor([]);
    expect(code).toBe(1);
    const [fault] = of('installations').filter(({ level }) => level === 'fail');
    for (const lack of ['pull_requests: write', 'contents: write', 'actions: write', 'the event workflow_run'])
      expect(fault?.found).toContain(lack);
    expect(fault?.found).not.toContain('issues: write');
    expect(fault?.mend).toContain(`Whoever administers ${repository.split('/')[0]} accepts it at http`);
    expect(suspended.of('installations').some(({ found }) => found.includes('has suspended the App'))).toBe(true);
  });

  it('says that the clock is off', async () => {
    const body = { slug: 'ai-fix', html_url: 'https://github.com/apps/ai-fix', permissions: {}, events: [] };
    const headers = { date: new Date(Date.now() + 3_600_000).toUTCString() };
    stands.github.faults.add({ method: 'GET', path: /^\/app$/, act: { status: 200, body, headers } });

    const { of } = await reportFor([]);

    expect(of('clock')).toMatchObject([{ level: 'fail', found: expect.stringMatching(/^3[56]\d\d s behind/) }]);
  });

  it('names what the App itself asks too little and too much', async () => {
    const body = {
      slug: 'ai-fix',
      html_url: 'https://github.com/apps/ai-fix',
      permissions: { metadata: 'read', members: 'read', workflows: 'write', issues: 'write' },
      events: readAppManifest().events,
    };
    const takeAway = stands.github.faults.add({ method: 'GET', path: /^\/app$/, times: 9, act: { status: 200, body } });

    const { of } = await reportFor([]);

    takeAway();
    const [lack, surplus] = of('registration');
    expect(lack).toMatchObject({ level: 'fail' });
    expect(lack?.found).toBe(
      'does not ask for pull_requests: write, contents: write, actions: write, checks: write, statuses: read',
    );
    expect(surplus).toMatchObject({ level: 'warn', found: 'asks for more than app.yml: workflows: write' });
  });

  it.each([
    [{ url: '', content_type: 'form', insecure_ssl: '1' }, ['no address is set', 'has no secret']],
    [{ url: 'https://smee.io/abc', content_type: 'json', secret: '********' }, ['the App does not listen there']],
    [
      { url: 'https://ai-fix.example/', content_type: 'form', secret: '********', insecure_ssl: '1' },
      ['sends forms', 'certificates are not verified', 'GitHub sends to https://ai-fix.example/'],
    ],
    [{ url: 'http://169.254.169.254/hook', content_type: 'json', secret: '********' }, ['GitHub cannot reach that']],
  ])('judges the webhook %j', async (body, expected) => {
    const takeAway = stands.github.faults.add({
      method: 'GET',
      path: /^\/app\/hook\/config$/,
      act: { status: 200, body },
    });

    const { of } = await reportFor([]);

    takeAway();
    const found = of('webhook').map((finding) => finding.found);
    for (const text of expected) expect(found.join('\n')).toContain(text);
  });

  it('reads from the answers to deliveries whether the secret is right', async () => {
    const at = (seconds: number) => `2026-11-27T10:00:0${seconds}Z`;
    const delivery = (id: number, guid: string, status_code: number) => ({
      id,
      guid,
      delivered_at: at(id),
      redelivery: false,
      duration: 1,
      status: 'said',
      status_code,
      event: 'issues',
      action: 'labeled',
      installation_id: null,
      repository_id: null,
    });
    const told = async (body: ReturnType<typeof delivery>[]) => {
      stands.github.faults.add({ method: 'GET', path: /^\/app\/hook\/deliveries$/, act: { status: 200, body } });
      return (await reportFor([])).of('deliveries')[0];
    };

    const wrongSecret = await told([delivery(2, 'b', 401), delivery(1, 'a', 202)]);
    const wasDown = await told([delivery(3, 'c', 200), delivery(2, 'b', 0)]);
    const sentAgain = await told([delivery(3, 'a', 200), delivery(1, 'a', 503)]);
    const none = await told([]);

    expect(wrongSecret).toMatchObject({ level: 'fail' });
    expect(wrongSecret?.mend).toContain('WEBHOOK_SECRET differs');
    expect(wrongSecret?.mend).toContain('Redeliver');
    expect(wasDown).toMatchObject({ level: 'warn' });
    expect(wasDown?.found).toContain('issues.labeled at 2026-11-27T10:00:02Z');
    expect(sentAgain).toMatchObject({ level: 'ok' });
    expect(none).toMatchObject({ level: 'warn' });
  });

  it('looks into the database, and not where a running App has it open or another user owns it', async () => {
    const dataDir = join(stands.scratch, 'used');
    await copyDatabaseImage(inject('databaseImage'), dataDir);

    const asAnother = vi.spyOn(process, 'getuid').mockReturnValue((await stat(dataDir)).uid + 1);
    const foreign = await reportFor([], { DATA_DIR: dataDir });
    asAnother.mockRestore();
    const closed = await reportFor([], { DATA_DIR: dataDir });
    const postgres = await openEmbeddedPostgres(dataDir);
    const open = await reportFor([], { DATA_DIR: dataDir });
    await postgres.pool.query("insert into ai_fix_migrations (name, timestamp) values ('9999-later', '2030-01-01')");
    await postgres.close();
    const newer = await reportFor([], { DATA_DIR: dataDir });

    expect(foreign.of('database')).toMatchObject([
      { level: 'warn', found: expect.stringContaining('run it as that user') },
    ]);
    expect(closed.of('database')).toMatchObject([{ level: 'ok', found: expect.stringContaining('up to date') }]);
    expect(open.of('database')).toMatchObject([{ level: 'ok', found: expect.stringContaining('a running ai-fix') }]);
    expect(newer.of('database')).toMatchObject([{ level: 'fail', found: expect.stringContaining('9999-later') }]);
  });

  it('says that no Postgres answers, without its password', async () => {
    const { of } = await reportFor([], { DATABASE_URL: 'postgresql://ai:long-password-here@127.0.0.1:9/fixes' });

    const [finding] = of('database');
    expect(finding).toMatchObject({ level: 'fail', found: expect.stringContaining('Postgres at 127.0.0.1:9/fixes') });
    expect(JSON.stringify(finding)).not.toContain('long-password-here');
  });

  it('names a data folder that is none', async () => {
    const { code, of } = await reportFor([], { DATA_DIR: '/dev/null' });

    expect(code).toBe(1);
    expect(of('data folder')).toMatchObject([{ level: 'fail', found: '/dev/null is no folder' }]);
  });

  it.each([
    [401, 'fail', 'Its key is refused'],
    [404, 'fail', 'The provider knows no such model'],
    [429, 'warn', 'at its limit'],
    [503, 'warn', 'not well now'],
  ])('says what a model that answers %i means', async (status, level, mend) => {
    const sick = await openStands({ fast: [[{ status, text: 'no' }]] });
    try {
      const { output } = await doctor([], { OPENAI_BASE_URL: `${sick.model.url}/v1` });

      expect(output).toMatch(new RegExp(`^${level} +model openai/gpt-6-sol: `, 'm'));
      expect(output).toContain(mend);
    } finally {
      await sick.close();
    }
  });

  it('says that a model has no price, and asks none with --no-models', async () => {
    const before = stands.model.requests.length;

    const { of } = await reportFor([], { AI_FIX_MODEL: 'home-made-7b' });
    await doctorProcess(['--no-models']);

    expect(of('models')[1]).toMatchObject({ level: 'warn', found: expect.stringContaining('openai/home-made-7b') });
    expect(stands.model.requests.length).toBe(before);
  });
});

describe('ai-fix doctor of a repository', () => {
  it('says that the App is not installed there', async () => {
    const { code, of } = await reportFor(['nobody/nothing']);

    expect(code).toBe(1);
    expect(of('repository')).toMatchObject([{ level: 'fail', mend: expect.stringContaining('/installations/new') }]);
  });

  it('says that it is archived or empty', async () => {
    const archived = await createRepository(tinyFiles);
    stands.github.archive(archived);
    await stands.github.createRepository({ fullName: 'acme/empty' });

    const [first, second] = [await reportFor([archived]), await reportFor(['acme/empty'])];

    expect(first.of('repository')).toMatchObject([{ level: 'fail', found: `${archived} is archived` }]);
    expect(second.of('repository')).toMatchObject([{ level: 'fail', found: 'acme/empty is empty' }]);
  });

  it('names every fault of its set-up with its mend', async () => {
    const repository = await createRepository({
      '.github/ai-fix.yml': 'lable: fix\nmodels: { coder: [] }\n',
      'README.md': '',
    });
    stands.github.setBranchRules(repository, ['creation', 'required_linear_history', 'non_fast_forward']);

    const { code, of } = await reportFor([repository]);

    expect(code).toBe(1);
    expect(of('ai-fix.yml').map(({ level }) => level)).toEqual(['fail', 'fail']);
    expect(
      of('ai-fix.yml')
        .map(({ found }) => found)
        .join(),
    ).toContain('`lable`');
    expect(of('sandbox workflow')).toMatchObject([{ level: 'fail', mend: expect.stringContaining('npx ai-fix init') }]);
    expect(of('label')).toMatchObject([{ level: 'warn', found: 'there is no label ai-fix' }]);
    expect(of('branch rules')[0]?.found).toBe('rulesets hold for ai-fix/**: creation, non_fast_forward');
  });

  it('says that Actions is off, and that a workflow is not ours', async () => {
    const off = await createRepository(tinyFiles);
    stands.github.disableActions(off);
    const foreign = await createRepository({ '.github/workflows/ai-fix-sandbox.yml': 'on: push\njobs: {}\n' });

    const [first, second] = [await reportFor([off]), await reportFor([foreign])];

    expect(first.of('ai-fix.yml')).toMatchObject([{ level: 'warn', found: 'there is none' }]);
    expect(first.of('Actions')).toMatchObject([{ level: 'fail', mend: expect.stringContaining('Enable Actions') }]);
    expect(second.of('sandbox workflow')[0]?.found).toContain('no workflow_dispatch trigger');
  });

  it('says of which kind each fixer is', async () => {
    const inputs =
      '      fixers:\n        type: string\n        default: \'["update-snapshots", "our-own"]\'\n      sha:\n';
    const workflow = (tinyFiles['.github/workflows/ai-fix-sandbox.yml'] ?? '').replace('      sha:\n', inputs);
    const repository = await createRepository({ ...tinyFiles, '.github/workflows/ai-fix-sandbox.yml': workflow });

    const { of } = await reportFor([repository]);

    expect(of('sandbox workflow')[0]?.found).toContain('update-snapshots (snapshots), our-own (of no kind)');
  });

  it('judges the models that the repository names', async () => {
    const repository = await createRepository({
      ...tinyFiles,
      '.github/ai-fix.yml': 'models: { coder: [anthropic/claude-sonnet-5] }\n',
    });

    const { of } = await reportFor([repository]);

    expect(of('models of the repository')[0]?.found).toContain('ANTHROPIC_API_KEY is not set');
  });
});
