/** A stand-in with a sandbox workflow, for tests that lie about its runs. */
import { appClient, dispatchRun, openGitHub } from './app-client.ts';

export const repository = 'acme/demo';
export const here = { owner: 'acme', repo: 'demo' };
export const sandbox = `
name: Sandbox
run-name: ai-fix \${{ inputs.nonce }} \${{ inputs.sha }}
on:
  workflow_dispatch:
    inputs:
      nonce: { type: string, required: true }
      sha: { type: string, default: none }
jobs:
  check:
    name: Check
    runs-on: ubuntu-latest
    steps:
      - run: echo checked
`;
const files = {
  '.github/workflows/sandbox.yml': sandbox,
  '.github/workflows/lookalike.yml': sandbox.replace('echo checked', 'echo not checked'),
};

export async function openRunSite() {
  const site = await openGitHub({ users: ['alice', 'bob'] });
  const { github } = site;
  await github.createRepository({ fullName: repository, files, roles: { alice: 'write', bob: 'write' } });
  const client = appClient(github, repository);
  const dispatch = () => dispatchRun(client, { repository, workflow: 'sandbox.yml', inputs: { nonce: 'n1' } });
  const ended = async () => {
    const run_id = await dispatch();
    await github.settled();
    return run_id;
  };
  const get = async (run_id: number) => (await client.rest.actions.getWorkflowRun({ ...here, run_id })).data;
  return { github, close: site.close, client, dispatch, ended, get };
}
