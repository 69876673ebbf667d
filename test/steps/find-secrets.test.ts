import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSecrets, tooMuchText } from '../../src/steps/find-secrets.ts';

// Joined at run time, so that no scanner takes this file for a leak.
const letters = (length: number): string => 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0'.repeat(4).slice(0, length);
const githubToken = ['ghp', letters(36)].join('_');
const awsKeyId = ['AKIA', 'Q3EGRTYUIOPLKJHG'].join('');
const awsSecret = `AWS_SECRET_ACCESS_KEY=${letters(40)}`;
const openaiKey = `sk-${letters(20)}${['T3Blbk', 'FJ'].join('')}${letters(20)}`;
const slackToken = ['xoxb', '123456789012', '123456789012', letters(24)].join('-');
const stripeKey = ['sk', 'live', letters(24)].join('_');
const npmToken = ['npm', letters(36)].join('_');
const databaseUrl = ['postgres://app', 'h8Jk2LmN@db.internal/shop'].join(':');
const address = ['https://deploy', 'h8Jk2LmN@git.internal.net'].join(':');
const pem = (body: string): string =>
  [
    `-----BEGIN ${'RSA PRIVATE'} KEY-----`,
    `MIIE${body}`,
    letters(64),
    letters(64),
    `-----END ${'RSA PRIVATE'} KEY-----`,
  ].join('\n');
const keyFile = (body: string): string =>
  JSON.stringify(
    { type: 'service_account', private_key_id: letters(40), private_key: `${pem(body)}\n`, client_id: '1' },
    null,
    2,
  );

const added = (after: string) => findSecrets([{ path: 'src/a.ts', before: null, after }]);

describe('a secret in a new file is found', () => {
  it.each([
    ['GitHub token', githubToken],
    ['AWS access key', awsKeyId],
    ['AWS access key', awsSecret],
    ['OpenAI key', openaiKey],
    ['Slack token or webhook', slackToken],
    ['Stripe key', stripeKey],
    ['npm token', npmToken],
    ['password of a database', databaseUrl],
    ['password in an address', address],
    ['private key', pem(letters(60))],
  ])('%s', async (kind, secret) => {
    const found = await added(`// settings\nconst value = '${secret}';\n`);

    expect(found).toEqual([{ path: 'src/a.ts', line: 2, kind }]);
  });

  it('Google Cloud key file, whatever it is called', async () => {
    const found = await findSecrets([{ path: 'docs/notes.txt', before: null, after: keyFile(letters(60)) }]);

    expect(found).toContainEqual({ path: 'docs/notes.txt', line: 4, kind: 'Google Cloud key file' });
  });
});

describe('no directive in a text switches the search off', () => {
  it.each([
    ['for a file', '/* secretlint-disable */\n', ''],
    ['for a line', '', ' // secretlint-disable-line'],
    ['for the next line', '# secretlint-disable-next-line\n', ''],
    ['for a rule', '// secretlint-disable @secretlint/secretlint-rule-github\n', ''],
    ['between two lines', '<!-- secretlint-disable -->\n', '\n<!-- secretlint-enable -->'],
  ])('%s', async (_, above, behind) => {
    const found = await added(`${above}${githubToken}${behind}\n`);

    expect(found.map(({ kind }) => kind)).toEqual(['GitHub token']);
  });
});

describe('what stood in the file before is not the patch’s doing', () => {
  const other = ['ghp', letters(37).slice(1)].join('_');

  it.each([
    ['stays', `a\n${githubToken}\nb\n`],
    ['is indented', `a\n  token: ${githubToken}\nb\n`],
    ['moves', `b\na\n\n\n${githubToken}`],
    ['moves behind a byte order mark', `\uFEFF${githubToken}`],
  ])('a secret that %s', async (_, after) => {
    const found = await findSecrets([{ path: 'a.yml', before: `a\n${githubToken}\nb\n`, after }]);

    expect(found).toEqual([]);
  });

  it('a second secret beside it is', async () => {
    const found = await findSecrets([{ path: 'a.yml', before: githubToken, after: `${githubToken}\n\n${other}` }]);

    expect(found).toEqual([{ path: 'a.yml', line: 3, kind: 'GitHub token' }]);
  });

  it('the same secret in another file is', async () => {
    const found = await findSecrets([
      { path: 'a.yml', before: githubToken, after: '' },
      { path: 'b.yml', before: null, after: githubToken },
    ]);

    expect(found.map(({ path }) => path)).toEqual(['b.yml']);
  });

  it('a key file of which other lines changed is not', async () => {
    const before = keyFile(letters(60));
    const after = before.replace('service_account', 'user').replace('"1"', '"2"');

    const found = await findSecrets([{ path: 'key.json', before, after }]);

    expect(found).toEqual([]);
  });

  it('a key file with another key is', async () => {
    const before = keyFile(letters(60));

    const found = await findSecrets([{ path: 'key.json', before, after: keyFile(letters(61).slice(1)) }]);

    expect(found.map(({ kind }) => kind)).toContain('Google Cloud key file');
  });
});

describe('a placeholder is no secret', () => {
  it.each([
    ['AKIA', 'IOSFODNN7EXAMPLE'].join(''),
    `AWS_SECRET_ACCESS_KEY=${['wJalrXUtnFEMI/K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/')}`,
    ['https://user', 'password@example.com'].join(':'),
    'AWS_ACCOUNT_ID=123456789012',
    ['ghp', 'xxxx'].join('_'),
    ['postgres://user', '$PASSWORD@db/shop'].join(':'),
  ])('%s', async (text) => {
    expect(await added(text)).toEqual([]);
  });
});

it('nothing that is found quotes the secret', async () => {
  const secrets = [githubToken, awsKeyId, awsSecret, openaiKey, slackToken, stripeKey, npmToken, databaseUrl, address];

  const found = await added(secrets.join('\n'));

  const told = JSON.stringify(found);
  expect(found).toHaveLength(secrets.length);
  for (const secret of secrets) expect(told).not.toContain(secret.slice(-8));
});

describe('in a long file', () => {
  const line = 'const value = compute(argument, { option: true });\n';
  const long = line.repeat(20_000);

  it('a secret is found wherever it is added, with its line', async () => {
    const lines = fc.integer({ min: 0, max: 20_000 });

    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), async (above, isNew) => {
        const at = above * line.length;
        const after = `${long.slice(0, at)}${githubToken}\n${long.slice(at)}`.slice(0, 990_000);
        fc.pre(at < 980_000);

        const found = await findSecrets([{ path: 'a.ts', before: isNew ? null : long.slice(0, 990_000), after }]);

        expect(found).toEqual([{ path: 'a.ts', line: above + 1, kind: 'GitHub token' }]);
      }),
      { numRuns: 30 },
    );
  });

  it('a secret is found where one window of the search ends', async () => {
    for (let at = 63_950; at < 64_010; at += 7) {
      const after = `${'x'.repeat(at - 1)}\n${githubToken}\n${'x'.repeat(10_000)}`;

      expect(await added(after)).toEqual([{ path: 'src/a.ts', line: 2, kind: 'GitHub token' }]);
    }
  });

  it('a small change needs no search of the rest', async () => {
    const before = `${githubToken}\n${long.repeat(3)}`;

    const found = await findSecrets([{ path: 'a.ts', before, after: `${before}${npmToken}\n` }]);

    expect(found).toEqual([{ path: 'a.ts', line: 60_002, kind: 'npm token' }]);
  });

  it('a change too large to be searched is itself found', async () => {
    const found = await findSecrets([{ path: 'a.ts', before: null, after: `${long}${githubToken}` }]);

    expect(found).toEqual([{ path: 'a.ts', line: 1, kind: tooMuchText }]);
  });

  it('findings are counted up to a hundred', async () => {
    const found = await findSecrets([
      { path: 'a.ts', before: null, after: `${githubToken}\n`.repeat(5_000) },
      { path: 'b.ts', before: null, after: githubToken },
    ]);

    expect(found).toHaveLength(100);
  });
});

it('no text makes the search fail', async () => {
  const part = fc.constantFrom(
    '{"private_key_id":1,"private_key":',
    'null',
    '}',
    '\uFEFF',
    '\ud800',
    '\r',
    '\u2028',
    githubToken,
    '"',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part).map((parts) => parts.join('')),
  );

  await fc.assert(
    fc.asyncProperty(fc.option(text), text, async (before, after) => {
      const found = await findSecrets([{ path: 'a', before, after }]);

      const lines = after.split('\n').length;
      expect(found.every(({ line }) => line >= 1 && line <= lines)).toBe(true);
    }),
  );
});

it('200 files of 1,000 lines take seconds at most and leave no marks of a profiler behind', async () => {
  const after = 'const value = compute(argument, { option: true, other: "some words" }); // why\n'.repeat(1_000);
  const files = Array.from({ length: 200 }, (_, index) => ({ path: `src/${index}.ts`, before: null, after }));
  const start = performance.now();

  const found = await findSecrets(files);

  expect(performance.now() - start).toBeLessThan(5_000);
  expect(found).toEqual([]);
  expect(performance.getEntriesByType('mark').filter(({ name }) => name.startsWith('@core'))).toEqual([]);
});

it('others work while hostile text is searched', async () => {
  const hostile = `${`${['ghs', '1'].join('_')}_`.repeat(160)}.${'a'.repeat(10_001)}`.repeat(30);
  let beats = 0;
  const heart = setInterval(() => {
    beats += 1;
  }, 1);

  await added(hostile);
  clearInterval(heart);

  expect(beats).toBeGreaterThanOrEqual(5);
});
