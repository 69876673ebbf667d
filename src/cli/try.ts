import { writeFile } from 'node:fs/promises';
import { takeModelSettings } from '../config/environment.ts';
import type { Budget } from '../domain/budget.ts';
import { ConfigError } from '../domain/faults.ts';
import { createRedactor } from '../domain/redact.ts';
import { readArguments } from './arguments.ts';
import { type Command, type ExitCode, exits, UsageError } from './command.ts';
import type { Terminal } from './terminal.ts';
import { closingWords } from './try/closing-words.ts';
import { terminalDesk } from './try/desk.ts';
import { defaultCheckTimeoutMs, type TryOptions } from './try/options.ts';
import { readIssue } from './try/read-issue.ts';
import type { TryResult } from './try/result.ts';
import { tryFix } from './try/try-fix.ts';

const kinds = {
  issue: 'string',
  text: 'string',
  'fix-checks': 'boolean',
  check: 'list',
  setup: 'string',
  base: 'string',
  model: 'string',
  budget: 'string',
  attempts: 'string',
  minutes: 'string',
  tool: 'list',
  'check-timeout': 'string',
  report: 'string',
  yes: 'boolean',
  'broken-base': 'boolean',
  json: 'boolean',
  keep: 'boolean',
} as const;

export const tryCommand: Command = {
  help: `Usage: ai-fix try <repository> (--issue FILE | --text TEXT | --fix-checks) [--check COMMAND]… [options]

Makes a plan, asks you, writes a patch, runs the checks in bubblewrap, debugs, has it reviewed, and leaves a new branch in
the repository. Work tree, index and settings of the repository are not touched. Uncommitted changes are not seen.

  --issue FILE       what is to be fixed, in Markdown; the first line is the title; - reads standard input
  --text TEXT        the same on the command line
  --fix-checks       mends the checks that fail on the base; the repository's own fixers come first, without a model
  --check COMMAND    judges a patch by its exit code; several times for several, "name: command" names it.
                     Without one: the repository's sandbox workflow, else its package.json, pyproject.toml, go.mod, …
  --setup COMMAND    installs dependencies, with network, once for each state of the lockfiles: "npm ci".
                     Without it checks see node_modules, .venv and vendor of the work tree, read-only
  --base REF         branch, tag or commit to start from (default: HEAD)
  --model ID         provider/model for every role (default: .github/ai-fix.yml, else by the keys that are set)
  --budget USD       the most it may cost (default: 5, or as .github/ai-fix.yml says)
  --attempts N       the most patches (default: 4)     --minutes N   of work by models (default: 60)
  --tool FOLDER      shown to the checks read-only, for toolchains outside of /usr; several times for several
  --check-timeout S  seconds that a check may take (default: ${defaultCheckTimeoutMs / 1_000})
  --yes              opens every gate, but not for a patch that the reviewer model objects to at the last
  --broken-base      goes on where every check fails without a patch and none says which test or place it is
  --report FILE      writes the report there (default: prints it)
  --json             prints one JSON object at the end, and everything else on standard error
  --keep             keeps the folder of the run: log, database, git objects

Keys come from the environment: ANTHROPIC_API_KEY, OPENAI_API_KEY, or OPENAI_BASE_URL with AI_FIX_MODEL, or those of any
provider in docs/models.md; --fix-checks needs none where fixers do it. A .env is not read: it could be the repository's. Ctrl-C stops it in good order.

Exit code: 0 solved, 1 not solved, 3 a gate was not opened, 64 wrong use, 78 something is missing, 130 stopped.`,
  run: async (args, terminal) => {
    const { options, operands, wantsHelp } = readArguments(args, kinds, 1);
    if (wantsHelp) {
      terminal.say(tryCommand.help);
      return exits.good;
    }
    const [repository] = operands;
    if (repository === undefined) throw new UsageError('name the repository: ai-fix try . --text "…"');
    const stop = new AbortController();
    const release = stopOnSignals(stop, terminal);
    try {
      const order = await orderFrom(repository, options, terminal, stop.signal);
      const isJson = options.json === true;
      const mayAsk = process.stdin.isTTY === true && options.issue !== '-';
      const result = await tryFix(order, terminalDesk(terminal, { isJson, mayAsk }));
      return await tell(result, order, { isJson, report: options.report ?? null }, terminal);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      terminal.complain(['ai-fix try cannot begin:', ...error.problems.map((problem) => `  - ${problem}`)].join('\n'));
      return exits.config;
    } finally {
      release();
    }
  },
};

type Given = ReturnType<typeof readArguments<typeof kinds>>['options'];

/** All that is said on the command line, and what the environment says of models. @throws {UsageError} {ConfigError} */
async function orderFrom(
  repository: string,
  options: Given,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TryOptions> {
  const budget = budgetFrom(options);
  const checkTimeoutMs =
    options['check-timeout'] === undefined
      ? defaultCheckTimeoutMs
      : numberFrom('--check-timeout', options['check-timeout'], 1, 3_000) * 1_000;
  const fixesChecks = options['fix-checks'] === true;
  const issue = await readIssue(options.issue, options.text, fixesChecks);
  const model = options.model ?? null;
  const { AI_FIX_DATABASE_IMAGE: databaseImage } = process.env;
  const { models, secrets } = takeModelSettings(process.env, model === null ? [] : [model], {
    // What fixers mend needs none.
    needsModels: !fixesChecks || model !== null,
  });
  terminal.redactWith(createRedactor(secrets));
  return {
    repository,
    issue,
    fixesChecks,
    base: options.base ?? null,
    checks: options.check ?? [],
    setUp: options.setup ?? null,
    model,
    budget,
    mayProceed: options.yes === true,
    mayBeginBroken: options['broken-base'] === true,
    tools: options.tool ?? [],
    checkTimeoutMs,
    keep: options.keep === true,
    models,
    secrets,
    signal,
    ...(databaseImage ? { tuning: { databaseImage } } : {}),
  };
}

function budgetFrom({ budget, attempts, minutes }: Given): Partial<Budget> {
  return {
    ...(budget === undefined ? {} : { usd: numberFrom('--budget', budget.replace(/^\$/, ''), 0.01, 1_000) }),
    ...(attempts === undefined ? {} : { attempts: wholeFrom('--attempts', attempts, 1, 20) }),
    ...(minutes === undefined ? {} : { minutes: numberFrom('--minutes', minutes, 1, 24 * 60) }),
  };
}

function numberFrom(name: string, text: string, least: number, most: number): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(
    `${name}: found ${JSON.stringify(text.slice(0, 40))}; allowed: a number from ${least} to ${most}`,
  );
}

function wholeFrom(name: string, text: string, least: number, most: number): number {
  const value = numberFrom(name, text, least, most);
  if (Number.isInteger(value)) return value;
  throw new UsageError(`${name}: found ${JSON.stringify(text.slice(0, 40))}; allowed: a whole number`);
}

async function tell(
  result: TryResult,
  order: TryOptions,
  { isJson, report }: { readonly isJson: boolean; readonly report: string | null },
  terminal: Terminal,
): Promise<ExitCode> {
  if (report !== null) {
    const text = result.report === '' ? `${closingWords(result, order)}\n` : result.report;
    await writeFile(report, text).catch((error: NodeJS.ErrnoException) => {
      terminal.complain(`ai-fix try: the report could not be written to ${report} (${error.code})`);
    });
  }
  if (isJson) terminal.say(jsonOf(result, order.secrets));
  else {
    if (report === null && result.report !== '') terminal.say(`\n${result.report}`);
    terminal.say(`\n${closingWords(result, order)}`);
    if (report !== null) terminal.say(`The report is in ${report}.`);
  }
  return exitOf(result);
}

/** Each text is cleaned by itself: what is taken out of the whole could take a quote with it. */
function jsonOf(result: TryResult, secrets: readonly string[]): string {
  const redactor = createRedactor(secrets);
  return JSON.stringify(result, (_key, value: unknown) => (typeof value === 'string' ? redactor.redact(value) : value));
}

function exitOf({ outcome }: TryResult): ExitCode {
  switch (outcome) {
    case 'solved':
      return exits.good;
    case 'waiting':
      return exits.waiting;
    case 'stopped':
      return exits.interrupted;
    case 'not-solved':
    case 'refused':
      return exits.fault;
  }
}

/** The first signal stops in good order; a second one at once. What runs in the sandbox dies with this process. */
function stopOnSignals(stop: AbortController, terminal: Terminal): () => void {
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(exits.interrupted);
    terminal.complain('stopping; once more ends it at once, and leaves the folder of the run');
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}
