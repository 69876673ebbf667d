import { createWriteStream } from 'node:fs';
import { takeModelSettings } from '../../config/environment.ts';
import { ConfigError } from '../../domain/faults.ts';
import { createRedactor } from '../../domain/redact.ts';
import { UsageError } from '../command.ts';
import { tryFix } from '../try/try-fix.ts';
import { type ChildOrder, type ChildWord, graceMs, stopWord } from './try-process.ts';

/**
 * The process of one fix: it takes one order, tells how it ended, and ends. When the channel to its parent closes, by
 * its parent's death too, it stops as by Ctrl-C, so that nothing goes on spending.
 */
const stop = new AbortController();
process.on('disconnect', () => {
  stop.abort();
  // Nobody is left who would end it.
  setTimeout(() => process.exit(1), graceMs).unref();
});
process.on('message', (said: ChildOrder | typeof stopWord) => {
  if (said === stopWord) stop.abort();
  else work(said).then(tell, (error: unknown) => tell({ kind: 'crashed', why: sayFault(error) }));
});

async function work(order: ChildOrder): Promise<ChildWord> {
  const { models, secrets } = takeModelSettings(process.env, order.model === null ? [] : [order.model]);
  const redactor = createRedactor(secrets);
  const log = createWriteStream(order.logFile, { mode: 0o600 });
  const write = (text: string): void => void log.write(`${redactor.redact(text)}\n`);
  const { databaseImage, limits } = order;
  const result = await tryFix(
    {
      repository: order.repository,
      issue: order.issue,
      base: null,
      checks: order.checks.map(({ name, command }) => `${name}: ${command}`),
      setUp: order.setUp,
      model: order.model,
      budget: limits,
      mayProceed: true,
      tools: [],
      checkTimeoutMs: order.checkTimeoutMs,
      keep: false,
      models,
      secrets,
      signal: stop.signal,
      ...(databaseImage === null ? {} : { tuning: { databaseImage } }),
    },
    { progress: write, show: write, ask: async () => null },
  );
  await new Promise((resolve) => log.end(resolve));
  return { kind: 'ended', json: redactor.redact(JSON.stringify(result)) };
}

function sayFault(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('; ');
  if (error instanceof UsageError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function tell(word: ChildWord): void {
  if (!process.connected) process.exit(0);
  process.send?.(word, () => process.exit(0));
}
