import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRedactor } from '../../src/domain/redact.ts';
import { createGitHubReach } from '../../src/github/github-reach.ts';
import { createInstallations } from '../../src/github/installations.ts';
import type { Reach } from '../../src/ports/reach.ts';
import { openGitHub, type TestGitHub, testApp } from '../stand-in/app-client.ts';

let stand: TestGitHub;
let reach: Reach;

beforeAll(async () => {
  stand = await openGitHub();
  const { url, privateKey } = stand.github;
  const Octokit = ProbotOctokit.defaults({ throttle: { enabled: false } });
  const credentials = { appId: testApp.id, privateKey, baseUrl: `${url}/api/v3` };
  reach = createGitHubReach(createInstallations(credentials, Octokit, createRedactor([]), false));
  for (const fullName of ['acme/shop', 'acme/tools', 'other/shop']) await stand.github.createRepository({ fullName });
});
afterAll(() => stand.close());

it('what an installation reaches is asked with a token that may read metadata and nothing else', async () => {
  const installationId = stand.github.installationId('acme/shop');

  const before = await reach.repositories(installationId);
  stand.github.removeFromInstallation('acme/tools');
  const after = await reach.repositories(installationId);

  expect(before).toMatchObject({ isComplete: true, repositories: [{ name: 'shop' }, { name: 'tools' }] });
  expect(after?.repositories).toEqual([{ id: expect.any(Number), owner: 'acme', name: 'shop' }]);
  expect(stand.github.journal.tokens.map(({ askedPermissions }) => askedPermissions)).toEqual([
    { metadata: 'read' },
    { metadata: 'read' },
  ]);
  expect(stand.github.journal.requestProblems()).toEqual([]);
});

it('an installation that is gone reaches nothing', async () => {
  const installationId = stand.github.installationId('other/shop');
  stand.github.uninstall('other');

  const answer = await reach.repositories(installationId);

  expect(answer).toBeNull();
});
