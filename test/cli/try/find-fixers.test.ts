import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findFixers } from '../../../src/cli/try/find-fixers.ts';

const path = '.github/workflows/ai-fix-sandbox.yml';
const template = (stack: string) =>
  readFileSync(new URL(`../../../src/sandbox-workflows/${stack}.yml`, import.meta.url), 'utf8');

const found = (
  files: Readonly<Record<string, string>>,
  { checks = [], setUp = null }: { readonly checks?: readonly string[]; readonly setUp?: string | null } = {},
) =>
  findFixers({ checks, setUp }, path, {
    rootFiles: Object.keys(files).filter((name) => !name.includes('/')),
    read: async (name) => files[name] ?? null,
  });

test("the repository's own workflow has them run by its own steps, those with network first", async () => {
  const fixers = await found({ 'package.json': '{}', [path]: template('node') });

  expect(fixers?.names).toEqual(['lockfile', 'lint', 'format']);
  expect(fixers?.before.map(({ fixer }) => fixer)).toEqual(['lockfile', null]);
  expect(fixers?.before[0]?.script).toContain('npm install --package-lock-only');
  expect(fixers?.script.script).toContain('mend record changes');
  expect(fixers?.script.around).toMatchObject({ AI_FIX_NETWORK: 'off', CHECK: 'fixers' });
});

test.each([
  [{ checks: ['npm test'] }, []],
  [{ setUp: 'npm ci' }, ['npm ci']],
])('its steps with network do not run where somebody named others: %j', async (named, before) => {
  const fixers = await found({ 'package.json': '{}', [path]: template('node') }, named);

  expect(fixers?.names).toEqual(['lint', 'format']);
  expect(fixers?.before.map(({ script }) => script)).toEqual(before);
  expect(fixers?.script.script.includes('npm rebuild')).toBe(before.length > 0);
});

test.each([
  [{ 'package.json': '{"scripts":{"test":"x","format":"y"}}' }, ['format']],
  [{ 'pyproject.toml': '' }, ['lint', 'format']],
  [{ 'go.mod': 'module x' }, ['lint', 'format']],
  [{ 'Cargo.toml': '' }, ['compiler', 'lint', 'format']],
  [{ 'pom.xml': '<artifactId>spotless-maven-plugin</artifactId>' }, ['format']],
] as const)('without a workflow they are those of the stack, as far as they are there: %j', async (files, names) => {
  expect((await found(files))?.names).toEqual(names);
});

test.each([
  { Makefile: 'test:\n' },
  { 'package.json': '{"scripts":{"test":"x"}}' },
  { 'pom.xml': '<project/>' },
  { 'package.json': '{}', [path]: template('node').replace(`'["lockfile", "lint", "format"]'`, "'[]'") },
  { 'package.json': '{}', [path]: 'on: push\njobs: {}\n' },
])('there may be none: %j', async (files) => {
  expect(await found(files as Readonly<Record<string, string>>)).toBeNull();
});
