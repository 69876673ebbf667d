import { expect, it } from 'vitest';
import { detectStack } from '../../src/domain/stack.ts';

it.each([
  [['package.json', 'README.md'], 'node'],
  [['package.json', 'pyproject.toml'], 'python'],
  [['requirements-dev.txt'], 'python'],
  [['go.mod', 'package.json'], 'go'],
  [['build.gradle.kts'], 'java'],
  [['Cargo.toml', 'package.json'], 'rust'],
  [['Makefile', 'main.c'], null],
  [['my-package.json'], null],
] as const)('files %j make the stack %s', (files, stack) => {
  expect(detectStack(files)).toBe(stack);
});
