import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name));

/** Every way by which a module of ours could start a program, or hide that it does. */
const mayStart =
  /['"](?:node:)?(?:child_process|cluster)['"]|['"](?:simple-git|execa|zx|cross-spawn)['"]|process\.(?:binding|dlopen)|createRequire|\beval\s*\(|new Function\s*\(|import\s*\((?!\s*['"])/;

test.each([
  "import { spawn } from 'node:child_process';",
  'const { exec } = await import("child_process");',
  "import { simpleGit } from 'simple-git';",
  'await import(name);',
  "createRequire(import.meta.url)('child_process');",
])('the search below finds %s', (line) => {
  expect(line).toMatch(mayStart);
});

/** What runs checks on this machine: bubblewrap, and cp, chown and chmod on the folders that it sees. */
const sandbox = ['local/bubblewrap.ts', 'local/cell.ts'];
/** `ai-fix eval` starts this program again for each fix. */
const fixes = ['cli/eval/try-process.ts'];

/** These only read such words in texts of others, or ask where a package lies. */
const harmless = ['domain/leftovers.ts', 'steps/context/importers.ts', 'syntax/syntax-thread.ts'];

test('git is the only program that the App ever starts, and only by these two modules', () => {
  const starting = files
    .filter((file) => mayStart.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file));

  expect(files.length).toBeGreaterThan(100);
  expect(starting.sort()).toEqual(
    [...fixes, 'git/git-command.ts', 'git/git-stream.ts', ...sandbox, ...harmless].sort(),
  );
});

test('what only reads such words imports nothing that could start a program', () => {
  const texts = harmless.map((name) => readFileSync(join(root, name), 'utf8'));
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/^import [^;]*? from '([^']+)'/gm)].map(([, from = '']) => from),
  );

  expect(imported.filter((from) => !from.startsWith('.')).sort()).toEqual([
    '@vscode/tree-sitter-wasm',
    'node:module',
    'node:path',
    'node:worker_threads',
  ]);
});

test('the sandbox of this machine is reached by `ai-fix try` and `eval` alone, never by the App', () => {
  const importing = files
    .filter((file) => /from '[^']*\/local\/[\w-]+\.ts'/.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file));

  expect(importing.length).toBeGreaterThan(0);
  expect(importing.filter((file) => !/^cli\/(?:try|eval)\//.test(file))).toEqual([]);
});

test('the process of a fix is this program and no other', () => {
  const text = fixes.map((name) => readFileSync(join(root, name), 'utf8')).join('\n');

  expect([...text.matchAll(/\b(?:spawn|exec\w*|fork)\(([^;]*?),/g)].map(([, name]) => name)).toEqual([
    "fileURLToPath(new URL('try-child.ts'",
  ]);
});

test("neither module lets a caller choose the program, nor gives it this process's environment", () => {
  const texts = ['git/git-command.ts', 'git/git-stream.ts'].map((name) => readFileSync(join(root, name), 'utf8'));
  const started = texts.flatMap((text) =>
    [...text.matchAll(/\b(?:spawn|exec\w*|fork)\(([^,)]*)/g)].map(([, name]) => name),
  );

  expect(started).toEqual(["'git'"]);
  expect(texts.join('\n')).not.toMatch(/\.\.\.process\.env|env: process\.env|binary:/);
});
