import { pino } from 'pino';
import { ProbotOctokit } from 'probot';
import { openInstallations, openRepositories } from '../adapters.ts';
import { readAppManifest } from '../config/app-manifest.ts';
import { isUnregistered, type Settings } from '../config/environment.ts';
import { ConfigError } from '../domain/faults.ts';
import type { Redactor } from '../domain/redact.ts';
import { isRepositoryName } from '../domain/repository-name.ts';
import { createGitHubApp } from '../github/github-app.ts';
import { createGitHubSetUp } from '../github/github-set-up.ts';
import { withDeadline } from '../github/with-deadline.ts';
import { readArguments } from './arguments.ts';
import { type Command, type ExitCode, exits, UsageError } from './command.ts';
import { examine } from './doctor/examine.ts';
import { type Finding, fail, ok, renderLine, renderSum, reportOf } from './doctor/finding.ts';
import type { Patient } from './doctor/patient.ts';
import { loadDotEnv, takeRedactedSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';

const deadlineMs = 15_000;

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'checks the set-up, of a repository too, and says what to mend',
  help: `Usage: ai-fix doctor [owner/repository] [--json] [--no-models]

Looks at settings, credentials, permissions, webhook, database, models and this machine, and at a repository's set-up
where one is named. It changes nothing. Each request ends after ${deadlineMs / 1000} s. What each line means: docs/doctor.md

  --json        prints the findings as JSON
  --no-models   asks no model; else one of each key is asked one word, for less than $0.001 together

Exit code: 0 when nothing fails, 1 when something does, 78 when settings are wrong.`,
  run: async (args, terminal) => {
    const kinds = { json: 'boolean', 'no-models': 'boolean' } as const;
    const { options, operands, wantsHelp } = readArguments(args, kinds, 1);
    if (wantsHelp) {
      terminal.say(doctorCommand.help);
      return exits.good;
    }
    const order = {
      repository: operands[0] === undefined ? null : repositoryOf(operands[0]),
      isJson: options.json === true,
      asksModels: options['no-models'] !== true,
    };
    return consult(order, terminal);
  },
};

function repositoryOf(text: string): { owner: string; name: string } {
  const [owner = '', name = '', ...more] = text.split('/');
  if (more.length === 0 && isRepositoryName(owner, name)) return { owner, name };
  throw new UsageError(`${JSON.stringify(text.slice(0, 80))} is no repository; allowed: owner/repository`);
}

interface Order {
  readonly repository: { readonly owner: string; readonly name: string } | null;
  readonly isJson: boolean;
  readonly asksModels: boolean;
}

async function consult(order: Order, terminal: Terminal): Promise<ExitCode> {
  const findings: Finding[] = [];
  const tell = (finding: Finding) => {
    findings.push(finding);
    if (!order.isJson) terminal.say(renderLine(finding));
  };
  const exit = await examineAll(order, terminal, tell);
  const report = reportOf(findings);
  terminal.say(order.isJson ? JSON.stringify(report, null, 2) : `\n${renderSum(report)}`);
  return exit ?? (report.fails === 0 ? exits.good : exits.fault);
}

async function examineAll(
  order: Order,
  terminal: Terminal,
  tell: (finding: Finding) => void,
): Promise<ExitCode | null> {
  loadDotEnv();
  const isNew = isUnregistered(process.env);
  try {
    const { settings, redactor } = takeRedactedSettings(terminal);
    tell(ok('settings', 'complete'));
    await examine(patientOf(order, settings, redactor), tell);
    return null;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const mend = isNew
      ? 'Register the App first: npm start shows how.'
      : 'Set it in the environment or in .env: docs/configuration.md';
    for (const problem of error.problems) tell(fail('settings', problem, mend));
    return exits.config;
  }
}

function patientOf({ repository, asksModels }: Order, settings: Settings, redactor: Redactor): Patient {
  const log = pino({ level: 'silent' });
  const Octokit = withDeadline(ProbotOctokit.defaults({ throttle: { enabled: false } }), deadlineMs);
  const installations = openInstallations(settings, Octokit, false, log, redactor);
  const { repositories, policyOf } = openRepositories(installations);
  return {
    settings,
    manifest: readAppManifest(),
    app: createGitHubApp(installations),
    setUp: createGitHubSetUp(installations),
    repositories,
    policyOf,
    repository,
    asksModels,
    deadlineMs,
  };
}
