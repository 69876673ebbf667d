/**
 * The sandbox workflow that the local forge shows in place of a file on GitHub, so that the story reads of this machine's
 * sandbox what it reads of GitHub Actions: which checks and fixers there are, and whether they keep reports. It is never run: the local
 * sandbox knows the commands.
 */
export const localWorkflow = (
  checks: readonly string[],
  fixers: readonly string[] = [],
  keepsReports = true,
): string => `# The checks of this run of \`ai-fix try\`.
name: ai-fix sandbox
run-name: ai-fix \${{ inputs.nonce }} \${{ inputs.sha }}
on:
  workflow_dispatch:
    inputs:
      protocol: { type: string, required: true }
      mode: { type: string, default: validate }
      checks: { type: string, default: ${JSON.stringify(JSON.stringify(checks))} }
      fixers: { type: string, default: ${JSON.stringify(JSON.stringify(fixers))} }
      sha: { type: string, required: true }
      base_sha: { type: string, required: true }
      nonce: { type: string, required: true }
permissions:
  contents: read
jobs:
  check:
    name: \${{ matrix.check }}
    runs-on: ubuntu-latest
    steps:
      - ${keepsReports ? upload : 'run: "true"'}
`;

const upload = `uses: actions/upload-artifact@v4
        with: { name: "junit-\${{ matrix.check }}" }`;
