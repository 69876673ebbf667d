import { generateKeyPairSync } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { pino } from 'pino';
import { Probot } from 'probot';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RawSignal } from '../../src/app/edge.ts';
import { push } from '../../src/app/push.ts';
import { signalSchema } from '../../src/domain/signal.ts';

type Payload = Record<string, unknown>;

const published = examples as unknown as readonly { name: string; examples: readonly Payload[] }[];
const example = published.find(({ name }) => name === 'push')?.examples[0] ?? {};
const after = 'a'.repeat(40);
const policyFile = '.github/ai-fix.yml';

const privateKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

const heard: RawSignal[] = [];
const probot = new Probot({ appId: 1, privateKey, secret: 'a good secret', log: pino({ level: 'silent' }) });
push(probot, async (_delivery, raw) => {
  heard.push(raw);
});

/** GitHub's own example, as a push to the default branch that leaves the configuration alone, but for the changes. */
async function receive(change: Payload): Promise<void> {
  const { repository, ...rest } = structuredClone(example);
  const commits = [{ added: ['a.ts'], modified: [], removed: [] }];
  const common = { ref: 'refs/heads/main', after, deleted: false, forced: false, installation: { id: 7 }, commits };
  const payload = { ...rest, ...common, repository: { ...(repository as Payload), default_branch: 'main' }, ...change };
  await probot.receive({ id: 'd-1', name: 'push', payload } as unknown as Parameters<Probot['receive']>[0]);
}

const commit = (change: Payload) => ({ added: [], modified: [], removed: [], ...change });

beforeEach(() => {
  heard.length = 0;
});

describe('a push is a signal', () => {
  it.each(['added', 'modified', 'removed'])('when a commit has the configuration among what was %s', async (kind) => {
    await receive({ commits: [commit({}), commit({ [kind]: ['a.ts', policyFile] })] });

    expect(heard).toMatchObject([{ type: 'configuration-pushed', commit: after, isDefaultBranch: true }]);
    expect(signalSchema.safeParse(heard[0]).success).toBe(true);
  });

  it.each(['.ai/prompts/code.md', 'docs/prompts/review.md'])('when it changes the prompt %s', async (path) => {
    await receive({ commits: [commit({ modified: [path] })] });

    expect(heard).toMatchObject([{ type: 'configuration-pushed' }]);
  });

  it('also on another branch, where its check is read', async () => {
    await receive({ ref: 'refs/heads/try/it', commits: [commit({ modified: [policyFile] })] });

    expect(heard).toMatchObject([{ commit: after, isDefaultBranch: false }]);
  });

  it.each<[string, Payload]>([
    ['lists no commit', { commits: [] }],
    ['lists as many commits as GitHub lists at most', { commits: Array(2_048).fill(commit({ added: ['a.ts'] })) }],
    ['lists a thousand files of a commit', { commits: [commit({ added: Array(1_000).fill('a.ts') })] }],
    ['moved the branch elsewhere', { forced: true }],
    ['has no list at all', { commits: null }],
  ])('when it %s, because it may hold more', async (_what, change) => {
    await receive(change);
    const onDefaultBranch = heard.length;
    await receive({ ref: 'refs/heads/other', ...change });

    expect([onDefaultBranch, heard.length]).toEqual([1, 1]);
  });
});

describe('a push is none', () => {
  it.each<[string, Payload]>([
    ['leaves the configuration alone', {}],
    [
      'changes a file of a similar name',
      { commits: [commit({ added: ['docs/.github/ai-fix.yml', '.github/ai-fix.yaml'] })] },
    ],
    [
      'changes a file in no folder of prompts',
      { commits: [commit({ added: ['prompts.md', 'src/prompts/a/code.md', 'prompts/x.ts'] })] },
    ],
    ['is of a tag', { ref: 'refs/tags/v1', commits: [commit({ added: [policyFile] })] }],
    ['deletes a branch', { deleted: true, after: '0'.repeat(40), commits: [] }],
    ['breaks its own schema', { ref: 7, commits: 'x' }],
    ['lists what are no commits', { commits: [null, 7, 'x', { added: 'x' }] }],
  ])('that %s', async (_what, change) => {
    await receive(change);

    expect(heard).toEqual([]);
  });
});
