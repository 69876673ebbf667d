import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/domain/faults.ts';
import { assertRef, assertRemoteUrl, mirrorFolder, pathProblem } from '../../src/git/path-rules.ts';

test.each([
  '',
  '/',
  '/etc/passwd',
  'C:\\x',
  'c:/x',
  'a//b',
  'a/',
  '.',
  '..',
  'a/../b',
  './a',
  'a/.',
  '.git',
  '.git/config',
  'a/.GIT/hooks/x',
  '.git.',
  '.git ',
  '.git::$INDEX_ALLOCATION',
  'git~1',
  'GIT~1/config',
  '.g\u200cit/config',
  '\ufeff.git',
  'a\\.git\\config',
  'nul\0',
  'line\nbreak',
  'bell\u0007',
  'half\ud83d',
  'x'.repeat(4_097),
])('the path %j may not be written', (path) => {
  const problem = pathProblem(path);

  expect(problem).toMatch(/^(is|has) /);
});

test.each(['a', '-a', '...', 'a/..b', '.gitignore', '.github/x', 'git', 'a.git/x', 'back\\slash', ' ', 'c:', 'é/😀'])(
  'the path %j may be written',
  (path) => {
    const problem = pathProblem(path);

    expect(problem).toBeNull();
  },
);

test('no path that passes leaves its folder, whatever its characters', () => {
  const part = fc.oneof(fc.constantFrom('.', '..', '/', '.git', '.GiT', ' ', '\\', '\0', 'a'), fc.string());

  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const path = parts.join('');
      if (pathProblem(path) !== null) return;
      const segments = path.split('/');
      expect(segments.every((segment) => !['', '.', '..'].includes(segment) && segment.toLowerCase() !== '.git')).toBe(
        true,
      );
    }),
  );
});

test.each([
  '',
  'main',
  'refs/heads',
  'refs/heads/',
  'refs/heads/a b',
  'refs/heads/a:refs/heads/b',
  'refs/heads/*',
  'refs/heads/a..b',
  'refs/heads/.a',
  'refs/heads/a.lock',
  'refs/heads/a.lock/b',
  'refs/heads//a',
  'refs/heads/a@{1}',
  'refs/heads/a\n',
  'refs/heads/a.',
  'refs/heads/a/',
  'refs/heads/a\\b',
  'refs/heads/a\u007f',
  'refs/heads/a\ud83d',
  'refs/heads/-dash',
  'refs/heads/a/-dash',
  'refs/heads/HEAD',
  'refs/ai-fix/',
  'refs/ai-fixes/x',
  'refs/tags/v1',
  'refs/remotes/origin/main',
  'refs/pull/1/head',
  'refs/replace/x',
  'HEAD',
  '-refs/heads/a',
  ' refs/heads/a',
  `refs/heads/${'x'.repeat(240)}`,
  '--force',
  '+refs/heads/main',
])('%j is no full ref name of ours', (ref) => {
  const check = (): void => assertRef(ref);

  expect(check).toThrow(TypeError);
});

test.each([
  'refs/heads/main',
  'refs/heads/ai-fix/7-crash',
  'refs/ai-fix/f-7-k3x9q2/1',
  'refs/heads/a-dash',
  'refs/heads/é',
  'refs/heads/a.lock.b',
])('%j is a full ref name', (ref) => {
  const check = (): void => assertRef(ref);

  expect(check).not.toThrow();
});

test('whatever passes as a ref, git takes for a branch or a ref too', () => {
  const part = fc.string({
    unit: fc.constantFrom('a', '.', '-', '@', '{', '/', '~', '.lock', ' ', '\\', '\n', 'é', '*', ':'),
  });
  const isOfGit = (ref: string): boolean => spawnSync('git', ['check-ref-format', ref]).status === 0;

  fc.assert(
    fc.property(fc.constantFrom('refs/heads/', 'refs/ai-fix/'), part, (prefix, rest) => {
      try {
        assertRef(`${prefix}${rest}`);
      } catch {
        return;
      }
      expect([`${prefix}${rest}`, isOfGit(`${prefix}${rest}`)]).toEqual([`${prefix}${rest}`, true]);
    }),
    { numRuns: 300 },
  );
  expect(isOfGit('refs/heads/a..b')).toBe(false);
});

test('two installations never share a mirror, and the case of a name makes no other', () => {
  const here = mirrorFolder({ installationId: 1, owner: 'Acme', name: 'Demo.js' });
  const there = mirrorFolder({ installationId: 2, owner: 'acme', name: 'demo.js' });

  expect(here).toBe('1/acme/demo.js.git');
  expect(there).toBe('2/acme/demo.js.git');
});

test.each([
  ['..', 'demo'],
  ['acme', '..'],
  ['acme', '.'],
  ['acme', 'a/b'],
  ['-acme', 'demo'],
  ['acme', ''],
  ['acme', 'a\0b'],
  ['a@evil.example', 'x'],
  ['acme', 'x?y'],
  ['%2e%2e', 'x'],
  ['acme', 'x\r\n'],
  ['acme', 'x.git'],
])('a mirror of %j/%j is refused', (owner, name) => {
  const check = (): string => mirrorFolder({ installationId: 1, owner, name });

  expect(check).toThrow(TypeError);
});

test.each([
  'http://github.com/acme/demo.git',
  'http://localhost.evil.example/acme/demo.git',
  'https://user:secret@github.com/acme/demo.git',
  'ext::sh -c id',
  'file:///etc',
  'ssh://git@github.com/acme/demo.git',
  'git@github.com:acme/demo.git',
  '/srv/git',
  '--upload-pack=id',
])('the remote %j is refused, and its credentials are not repeated', (url) => {
  const check = (): URL => assertRemoteUrl(url);

  expect(check).toThrow(ConfigError);
  expect(check).not.toThrow(/secret/);
});

test.each(['https://github.com/acme/demo.git', 'http://127.0.0.1:8080/a', 'http://[::1]:80/a', 'http://localhost/a'])(
  'the remote %j is allowed',
  (url) => {
    const checked = assertRemoteUrl(url);

    expect(checked.host).not.toBe('');
  },
);
