import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ack } from './ack.ts';
import { edits } from './edits.ts';
import { large } from './large.ts';
import { overhead } from './overhead.ts';
import { places } from './places.ts';
import { stop } from './stop.ts';
import { say } from './table.ts';
import { tokens } from './tokens.ts';

const benches: Readonly<Record<string, (scratch: string, seed?: number) => Promise<void>>> = {
  ack,
  overhead,
  large,
  stop,
  tokens,
  edits,
  places,
};
const names = Object.keys(benches);
/** 50,000 files take minutes, and what they show changes with the index only: run when it is named. */
const usual = names.filter((name) => name !== 'places');
const { values: options, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' } },
});
const seed = options.seed === undefined ? undefined : Number(options.seed);
const unknown = asked.filter((name) => !names.includes(name));
/** About four minutes are usual; a busy machine takes longer. */
const limitMs = 8 * 60_000;

if (seed !== undefined && !Number.isSafeInteger(seed)) {
  process.stderr.write(`--seed takes a whole number; found ${options.seed}.\n`);
  process.exit(64);
}

if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}; there are ${names.join(', ')}.\n`);
  process.exit(64);
}

setTimeout(() => {
  process.stderr.write('The bench did not end within 8 minutes and was given up.\n');
  process.exit(1);
}, limitMs).unref();

const load = (): string => (loadavg()[0] ?? Number.NaN).toFixed(1);
say(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${availableParallelism()} cores, load average ${load()}`,
);
for (const name of asked.length > 0 ? asked : usual) {
  const scratch = await mkdtemp(join(tmpdir(), `ai-fix-bench-${name}-`));
  try {
    await benches[name]?.(scratch, seed);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
say(`\nLoad average in the end: ${load()}. Other work on this machine shows in every number; ratios suffer least.`);
process.exit(0);
