import { describe, expect, it } from 'vitest';
import { refusedPaths } from '../../src/domain/patch-policy.ts';

describe('a patch may not touch', () => {
  it.each([
    '.github/workflows/ci.yml',
    '.github/ai-fix.yml',
    '.github/copilot-instructions.md',
    '.GitHub/Workflows/ci.yml',
    'CODEOWNERS',
    'docs/CODEOWNERS',
    '.gitattributes',
    'deep/down/.gitmodules',
    '.gitlab-ci.yml',
    '.husky/pre-commit',
    'packages/a/.githooks/pre-push',
    'AGENTS.md',
    'packages/a/agents.md',
    'CLAUDE.md',
    'GEMINI.md',
    '.cursorrules',
    '.cursor/rules/all.mdc',
    '.claude/settings.json',
    '.aider.conf.yml',
  ])('%s', (path) => {
    const [finding] = refusedPaths(['src/a.ts', path]);

    expect(finding).toEqual({ path, why: expect.stringMatching(/people|others/) });
  });
});

describe('a patch may touch', () => {
  it.each([
    'src/index.ts',
    'README.md',
    'docs/github/setup.md',
    'src/github/client.ts',
    'src/agents.ts',
    'src/claude/model.ts',
    'src/codeowners.ts',
    'my.github/a.txt',
    'test/husky/a.ts',
    'src/cursor.ts',
  ])('%s', (path) => {
    expect(refusedPaths([path])).toEqual([]);
  });
});

it('every refused path is named, each once', () => {
  const findings = refusedPaths(['a.ts', '.github/.gitignore', 'CLAUDE.md']);

  expect(findings.map((finding) => finding.path)).toEqual(['.github/.gitignore', 'CLAUDE.md']);
});
