import { takeTraceSettings } from '../config/environment.ts';
import { createRedactor, type Redactor } from '../domain/redact.ts';
import type { ReadableTraces } from '../web/trace-door.ts';
import { readArguments } from './arguments.ts';
import { type Command, type ExitCode, exits } from './command.ts';
import { loadDotEnv } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { findFix } from './trace/find-fix.ts';
import { openTraces } from './trace/open-traces.ts';

export const traceCommand: Command = {
  help: `Usage: ai-fix trace <fix> [--bodies]
       ai-fix trace [--keys]

Prints one JSON object a line, in the order of time: the fix, its events, each call of a model with tokens, cost and
latency, each tool call, each call that failed, each attempt. What each field means: docs/telemetry.md. Without a fix it
lists the newest ones. It reads the database of this host (DATABASE_URL, DATA_DIR), or asks the App that has it open.

  <fix>      its name (f-12-k3x9q2), owner/repository#12, or the address of the issue or pull request
  --keys     which keys of AI_FIX_TRACE_KEY kept texts are encrypted with; reads all of them
  --bodies   also what models and tools said, without secrets; what is encrypted needs AI_FIX_TRACE_KEY

Exit code: 0, 1 when texts were asked for and could not be decrypted, 64 when there is no such fix, 78 when settings are
wrong.`,
  run: async (args, terminal) => {
    const { options, operands, wantsHelp } = readArguments(args, { bodies: 'boolean', keys: 'boolean' }, 1);
    if (wantsHelp) {
      terminal.say(traceCommand.help);
      return exits.good;
    }
    loadDotEnv();
    const settings = takeTraceSettings(process.env);
    const redactor = createRedactor(settings.secrets);
    terminal.redactWith(redactor);
    endWithReader();
    const { traces, close } = await openTraces(settings);
    try {
      const [said] = operands;
      if (options.keys === true) return await listKeys(traces, terminal);
      if (said === undefined) return await list(traces, terminal);
      return await print(traces, { said, withTexts: options.bodies === true }, redactor, terminal);
    } finally {
      await close();
    }
  },
};

/** `ai-fix trace … | head` is no fault. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exits.good : exits.fault);
  });
}

async function list(traces: ReadableTraces, terminal: Terminal): Promise<ExitCode> {
  const fixes = await traces.newest(20);
  if (fixes.length === 0) terminal.complain('There are no fixes yet: label an issue, and come back.');
  for (const { id, thread, state } of fixes) terminal.say(`${id}  ${state.padEnd(17)}  ${thread}`);
  return exits.good;
}

async function listKeys(traces: ReadableTraces, terminal: Terminal): Promise<ExitCode> {
  const keys = await traces.keysInUse();
  if (keys.length === 0) terminal.complain('No kept text is encrypted.');
  for (const { key, texts, isSet } of keys) terminal.say(`${key}  ${isSet ? 'set    ' : 'missing'}  ${texts} texts`);
  return exits.good;
}

async function print(
  traces: ReadableTraces,
  { said, withTexts }: { readonly said: string; readonly withTexts: boolean },
  redactor: Redactor,
  terminal: Terminal,
): Promise<ExitCode> {
  const { id, others } = await findFix(traces, said);
  if (others.length > 0) terminal.complain(`ai-fix: this is the newest of several; the others: ${others.join(', ')}`);
  let unreadable = 0;
  for await (const line of (await traces.lines(id, withTexts)) ?? []) {
    if ('texts' in line && line.texts === 'unreadable') unreadable += 1;
    terminal.say(JSON.stringify(redacted(line, redactor)));
    await terminal.taken();
  }
  if (!withTexts || unreadable === 0) return exits.good;
  terminal.complain(
    `ai-fix: ${unreadable} texts are encrypted with a key that is not set; add it to AI_FIX_TRACE_KEY, behind a comma`,
  );
  return exits.fault;
}

/** Inside the strings, so that each line stays JSON. */
function redacted(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.redact(value);
  if (Array.isArray(value)) return value.map((part) => redacted(part, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, redacted(part, redactor)]));
}
