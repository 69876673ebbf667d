import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeDatabaseImage } from '../../src/cli/eval/database-image.ts';
import { type Drilled, drill } from './drill.ts';
import { report } from './report.ts';

const usage = `Has many fixes made by scripted models while their providers fail at random, and compares the App's books with theirs.

  npm run drill                     200 fixes, with a new seed
  npm run drill -- --seed 7         the same faults as every drill of this seed
  npm run drill -- --fixes 40       fewer of them
  npm run drill -- --lanes 8        so many at once
  npm run drill -- --share 0.3      the share of calls that fail by themselves
`;

const whole = (text: string | undefined, name: string, most: number): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  process.stderr.write(`--${name}: found ${JSON.stringify(text)}; allowed: a whole number from 1 to ${most}\n`);
  process.exit(2);
};

const options = {
  seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1e6)) },
  fixes: { type: 'string', default: '200' },
  lanes: { type: 'string', default: '12' },
  share: { type: 'string', default: '0.3' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function readOptions() {
  try {
    return parseArgs({ options });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

async function main(): Promise<number> {
  const { values } = readOptions();
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const share = Number(values.share);
  if (!(share >= 0 && share <= 0.8)) {
    process.stderr.write(`--share: found ${JSON.stringify(values.share)}; allowed: a number from 0 to 0.8\n`);
    return 2;
  }
  const seed = whole(values.seed, 'seed', 1e9);
  const image = await mkdtemp(join(tmpdir(), 'ai-fix-image-'));
  try {
    await makeDatabaseImage(image);
    const drilled: Drilled = await drill({
      seed,
      fixes: whole(values.fixes, 'fixes', 10_000),
      lanes: whole(values.lanes, 'lanes', 64),
      share,
      databaseImage: image,
      patienceMs: 240_000,
      say: (line) => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(report(drilled, seed));
    const { problems, slowFailover } = drilled.verdict;
    if (problems.length === 0 && slowFailover === null) return 0;
    const log = join(tmpdir(), `ai-fix-drill-${seed}.log`);
    await writeFile(log, drilled.output);
    process.stdout.write(`The App's log: ${log}\n`);
    return 1;
  } finally {
    await rm(image, { recursive: true, force: true });
  }
}

process.exitCode = await main();
