import { type ExitCode, exits } from '../../../src/cli/command.ts';
import { sayUsd } from '../../../src/cli/eval/tables.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { takeModelSettings } from '../../../src/config/environment.ts';
import { roles } from '../../../src/domain/conversation.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import { rosterOptions } from '../../../src/house.ts';
import { createRoster } from '../../../src/models/roster.ts';
import { readTemplate } from '../../../src/prompts/template.ts';
import { saidCost } from './cost.ts';
import { keptTable } from './kept-table.ts';
import { type Choice, chosen, help, type Order } from './options.ts';
import { readOwnFolder } from './own-folder.ts';
import { readCases } from './prompt-case.ts';
import { runLive, runScripted } from './run-cases.ts';

/** @throws {ConfigError} {UsageError} */
export async function carryOut(
  order: Order,
  terminal: Terminal,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  switch (order.kind) {
    case 'help':
      terminal.say(help);
      return exits.good;
    case 'show': {
      const { rules, opening } = readTemplate(order.name);
      terminal.say(`${rules}\n\n=== opening ===\n${opening}`);
      return exits.good;
    }
    case 'scripted':
      return (await scripted(order.choice, terminal, signal)).code;
    case 'live':
      return live(order, terminal, environment, signal);
  }
}

async function scripted(choice: Choice, terminal: Terminal, signal: AbortSignal) {
  const cases = chosen(await readCases(), choice);
  const ownWords = choice.prompts === null ? {} : await readOwnFolder(choice.prompts);
  const runs = [];
  for (const of of cases) {
    if (signal.aborted) break;
    runs.push(await runScripted(of, ownWords, signal));
  }
  const misjudged = runs.flatMap((one) => one.misjudged);
  const unheld = runs.flatMap(({ of, held }) => (held.outside === null ? [] : [`${of.id}: ${held.outside}`]));
  const planted = cases.reduce((sum, one) => sum + one.planted.length, 0);
  terminal.say(keptTable(runs));
  terminal.say(
    `\nSCRIPTED: no model thought here. Of ${planted} planted conversations ${planted - misjudged.length} were told rightly.`,
  );
  for (const line of [...misjudged, ...unheld]) terminal.complain(line);
  const isKept = runs.every(({ told }) => told.every(({ fault }) => fault === null));
  const isGood = isKept && misjudged.length === 0 && unheld.length === 0;
  const code = signal.aborted ? exits.interrupted : isGood ? exits.good : exits.fault;
  return { code, cases, ownWords, runs };
}

/** For one conversation; the dearest of the cases takes a third of it. */
const eachUsd = 0.5;
const eachTokens = 400_000;

async function live(
  { choice, model, repeats, totalUsd }: Extract<Order, { kind: 'live' }>,
  terminal: Terminal,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { models, secrets } = takeModelSettings(environment, model === null ? [] : [model]);
  terminal.redactWith(createRedactor(secrets));
  const chains = model === null ? undefined : Object.fromEntries(roles.map((role) => [role, [{ model }]]));
  const roster = createRoster(rosterOptions(models, undefined, chains));
  // Judges that misjudge would be paid for nothing.
  const { code, cases, ownWords, runs: before } = await scripted(choice, terminal, signal);
  if (code !== exits.good) return code;
  const limits = { repeats, totalUsd, eachUsd: Math.min(eachUsd, totalUsd), eachTokens };
  terminal.say(`\nLIVE: ${saidCost(before, roster, limits)}\n`);
  const { runs, left } = await runLive(cases, roster, limits, { ownWords, signal, tell: (line) => terminal.say(line) });
  terminal.say(`\n${keptTable(runs)}`);
  const usd = runs.reduce((sum, { held }) => sum + held.usd, 0);
  const unheld = runs.filter(({ held }) => held.outside !== null).length;
  terminal.say(
    `\n${sayUsd(
      usd,
      runs.some(({ held }) => held.hasUnknownPrice),
    )} for ${runs.length} conversations${left === 0 ? '' : `; ${left} were not held: ${signal.aborted ? 'stopped' : 'the budget is spent'}`}`,
  );
  if (unheld > 0) terminal.complain(`${unheld} of them came to no end that could be judged`);
  if (signal.aborted) return exits.interrupted;
  const isKept = runs.every(({ told }) => told.every(({ fault }) => fault === null));
  return isKept && left === 0 && unheld === 0 ? exits.good : exits.fault;
}
