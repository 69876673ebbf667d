import { calls, finished, type RoleScripts, rightFirstTime } from './scripts.ts';
import { sumFiles } from './sum-repository.ts';

/** A job each for so many names, which fails as `command` does. */
const ciWorkflow = (command: string, jobs: readonly string[]): string => `name: CI
on: [push, pull_request]
jobs:
  test:
    name: \${{ matrix.name }}
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        name: [${jobs.join(', ')}]
    steps:
${command.includes('grep') ? '      - uses: actions/checkout@v4\n' : ''}      - name: Look
        shell: bash
        run: ${command}
`;

export interface FailingOrder {
  /** What the CI runs; without, it looks whether `sum` adds. */
  readonly command?: string;
  readonly jobs?: readonly string[];
  /** Keys of `failing_checks`, as YAML. */
  readonly triggers?: string;
}

const looksAtSum = `grep -q 'a + b' sum.js || { echo '::error file=sum.js,line=1::sum subtracts'; exit 1; }`;

/** The sum repository with a CI of its own beside the sandbox. */
export const failingFiles = ({
  command = looksAtSum,
  jobs = ['unit'],
  triggers = 'branches: [main]',
}: FailingOrder = {}) => ({
  ...sumFiles,
  '.github/workflows/ci.yml': ciWorkflow(`|\n          ${command}`, jobs),
  '.github/ai-fix.yml': `triggers:\n  failing_checks: { ${triggers} }\n`,
});

/** What the architect says where the fault lies in `.github/`. */
export const outOfReach: RoleScripts = {
  ...rightFirstTime,
  architect: [
    [
      calls([
        'post_plan',
        {
          documents: [{ kind: 'plan', markdown: 'Nothing of the code is wrong; the workflow is.' }],
          protected_paths_touched: [],
          risks: 'none',
          out_of_reach: { why: 'the workflow looks for the wrong operator', diff: '-grep a + b\n+grep a - b' },
        },
      ]),
    ],
  ],
};

/** The sum is mended without a new test. */
export const mendedSum: RoleScripts = {
  ...rightFirstTime,
  coder: [
    [calls(['edit_file', { path: 'sum.js', old_text: 'a - b', new_text: 'a + b' }], finished('`sum` adds now.'))],
  ],
};
