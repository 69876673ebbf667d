import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertRepository, isRepositoryName } from '../../src/domain/repository-name.ts';

test.each([
  ['acme', 'shop'],
  ['Acme-2', '.github'],
  ['octo_acme', 'a'],
  ['a', '...'],
  ['a'.repeat(39), '-'.repeat(100)],
  ['acme', '_private.js'],
  ['acme', 'git'],
  ['acme', 'dotgit'],
])('GitHub may have a repository %s/%s', (owner, name) => {
  expect(isRepositoryName(owner, name)).toBe(true);
});

test.each([
  ['', 'shop'],
  ['acme', ''],
  ['acme', '.'],
  ['acme', '..'],
  ['..', 'shop'],
  ['../..', 'shop'],
  ['a/b', 'shop'],
  ['acme', 'a/b'],
  ['a@evil.example', 'shop'],
  ['evil.example', 'shop'],
  ['acme', 'x?y'],
  ['acme', 'x#y'],
  ['acme', 'x y'],
  ['acme', '%2e%2e'],
  ['%2e%2e', 'shop'],
  ['acme', 'shop\n'],
  ['acme\r\nhost: evil.example', 'shop'],
  ['acme', 'shop\0'],
  ['acme', 'shöp'],
  ['acme', 'shop\u202e'],
  ['acme', 'shop.git'],
  ['acme', 'shop.GIT'],
  ['acme', 'shop.wiki'],
  ['-acme', 'shop'],
  ['acme[bot]', 'shop'],
  ['a'.repeat(40), 'shop'],
  ['acme', 'x'.repeat(101)],
  ['acme\\', 'shop'],
  ['__proto__', 'shop'],
])('GitHub has no repository %j/%j', (owner, name) => {
  expect(isRepositoryName(owner, name)).toBe(false);
});

test('what passes stands in an address and in a path as it is', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('a', 'Z', '0', '.', '-', '_', '/', '%', '@', '?', '\\', '\n') }),
  );

  fc.assert(
    fc.property(text, text, (owner, name) => {
      if (!isRepositoryName(owner, name)) return;
      const url = new URL(`https://github.test/${owner}/${name}.git`);
      expect([url.host, url.pathname]).toEqual(['github.test', `/${owner}/${name}.git`]);
    }),
    { numRuns: 1_000 },
  );
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is no installation', (installationId) => {
  const check = () => assertRepository({ installationId, owner: 'acme', name: 'shop' });

  expect(check).toThrow(TypeError);
});

test('a hostile name is told in few words', () => {
  const check = () => assertRepository({ installationId: 1, owner: 'acme', name: 'x'.repeat(1_000_000) });

  expect(check).toThrow(/^.{1,400}$/);
});
