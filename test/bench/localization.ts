import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../../src/domain/faults.ts';
import { createDiskRecordCache } from '../../src/git/disk-record-cache.ts';
import { createTreeSitterSyntax } from '../../src/syntax/tree-sitter-syntax.ts';
import { allAblations, asAblation } from './localization/ablations.ts';
import { CloneProblem, openClone } from './localization/clone.ts';
import { pastFixes } from './localization/fixes.ts';
import { type Measured, measure } from './localization/measure.ts';
import { createModelOrder } from './localization/model-order.ts';
import { asJson, printReport } from './localization/report.ts';
import { say } from './table.ts';

const usage = `npm run bench:localization -- <clone>… [--fixes N] [--without S | --ablation] [--model] [--json file]

For each clone (a local git repository with its history, bare or not): its newest fixes, each asked of the parent commit.
  --fixes N     how many fixes of each, newest first (default 100)
  --without S   also without a signal, as often as it is given; there are
                ${allAblations.slice(0, 5).join(', ')},
                ${allAblations.slice(5).join(', ')}
  --ablation    also without each of them in turn
  --model       also with one call of the fast role for each fix, paid for with ANTHROPIC_API_KEY, OPENAI_API_KEY, or
                asked of OPENAI_BASE_URL with AI_FIX_MODEL; it may remember a well-known repository
  --json file   writes the figures and the misses there too`;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      fixes: { type: 'string', default: '100' },
      without: { type: 'string', multiple: true, default: [] },
      ablation: { type: 'boolean', default: false },
      model: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const fixes = Number(values.fixes);
  if (!Number.isInteger(fixes) || fixes < 1)
    throw new CloneProblem(`--fixes is ${values.fixes}; it must be a whole number from 1`);
  const ablations = values.ablation ? allAblations : values.without.map(asAblation);
  if (positionals.length === 0) throw new CloneProblem(`no clone is named\n\n${usage}`);
  return { clones: positionals, fixes, ablations, withModel: values.model, json: values.json };
}

async function main(): Promise<void> {
  const asked = readArguments();
  const model = asked.withModel ? createModelOrder(process.env) : null;
  if (model !== null) say(`fast role: ${model.ids.join(', then ')}`);
  const measured: Measured[] = [];
  for (const folder of asked.clones) {
    const scratch = await mkdtemp(join(tmpdir(), 'ai-fix-bench-localization-'));
    const syntax = createTreeSitterSyntax((text) => console.warn(text));
    try {
      const cache = createDiskRecordCache({ dir: scratch, maxRepositoryBytes: 512 * 1024 ** 2, maxBytes: 1024 ** 3 });
      const clone = await openClone(folder);
      const fixes = await pastFixes(clone, asked.fixes);
      const one = await measure(clone, fixes, { cache, syntax, ablations: asked.ablations, model });
      printReport([one]);
      measured.push(one);
    } finally {
      await syntax.close();
      await rm(scratch, { recursive: true, force: true });
    }
  }
  if (asked.json !== undefined) await writeFile(asked.json, asJson(measured));
}

try {
  await main();
} catch (error) {
  const isTheirs =
    error instanceof CloneProblem || error instanceof ConfigError || (error instanceof TypeError && 'code' in error);
  if (!isTheirs) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 64;
}
