import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../../src/domain/faults.ts';
import { createDiskRecordCache } from '../../src/git/disk-record-cache.ts';
import { GitFailure } from '../../src/git/git-command.ts';
import { createTreeSitterSyntax } from '../../src/syntax/tree-sitter-syntax.ts';
import { allAblations, asAblation } from './localization/ablations.ts';
import { CloneProblem, lacking, openClone } from './localization/clone.ts';
import { pastFixes } from './localization/fixes.ts';
import { type Measured, measure } from './localization/measure.ts';
import { createModelOrder, type ModelOrder } from './localization/model-order.ts';
import { createProgress } from './localization/progress.ts';
import { asJson, printReport } from './localization/report.ts';
import { say } from './table.ts';

const usage = `npm run bench:localization -- <clone>… [--fixes N] [--seconds N] [--without S | --ablation] [--with-model] [--json file]

For each clone (a local git repository with its history, bare or not): its newest fixes, each asked of the parent commit.
  --fixes N     how many fixes of each, newest first (default 100)
  --seconds N   goes on to the next clone after so long, with what was measured by then, as Ctrl-C does
  --without S   also without a signal, as often as it is given; there are
                ${allAblations.slice(0, 5).join(', ')},
                ${allAblations.slice(5).join(', ')}
  --ablation    also without each of them in turn
  --with-model  also with one call of the fast role for each fix, paid for with ANTHROPIC_API_KEY, OPENAI_API_KEY, or
                asked of OPENAI_BASE_URL with AI_FIX_MODEL; it may remember a well-known repository
  --json file   writes the figures and the misses there too`;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      fixes: { type: 'string', default: '100' },
      seconds: { type: 'string' },
      without: { type: 'string', multiple: true, default: [] },
      ablation: { type: 'boolean', default: false },
      'with-model': { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const ablations = values.ablation ? allAblations : values.without.map(asAblation);
  if (positionals.length === 0) throw new CloneProblem(`no clone is named\n\n${usage}`);
  return {
    clones: positionals,
    fixes: wholeNumber('--fixes', values.fixes),
    seconds: values.seconds === undefined ? null : wholeNumber('--seconds', values.seconds),
    ablations,
    withModel: values['with-model'],
    json: values.json,
  };
}

function wholeNumber(name: string, written: string): number {
  const value = Number(written);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw new CloneProblem(`${name} is ${written}; it must be a whole number from 1 to 1000000`);
}

type Asked = ReturnType<typeof readArguments>;

async function main(): Promise<void> {
  const asked = readArguments();
  const model = asked.withModel ? createModelOrder(process.env) : null;
  if (model !== null) say(`fast role: ${model.ids.join(', then ')}`);
  const stopped = stopBySignal();
  const measured: Measured[] = [];
  for (const folder of asked.clones) {
    if (stopped.aborted) break;
    const one = await measureClone(folder, asked, model, stopped).catch(told);
    if (one === null) continue;
    if (one.fixes.length === 0) say(`${one.clone}: nothing was measured in time`);
    else printReport([one]);
    measured.push(one);
  }
  if (asked.json !== undefined) await writeFile(asked.json, asJson(measured));
  // A model may be in the middle of a reply that nobody waits for.
  if (stopped.aborted) process.exit(130);
}

async function measureClone(
  folder: string,
  { fixes: limit, seconds, ablations }: Asked,
  model: ModelOrder | null,
  stopped: AbortSignal,
): Promise<Measured> {
  const signal = seconds === null ? stopped : AbortSignal.any([stopped, AbortSignal.timeout(seconds * 1_000)]);
  const clone = await openClone(folder);
  const syntax = createTreeSitterSyntax((text) => console.warn(text));
  const scratch = await mkdtemp(join(tmpdir(), 'ai-fix-bench-localization-'));
  try {
    const cache = createDiskRecordCache({ dir: scratch, maxRepositoryBytes: 512 * 1024 ** 2, maxBytes: 1024 ** 3 });
    if (clone.isShallow) console.warn(`${clone.name} is a shallow clone: what is older than it goes is not known`);
    const fixes = await pastFixes(clone, limit, signal);
    const progress = createProgress(clone.name, fixes.length);
    const measured = await measure(clone, fixes, { cache, syntax, ablations, model, signal }, progress.tell);
    progress.end();
    return measured;
  } catch (error) {
    throw error instanceof GitFailure ? lacking(clone, error) : error;
  } finally {
    clone.close();
    await syntax.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Aborts at the first Ctrl-C; the second one ends the process as ever. */
function stopBySignal(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      process.stderr.write(`\n${name}: what was measured by now is printed; once more ends at once\n`);
      stopping.abort();
    });
  return stopping.signal;
}

/** Tells what somebody can mend; the next clone has its turn. */
function told(error: unknown): null {
  const isTheirs =
    error instanceof CloneProblem || error instanceof ConfigError || (error instanceof Error && 'code' in error);
  if (!isTheirs) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 64;
  return null;
}

await main().catch(told);
