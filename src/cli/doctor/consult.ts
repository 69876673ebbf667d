import { pino } from 'pino';
import { ProbotOctokit } from 'probot';
import { openInstallations, openRepositories } from '../../adapters.ts';
import { readAppManifest } from '../../config/app-manifest.ts';
import { isUnregistered, type Settings } from '../../config/environment.ts';
import { ConfigError } from '../../domain/faults.ts';
import type { Redactor } from '../../domain/redact.ts';
import { createGitHubApp } from '../../github/github-app.ts';
import { createGitHubSetUp } from '../../github/github-set-up.ts';
import { withDeadline } from '../../github/with-deadline.ts';
import { type ExitCode, exits } from '../command.ts';
import { takeRedactedSettings } from '../settings.ts';
import type { Terminal } from '../terminal.ts';
import { examine } from './examine.ts';
import { type Finding, fail, ok, renderLine, renderSum, reportOf, warn } from './finding.ts';
import type { Patient } from './patient.ts';

/** Of each request; whoever waits sits in front of a terminal. */
export const deadlineMs = 15_000;

export interface ConsultOrder {
  readonly repository: { readonly owner: string; readonly name: string } | null;
  readonly isJson: boolean;
  readonly asksModels: boolean;
}

/** Looks at everything and prints it as it is found. Takes the secrets out of the environment, as the App does. */
export async function consult(
  order: ConsultOrder,
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<ExitCode> {
  const findings: Finding[] = [];
  const tell = (finding: Finding) => {
    findings.push(finding);
    if (!order.isJson) terminal.say(renderLine(finding));
  };
  const exit = await examineAll(order, environment, terminal, tell);
  const report = reportOf(findings);
  terminal.say(order.isJson ? JSON.stringify(report, null, 2) : `\n${renderSum(report)}`);
  return exit ?? (report.fails === 0 ? exits.good : exits.fault);
}

async function examineAll(
  order: ConsultOrder,
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
  tell: (finding: Finding) => void,
): Promise<ExitCode | null> {
  const isNew = isUnregistered(environment);
  try {
    const { settings, redactor } = takeRedactedSettings(environment, terminal);
    tell(ok('settings', 'complete'));
    for (const warning of settings.warnings) tell(warn('settings', warning, 'Mend it, unless it is meant so.'));
    await examine(patientOf(order, settings, redactor), tell);
    return null;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const mend = isNew
      ? 'npm start registers the App and writes its settings to .env; the others: docs/configuration.md'
      : 'Set it in the environment or in .env: docs/configuration.md';
    for (const problem of error.problems) tell(fail('settings', problem, mend));
    return exits.config;
  }
}

function patientOf({ repository, asksModels }: ConsultOrder, settings: Settings, redactor: Redactor): Patient {
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
