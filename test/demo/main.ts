import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { pino } from 'pino';
import { ProbotOctokit } from 'probot';
import { readSettings } from '../../src/config/environment.ts';
import { ConfigError } from '../../src/domain/faults.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import { type App, startApp } from '../../src/index.ts';
import { providers } from '../../src/models/providers.ts';
import { readAppManifest } from '../stand-in/app-manifest.ts';
import { type GitHub, startGitHub } from '../stand-in/github.ts';
import { readModelScript } from '../stand-in/model-script.ts';
import { startScriptedModel } from '../stand-in/scripted-model.ts';
import { appEnvironment, standInApp, webhookSecret } from '../support/app-environment.ts';
import { freePort } from '../support/free-port.ts';
import { untilShown } from '../support/house.ts';
import { narrate } from './narration.ts';
import { type DemoOptions, demoUsage, readOptions } from './options.ts';
import { report } from './report.ts';
import { copyRepository, readIssue } from './sample.ts';

const repository = 'acme/demo';
const maintainer = 'alice';
const began = Date.now();

const say = (text = ''): void => void process.stdout.write(`${text}\n`);
const progress = (text: string): void =>
  say(`${`+${((Date.now() - began) / 1000).toFixed(1)} s`.padStart(9)}  ${text}`);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) return say(demoUsage);
  const folder = resolve('.demo', new Date().toISOString().replaceAll(/[:.]/g, '-'));
  await mkdir(folder, { recursive: true });
  introduce(options);

  const stage = await openStage(options, folder);
  const { github, app } = stage;
  const issue = await readIssue(options.issue);
  const person = github.as(maintainer);
  await person.post(`/repos/${repository}/labels`, { name: 'ai-fix', color: '5319e7' });
  const { number } = await person.post<{ number: number }>(`/repos/${repository}/issues`, {
    title: issue.title,
    body: issue.body,
  });
  progress(`${maintainer} filed issue #${number} and labels it ai-fix`);
  await person.post(`/repos/${repository}/issues/${number}/labels`, { labels: ['ai-fix'] });

  const fix = await watch(app, number);
  await untilShown(github, repository, number, [fix.state]);
  await github.webhooks.settled();
  say();
  say(await report(app, github, repository, fix));
  await keepRecords(app, github, fix, folder);
  await stage.close();
  say();
  say(ending(fix, options, folder));
  process.exit(fix.state === 'complete' ? 0 : 1);
}

function introduce({ script, repository: source }: DemoOptions): void {
  say('ai-fix demo: a real App server, real git over HTTP, the real workflow file run in a sandbox; only GitHub is a');
  say('stand-in on 127.0.0.1.');
  if (script === null) say('The model is a REAL one: what it reads goes to its provider, and it costs money.');
  else say(`The model is SCRIPTED (${script}): no model thinks here, and the costs shown are what it would have cost.`);
  say(`What is to be fixed: ${source}`);
  say();
}

interface Stage {
  readonly github: GitHub;
  readonly app: App;
  close(): Promise<void>;
}

/** Opens GitHub, the model and the App, in this order. */
async function openStage(options: DemoOptions, folder: string): Promise<Stage> {
  const port = await freePort();
  const github = await startGitHub({
    dir: join(folder, 'github'),
    webhookSecret,
    webhookUrl: `http://127.0.0.1:${port}/api/github/webhooks`,
    app: { ...readAppManifest(new URL('../../app.yml', import.meta.url)), ...standInApp },
    users: [maintainer],
    // Our samples have no dependencies; a repository of somebody's own may have to install some.
    runnerNetwork: !options.isOurs,
    unsafeWithoutBubblewrap: options.isOurs,
  });
  for (const note of github.journal.notes)
    say(`Note: ${note}. They are our own sample's; install bubblewrap to see the real thing.`);
  progress(`GitHub stands at ${github.url}`);
  const source = join(folder, 'source');
  for (const note of await copyRepository(options.repository, source)) say(`Note: ${note}`);
  await github.createRepository({ fullName: repository, folder: source, roles: { [maintainer]: 'admin' } });

  const model = options.script === null ? null : await startScriptedModel(await readModelScript(options.script));
  const stands = { github, modelUrl: model?.url ?? '', dataDir: join(folder, 'data'), port };
  const scripted = appEnvironment(stands);
  const settings = readSettings(model === null ? { ...scripted, ...realModel() } : scripted);
  const log = pino({ level: 'info' }, pino.destination({ dest: join(folder, 'app.log'), sync: true }));
  const app = await startApp(settings, log, {
    // GitHub asks for a second between writes; its stand-in does not.
    Octokit: ProbotOctokit.defaults({ throttle: { enabled: false } }),
    engine: { pollMs: 100, sweepEveryMs: 5_000 },
  });
  progress(`the App listens on 127.0.0.1:${app.port}`);
  return {
    github,
    app,
    close: async () => {
      await app.stop();
      await model?.close();
      await github.close();
    },
  };
}

const modelVariables = [
  ...providers.flatMap(({ keyVariable, addressVariables }) => [keyVariable, ...addressVariables]),
  'AI_FIX_MODEL',
  'AI_FIX_MODELS',
  'AI_FIX_PRICES',
  'AI_FIX_HTTP_HOSTS',
];

/** The person's own model settings in place of the scripted ones. */
const realModel = (): Record<string, string | undefined> =>
  Object.fromEntries(modelVariables.map((name) => [name, process.env[name]]));

const restingStates: readonly string[] = ['complete', 'archived', 'stopped', 'abandoned', 'expired'];
const timeLimitMs = 2 * 60 * 60_000;

/** Tells each event as it comes, until the fix rests and has said so. */
async function watch(app: App, issueNumber: number): Promise<Fix> {
  let told = 0;
  for (;;) {
    const fix = await newestFix(app, issueNumber);
    if (fix !== null) {
      const events = await app.ports.fixes.events(fix.id);
      for (const { event } of events.slice(told)) progress(narrate(event));
      told = events.length;
      const isAtWork = (await app.ports.fixes.running(10)).length > 0 || (await app.ports.fixes.wanting(10)).length > 0;
      if (restingStates.includes(fix.state) && !isAtWork) return fix;
      if (fix.state === 'awaiting-approval')
        throw new Error(
          'the plan waits for an approval; the demo approves nothing (gates: { plan: auto } in .github/ai-fix.yml)',
        );
    }
    if (Date.now() - began > timeLimitMs) throw new Error('the demo gave up after two hours');
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

let known: Fix['id'] | null = null;

async function newestFix(app: App, issueNumber: number): Promise<Fix | null> {
  const where = { owner: 'acme', name: 'demo', installationId: 0 };
  const fix =
    known === null ? await app.ports.fixes.findLive(where, `issue:${issueNumber}`) : await app.ports.fixes.find(known);
  known = fix?.id ?? known;
  return fix;
}

async function keepRecords(app: App, github: GitHub, fix: Fix, folder: string): Promise<void> {
  const lines = (items: readonly unknown[]) => `${items.map((item) => JSON.stringify(item)).join('\n')}\n`;
  await writeFile(join(folder, 'events.jsonl'), lines(await app.ports.fixes.events(fix.id)));
  await writeFile(join(folder, 'requests.jsonl'), lines(github.journal.entries));
}

function ending(fix: Fix, { script }: DemoOptions, folder: string): string {
  const at = relative('.', folder);
  return [
    fix.state === 'complete'
      ? 'ai-fix offered a validated pull request.'
      : `ai-fix ended as ${fix.state}: ${fix.epilogue ?? ''}`,
    script === null ? '' : 'Remember: the model was scripted. `npm run demo -- --live` asks a real one.',
    `Everything lies in ${at}: events.jsonl (the fix), requests.jsonl (every request to GitHub), app.log, github/ (the repository), data/ (the database).`,
  ]
    .filter(Boolean)
    .join('\n');
}

main().catch((error: unknown) => {
  const isWrongUse = error instanceof ConfigError;
  const said = isWrongUse ? error.problems.map((problem) => `  - ${problem}`).join('\n') : (error as Error).message;
  process.stderr.write(`\nThe demo cannot go on:\n${said}\n${isWrongUse ? `\n${demoUsage}` : ''}`);
  process.exit(1);
});
