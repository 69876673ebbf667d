import { readFileSync } from 'node:fs';
import { withoutFixers } from '../../src/thread/without-fixers.ts';
import { sumFiles, workflowPath } from './sum-repository.ts';

/** Takes blanks off the ends of lines; with `--check` it only says where there are any. */
const formatter = `import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const isCheck = process.argv.includes('--check');
for (const file of readdirSync('.').filter((name) => name.endsWith('.js'))) {
  const text = readFileSync(file, 'utf8');
  const formatted = text.replaceAll(/[ \\t]+$/gm, '');
  if (formatted === text) continue;
  if (isCheck) {
    console.log('Code style issues found in ' + file);
    process.exitCode = 1;
  } else {
    writeFileSync(file, formatted);
  }
}
`;

export interface FixersOrder {
  /** The script \`format\`, which the fixer of that name starts. */
  readonly format?: string;
  /** What the CI's one job is called, and what it and the sandbox's check \`format\` run. */
  readonly job?: string;
  readonly check?: string;
  /** Whether the sandbox runs that check too. */
  readonly isInSandbox?: boolean;
  /** The names in the workflow's \`fixers\`; null: a workflow of before there were any. */
  readonly fixers?: readonly string[] | null;
  readonly configuration?: string;
}

/** The sum repository with a line that no formatter left, a formatter of its own, and fixers in its sandbox workflow. */
export function unformattedFiles({
  format = 'node scripts/format.js',
  job = 'format',
  check = 'node scripts/format.js --check',
  isInSandbox = true,
  fixers = ['format'],
  configuration = '',
}: FixersOrder = {}): Readonly<Record<string, string>> {
  const scripts = { test: 'node --test', format, 'check-format': check };
  return {
    ...sumFiles,
    'package.json': `${JSON.stringify({ name: 'sum', private: true, type: 'module', scripts }, null, 2)}\n`,
    'scripts/format.js': formatter,
    'sum.js': 'export const sum = (a, b) => a - b; \n',
    [workflowPath]: sandboxWorkflow(isInSandbox, fixers),
    '.github/workflows/ci.yml': ciWorkflow(job, check),
    '.github/ai-fix.yml': `triggers:\n  failing_checks:\n    branches: [main]\n${configuration}`,
  };
}

const ciWorkflow = (job: string, check: string): string => `name: CI
on: [push]
jobs:
  ${job}:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Look
        shell: bash
        run: ${JSON.stringify(check)}
`;

function sandboxWorkflow(isInSandbox: boolean, fixers: readonly string[] | null): string {
  const checks = isInSandbox ? ['test', 'format'] : ['test'];
  const adapted = readFileSync(new URL('../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8')
    .replace(`'["test", "lint"]'`, `'${JSON.stringify(checks)}'`)
    .replace('"$junit" npm test', '"$junit" node --test')
    .replace('lint) npm run lint ;;', 'format) npm run check-format ;;')
    .replace('# snapshots) npx vitest run --update ;;', 'snapshots) npm run format ;;');
  if (fixers === null) return withoutFixers(adapted);
  return adapted.replace(`'["lockfile", "lint", "format"]'`, `'${JSON.stringify(fixers)}'`);
}
