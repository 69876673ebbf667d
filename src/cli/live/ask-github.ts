import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { ProbotOctokit } from 'probot';
import { openAdapters, openInstallations } from '../../adapters.ts';
import type { Settings } from '../../config/environment.ts';
import { fullName } from '../../domain/ids.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import type { Redactor } from '../../domain/redact.ts';
import { createGitHubApp } from '../../github/github-app.ts';
import { createGitHubExperiments } from '../../github/github-experiments.ts';
import { createGitHubSetUp } from '../../github/github-set-up.ts';
import { withDeadline } from '../../github/with-deadline.ts';
import { readSandbox } from '../../steps/inspect-repository.ts';
import { type ExitCode, exits, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import type { Experiment, Result } from './experiment.ts';
import { experiments } from './experiments.ts';
import { type Lab, type LabPace, type Leftover, openLab, realPace } from './lab.ts';
import { runLive } from './run-live.ts';
import { markdownTable, textTable } from './table.ts';

export interface LiveOrder {
  readonly repository: { readonly owner: string; readonly name: string };
  readonly format: 'text' | 'markdown' | 'json';
  readonly signal: AbortSignal;
  readonly pace?: LabPace;
  /** All unless told. */
  readonly experiments?: readonly Experiment[];
}

const requestDeadlineMs = 15_000;

/** Whether somebody who names a repository so surely meant it for trials: `latest` and `attestation` are no tests. */
export const isPlainlyScratch = (name: string): boolean =>
  /(?:^|[^a-z])(?:scratch|sandbox|test(?:s|ing|bed)?)(?![a-z])/i.test(name);

/** Asks the real GitHub what the design leans on, in a scratch repository, and takes back what it made there. */
export async function askGitHub(
  settings: Settings,
  redactor: Redactor,
  order: LiveOrder,
  terminal: Terminal,
): Promise<ExitCode> {
  const folder = await mkdtemp(join(tmpdir(), 'ai-fix-doctor-'));
  const Octokit = withDeadline(ProbotOctokit.defaults({ throttle: { enabled: false } }), requestDeadlineMs);
  const installations = openInstallations(settings, Octokit, false, pino({ level: 'silent' }), redactor);
  // Mirrors of its own: those of a running App are left alone.
  const adapters = openAdapters({ github: settings.github, dataDir: folder }, installations);
  try {
    const lab = await settleIn(settings, installations, adapters, order);
    const isText = order.format === 'text';
    if (isText) terminal.say(preface(lab));
    const tell = ({ name, verdict }: Result) => isText && terminal.say(`  ${verdict.padEnd(11)}  ${name}`);
    const { results, leftovers } = await runLive(lab, order.experiments ?? experiments, tell);
    terminal.say(render(order.format, results, leftovers));
    const isGood = leftovers.length === 0 && results.every(({ verdict }) => verdict !== 'different');
    return isGood && !order.signal.aborted ? exits.good : exits.fault;
  } finally {
    await adapters.workspace.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws {UsageError} when the repository is none that experiments can be made in. */
async function settleIn(
  settings: Settings,
  installations: ReturnType<typeof openInstallations>,
  adapters: ReturnType<typeof openAdapters>,
  { repository: { owner, name }, signal, pace = realPace }: LiveOrder,
): Promise<Lab> {
  const installation = await createGitHubApp(installations).installationOn(owner, name);
  if (installation === null)
    throw new UsageError(`${owner}/${name}: the App is not installed there; install it, on that repository alone`);
  const repository = { installationId: installation.id, owner, name };
  const { head, defaultBranch, isArchived } = await adapters.repositories.facts(repository);
  if (head === null) throw new UsageError(`${owner}/${name}: it is empty; push a first commit`);
  if (isArchived) throw new UsageError(`${owner}/${name}: it is archived; unarchive it, or name another one`);
  const answer = await adapters.policyOf(repository);
  const policy = answer.kind === 'valid' ? answer.policy : defaultPolicy;
  const { isPrivate } = await createGitHubSetUp(installations).switches(repository);
  return openLab({
    repository,
    policy,
    head,
    defaultBranch,
    isPrivate,
    sandboxWorkflow: await readSandbox(adapters.repositories, { repository, policy }, head),
    adapters,
    github: createGitHubExperiments(installations, settings.github.apiUrl),
    pace,
    signal,
  });
}

function preface({ repository, pace, branch }: Lab): string {
  const longestMinutes = Math.ceil((pace.runMs + 2 * pace.pushRunMs + pace.quietMs + pace.tokenMs) / 60_000) + 3;
  return [
    `Asks GitHub in ${fullName(repository)}, on the branch ${branch}: about three minutes, ${longestMinutes} at most.`,
    'Ctrl-C ends it and cleans up; a second one ends it at once.\n',
  ].join('\n');
}

function render(format: LiveOrder['format'], results: readonly Result[], leftovers: readonly Leftover[]): string {
  if (format === 'json') return JSON.stringify({ results, leftovers }, null, 2);
  const table = format === 'markdown' ? markdownTable(results) : `\n${textTable(results)}`;
  const kept = 'Cleaned up. GitHub keeps the closed pull request and the ended runs; nothing else is left.';
  const left = leftovers.map(({ what, why }) => `- ${what}: ${why}`);
  return [table, '', ...(left.length === 0 ? [kept] : ['Left over, remove it by hand:', ...left])].join('\n');
}
