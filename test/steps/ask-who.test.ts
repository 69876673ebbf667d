import { describe, expect, it } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import { defaultWho, type WhoPolicy } from '../../src/domain/who.ts';
import { askWho } from '../../src/steps/ask-who.ts';
import { fakeRepositories } from '../support/fake-repositories.ts';
import { sampleRepository } from '../support/sample-fix.ts';

const ask = (
  login: string,
  repositories: ReturnType<typeof fakeRepositories>,
  policy: WhoPolicy = defaultWho,
  isBot = false,
) =>
  askWho(
    { repositories },
    { repository: sampleRepository, action: 'trigger', actor: { login, id: 42, isBot }, policy, isRequester: false },
  );

const teamOnly: WhoPolicy = {
  ...defaultWho,
  rules: { ...defaultWho.rules, trigger: { level: 'write', named: { users: [], teams: ['security'] } } },
};

describe('asking who may start a fix', () => {
  it('goes by the standing GitHub names now', async () => {
    const repositories = fakeRepositories({ standings: { rita: 'read' } });

    expect(await ask('bob', repositories)).toEqual({ kind: 'may' });
    expect((await ask('rita', repositories)).kind).toBe('refused');
  });

  it('asks for teams only where a writer needs one', async () => {
    const repositories = fakeRepositories({ standings: { rita: 'read' }, members: { security: ['bob', 'rita'] } });

    expect(await ask('bob', repositories, teamOnly)).toEqual({ kind: 'may' });
    expect((await ask('carol', repositories, teamOnly)).kind).toBe('refused');
    expect((await ask('rita', repositories, teamOnly)).kind).toBe('refused');
  });

  it('refuses whoever GitHub does not vouch for', async () => {
    const forbidden = new ForgeError('403', { status: 403, isRetryable: false });
    const repositories = {
      ...fakeRepositories(),
      teamsOf: () => Promise.reject(forbidden),
    };

    expect((await ask('bob', repositories, teamOnly)).kind).toBe('refused');
  });

  it('decides nothing while GitHub is away', async () => {
    const away = new ForgeError('502', { status: 502, isRetryable: true });
    const repositories = { ...fakeRepositories(), standing: () => Promise.reject(away) };

    await expect(ask('bob', repositories)).rejects.toBe(away);
  });

  it('does not ask GitHub about bots', async () => {
    const repositories = { ...fakeRepositories(), standing: () => Promise.reject(new Error('asked about a bot')) };

    expect((await ask('other[bot]', repositories, defaultWho, true)).kind).toBe('silent');
    expect(await ask('other[bot]', repositories, { ...defaultWho, bots: [42] }, true)).toEqual({ kind: 'may' });
  });
});
