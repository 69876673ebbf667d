import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { DeliveryId } from '../../src/domain/ids.ts';
import { type House, labelIssue, openHouse, shownState, until } from '../support/house.ts';
import { rightFirstTime } from '../support/scripts.ts';
import { patienceMs, statusOf, untilOver, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** Where a repository's configuration comes from, and what is told about one that is not valid. */
let house: House;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: rightFirstTime,
    environment: { LOG_LEVEL: 'silent' },
  });
});
afterAll(() => house.close());

const policyPath = '.github/ai-fix.yml';

async function create(fullName: string, configuration: string | null, isPrivate = false): Promise<string> {
  const files = { ...sumFiles, ...(configuration === null ? {} : { [policyPath]: configuration }) };
  await house.github.createRepository({ fullName, files, isPrivate, roles: { alice: 'admin' } });
  return fullName;
}

const configure = (repository: string, text: string | null, branch = 'main') =>
  house.github.commit(repository, {
    branch,
    from: 'main',
    files: { [policyPath]: text },
    message: 'm',
    author: 'alice',
  });

const checksSchema = z.object({
  check_runs: z.array(
    z.object({
      name: z.string(),
      conclusion: z.string().nullable(),
      output: z.object({ summary: z.string().nullable() }),
    }),
  ),
});

async function checksOn(repository: string, commit: string) {
  const answer = await house.github.as('alice').get(`/repos/${repository}/commits/${commit}/check-runs`);
  return checksSchema.parse(answer).check_runs.filter(({ name }) => name === 'ai-fix / configuration');
}

const untilChecked = (repository: string, commit: string) =>
  until(`${commit} has its check`, patienceMs, async () => {
    const [check] = await checksOn(repository, commit);
    return check ?? null;
  });

const policyOf = (repository: string) => {
  const [owner = '', name = ''] = repository.split('/');
  return house.app.ports.policyOf({ installationId: house.github.installationId(repository), owner, name });
};

test.concurrent("a repository without a file has its owner's, and one with a file has that", async () => {
  await create('globex/.github', 'label: globex-fix\nbudget: { usd: 2 }\n', true);
  const bare = await create('globex/bare', null);
  const own = await create('globex/own', 'budget: { attempts: 2 }\n');
  const both = await create('globex/both', '_extends: .github\nbudget: { attempts: 2 }\n');

  expect(await policyOf(bare)).toMatchObject({ policy: { label: 'globex-fix', budget: { usd: 2, attempts: 4 } } });
  expect(await policyOf(own)).toMatchObject({ policy: { label: 'ai-fix', budget: { usd: 5, attempts: 2 } } });
  expect(await policyOf(both)).toMatchObject({ policy: { label: 'globex-fix', budget: { usd: 2, attempts: 2 } } });
});

test.concurrent('of another owner only what is public is read', async () => {
  await create('initech/settings', 'label: public-fix\n');
  await create('initech/secrets', 'hunter2: 1\n', true);
  const open = await create('umbrella/open', '_extends: initech/settings\n');
  const closed = await create('umbrella/closed', '_extends: initech/secrets\n');

  expect(await policyOf(open)).toMatchObject({ kind: 'valid', policy: { label: 'public-fix' } });
  expect(await policyOf(closed)).toMatchObject({
    kind: 'invalid',
    problems: [
      expect.stringMatching(/`_extends`: found no file `initech\/secrets:\.github\/ai-fix\.yml` that ai-fix may read/),
    ],
  });
});

test.concurrent('a push that breaks the configuration is told on its commit, and the last valid one applies', async () => {
  const repository = await create('acme/breaks', null);
  const valid = await configure(repository, 'label: ai-fix\nbudget: { usd: 3 }\n');
  expect(await untilChecked(repository, valid)).toMatchObject({ conclusion: 'success' });

  const broken = await configure(repository, 'labl: ai-fix\nbudget: { usd: 4 }\n');
  const check = await untilChecked(repository, broken);
  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');
  const status = statusOf(house.github, repository, issue);

  expect(check.conclusion).toBe('failure');
  expect(check.output.summary).toContain(
    '- `.github/ai-fix.yml`: unknown key `labl` (did you mean `label`?); allowed: ',
  );
  expect(status).toContain('so the last valid one applies.');
  expect(status).toContain('of $3.00');
});

test.concurrent('the same push, told twice and redelivered, is one check', async () => {
  const repository = await create('acme/twice', null);
  const commit = await configure(repository, 'budget: { usd: -1 }\n');
  await untilChecked(repository, commit);
  const delivery = house.github.webhooks.deliveries.find(
    ({ event, payload }) => event === 'push' && payload.after === commit,
  );

  await house.github.webhooks.redeliver(delivery?.id ?? '');
  await house.github.deliver('push', delivery?.payload ?? {});
  await configure(repository, 'budget: { usd: 1 }\n').then((next) => untilChecked(repository, next));

  expect(await checksOn(repository, commit)).toHaveLength(1);
});

test.concurrent('a push to another branch is checked there and configures nothing', async () => {
  const repository = await create('acme/branch', null);

  const commit = await configure(repository, 'label: other\n', 'try');
  const check = await untilChecked(repository, commit);

  expect(check.conclusion).toBe('success');
  expect(await policyOf(repository)).toMatchObject({ policy: { label: 'ai-fix' } });
});

test.concurrent.each(['enabled: false', 'triggers: { issues: off }'])(
  'with `%s` a label is met with silence',
  async (text) => {
    const repository = await create(`acme/off-${text.length}`, `${text}\n`);

    const issue = await labelIssue(house.github, repository, sumIssue);
    await house.github.settled();
    const settled = await until('the label is settled', patienceMs, async () => {
      const delivery = house.github.webhooks.deliveries.findLast(
        ({ action, payload }) => action === 'labeled' && JSON.stringify(payload.repository).includes(repository),
      );
      const known = await house.app.ports.deliveries.find((delivery?.id ?? '') as DeliveryId);
      return known?.status === 'ignored' ? known : null;
    });

    expect(settled.status).toBe('ignored');
    expect(shownState(house.github, repository, issue)).toBeNull();
    expect(house.github.comments(repository, issue)).toEqual([]);
  },
);

test.concurrent('without a last valid configuration the fix is refused with every problem', async () => {
  const repository = await create('acme/never-valid', 'gates: { plan: riski }\nbudget: { usd: 0 }\n');

  const issue = await labelIssue(house.github, repository, sumIssue);
  const status = await untilOver(house, repository, issue);

  expect(status).toContain('`gates.plan`: found the text `riski`');
  expect(status).toContain('`budget.usd`: found the number 0; allowed: a number from 0.01 to 1000');
  expect(status).not.toContain('last valid');
});

test('the JSON Schema is served to editors', async () => {
  const response = await fetch(`http://127.0.0.1:${house.app.port}/schema.json`);

  expect(await response.json()).toMatchObject({ title: 'ai-fix: .github/ai-fix.yml', additionalProperties: false });
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});
