import { reportNames } from '../../domain/report-names.ts';
import type { CheckScript } from '../../local/check-script.ts';

/** How runners are asked for a test report where nothing has to be installed for it. */

const tee = (name: string): string => `tee "$AI_FIX_REPORTS/${name}"`;

export const goTest = `go test -json ./... | ${tee(reportNames.go)}`;

/** Without the flag the binaries behind one that fails would not run, and count as lost. */
export const cargoTest = `cargo test --offline --no-fail-fast 2>&1 | ${tee(reportNames.cargo)}`;

/** Read by `node --test` alone, as in the sandbox workflow for Node; to other programs it says nothing. */
const nodeReporter = [
  '--test-reporter=spec',
  '--test-reporter-destination=stdout',
  '--test-reporter=junit',
  '--test-reporter-destination=/reports/node-test.xml',
].join(' ');

/** Of runners that have such a reporter themselves: https://vitest.dev/guide/reporters, https://jestjs.io/docs/cli#--json */
const flags: Readonly<Record<string, string>> = {
  vitest: '--reporter=default --reporter=junit --outputFile.junit="$AI_FIX_REPORTS/vitest.xml"',
  jest: `--json --outputFile="$AI_FIX_REPORTS/${reportNames.jest}"`,
};

/**
 * `npm test` with a report, by what the script `test` runs. A script that is more than one plain call gets no flags:
 * they would go to whatever stands last in it.
 */
export function reportingTest(script: string): Pick<CheckScript, 'script' | 'environment'> {
  const [, runner = ''] = /^(?:npx )?(vitest|jest)(?: [\w@./:=,-]+)*$/.exec(script) ?? [];
  const own = /--(?:reporter|outputFile|json)\b/.test(script) ? undefined : flags[runner];
  return own === undefined
    ? { script: 'npm test', environment: { NODE_OPTIONS: nodeReporter } }
    : { script: `npm test -- ${own}`, environment: {} };
}
