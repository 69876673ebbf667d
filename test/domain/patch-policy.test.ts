import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileMode } from '../../src/domain/overlay.ts';
import { type PatchGround, sayFindings, vetPatch } from '../../src/domain/patch-policy.ts';
import { maxAddedLines, maxFileBytes, maxPatchedFiles, maxWrittenBytes } from '../../src/domain/patch-size.ts';
import type { FileContent, PatchedFile } from '../../src/domain/patched-file.ts';
import type { TextEncoding } from '../../src/domain/text-encoding.ts';

const text = (content: string, mode: FileMode = '100644', encoding: TextEncoding = 'utf-8'): FileContent => ({
  kind: 'text',
  text: content,
  mode,
  encoding,
});
const made = (path: string, content = 'x\n'): PatchedFile => ({ path, before: null, after: text(content) });
const edited = (path: string, before = 'x\n', after = 'y\n'): PatchedFile => ({
  path,
  before: text(before),
  after: text(after),
});
const deleted = (path: string, before = 'x\n'): PatchedFile => ({ path, before: text(before), after: null });

const ground = (facts: Partial<PatchGround> = {}): PatchGround => ({
  isForbidden: () => false,
  isProtected: () => false,
  basePaths: [],
  ...facts,
});
const vet = (files: readonly PatchedFile[], facts: Partial<PatchGround> = {}) => vetPatch(files, ground(facts));
const rulesOf = (files: readonly PatchedFile[], facts: Partial<PatchGround> = {}) =>
  vet(files, facts).map(({ grade, rule }) => `${grade} ${rule}`);

describe('a patch may never touch', () => {
  it.each([
    ['.github/workflows/ci.yml', 'github-settings'],
    ['.github/ai-fix.yml', 'github-settings'],
    ['.github/copilot-instructions.md', 'github-settings'],
    ['.GitHub/Workflows/ci.yml', 'github-settings'],
    ['./.github/dependabot.yml', 'github-settings'],
    ['．github/workflows/ci.yml', 'github-settings'],
    ['CODEOWNERS', 'code-owners'],
    ['docs/CodeOwners', 'code-owners'],
    ['.gitattributes', 'git-settings'],
    ['deep/down/.gitmodules', 'git-settings'],
    ['.gitconfig', 'git-settings'],
    ['.husky/pre-commit', 'git-hooks'],
    ['packages/a/.githooks/pre-push', 'git-hooks'],
    ['ai-fix-junit.xml', 'sandbox-file'],
    ['packages/a/ai-fix-junit.xml', 'sandbox-file'],
    ['AGENTS.md', 'agent-instructions'],
    ['packages/a/agents.md', 'agent-instructions'],
    ['CLAUDE.md', 'agent-instructions'],
    ['CLAUDE.local.md', 'agent-instructions'],
    ['GEMINI.md', 'agent-instructions'],
    ['AGENT.md', 'agent-instructions'],
    ['.cursorrules', 'agent-instructions'],
    ['.cursor/rules/all.mdc', 'agent-instructions'],
    ['.claude/settings.json', 'agent-instructions'],
    ['.aider.conf.yml', 'agent-instructions'],
    ['.windsurfrules', 'agent-instructions'],
    ['.clinerules', 'agent-instructions'],
    ['.mcp.json', 'agent-instructions'],
    ['.continue/config.yaml', 'agent-instructions'],
    ['.roo/rules/a.md', 'agent-instructions'],
    ['.ai/templates/plan.md', 'agent-instructions'],
    ['.ai/workflow/7/plan.md', 'workflow-documents'],
    ['.AI/Workflow/index.md', 'workflow-documents'],
    ['.ai', 'workflow-documents'],
    ['.vscode/tasks.json', 'editor-settings'],
    ['packages/a/.vscode/settings.json', 'editor-settings'],
    ['.devcontainer/devcontainer.json', 'editor-settings'],
    ['.idea/workspace.xml', 'editor-settings'],
    ['app.code-workspace', 'editor-settings'],
    ['.envrc', 'editor-settings'],
    ['.gitpod.yml', 'editor-settings'],
    ['.npmrc', 'package-source'],
    ['.yarnrc.yml', 'package-source'],
    ['pip.conf', 'package-source'],
    ['.pypirc', 'package-source'],
    ['.netrc', 'package-source'],
  ])('%s', (path, rule) => {
    const findings = vet([made('src/a.ts'), { ...made(path), before: text('old\n') }]);

    expect(findings.filter(({ grade }) => grade === 'refuse')).toEqual([
      { grade: 'refuse', rule, path: path.replace(/^\.\//, ''), why: expect.stringMatching(/^[\x20-\x7e]{10,}$/) },
    ]);
  });

  it('a file of these, not even to delete it', () => {
    const rules = rulesOf([deleted('.github/workflows/ci.yml')]);

    expect(rules).toEqual(['refuse github-settings']);
  });
});

describe('a patch may touch once a person allows it', () => {
  it.each([
    ['.gitignore', 'ignore-file'],
    ['.env', 'environment-file'],
    ['packages/a/.env.production', 'environment-file'],
    ['package.json', 'manifest'],
    ['go.mod', 'manifest'],
    ['package-lock.json', 'lockfile'],
    ['Cargo.lock', 'lockfile'],
    ['Makefile', 'script'],
    ['scripts/ci.sh', 'script'],
    ['Dockerfile', 'ci-script'],
    ['action.yml', 'ci-script'],
    ['.gitlab-ci.yml', 'ci-script'],
    ['azure-pipelines.yml', 'ci-script'],
    ['.circleci/config.yml', 'ci-script'],
    ['Jenkinsfile', 'ci-script'],
    ['templates/new/.github/release.yml', 'ci-script'],
    ['.gitea/workflows/ci.yml', 'ci-script'],
    ['.gitleaks.toml', 'lint-config'],
    ['jest.config.js', 'test-config'],
    ['conftest.py', 'test-config'],
    ['tox.ini', 'test-config'],
    ['.eslintrc.json', 'lint-config'],
    ['.pre-commit-config.yaml', 'lint-config'],
    ['skills/a/SKILL.md', 'agent-instructions'],
  ])('%s', (path, rule) => {
    const findings = vet([made('src/a.ts'), made(path)]);

    expect(findings).toEqual([{ grade: 'ask', rule, path, why: expect.stringMatching(/^[\x20-\x7e]{10,}$/) }]);
  });
});

describe('a patch may touch', () => {
  it.each([
    'src/index.ts',
    'README.md',
    'docs/github/setup.md',
    'docs/agent.md',
    'src/github/client.ts',
    'src/agents.ts',
    'src/claude/model.ts',
    'src/codeowners.ts',
    'my.github/a.txt',
    'src/husky/a.ts',
    'src/cursor.ts',
    'src/.gitkeep',
    '.env.example',
    'src/rooms.ts',
    'app/[id]/page.tsx',
    'ü/日本語.md',
    'src/👩‍💻.md',
    'src/console.ts',
    'src/auxiliary.ts',
    'src/nul-byte.ts',
  ])('%s', (path) => {
    expect(vet([made(path)])).toEqual([]);
  });
});

describe('benign patches have no findings', () => {
  const source = 'export function add(a: number, b: number) {\n  return a + b;\n}\n';
  const test = "import { add } from '../src/add.ts';\n\nit('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n";

  it.each<[string, PatchedFile[]]>([
    ['a new source file and its test', [made('src/add.ts', source), made('test/add.test.ts', test)]],
    ['another name for a variable', [edited('src/add.ts', source, source.replaceAll('a', 'first'))]],
    ['a new test in a file of tests', [edited('test/add.test.ts', test, `${test}${test.replace('adds', 'sums')}`)]],
    ['prose about checks and exits', [edited('README.md', '', 'Never `# noqa`; `process.exit(0)` in $GITHUB_ENV.\n')]],
    ['a deleted source file', [deleted('src/add.ts', source)]],
    ['an import in a file of tests', [edited('test/add.test.ts', test, `import fs from 'node:fs';\n${test}`)]],
    ['a test that another folder has now', [deleted('test/add.test.ts', test), made('test/math/add.test.ts', test)]],
    ['other line endings', [edited('test/add.test.ts', test, test.replaceAll('\n', '\r\n'))]],
    ['a command that exits', [made('src/cli.ts', "if (done) process.exit(0);\nelse fail('no');\n")]],
    [
      'a script in the base that becomes executable',
      [{ path: 'src/run', before: text('#!/bin/sh\n'), after: text('#!/bin/sh\n', '100755') }],
    ],
    ['a deleted picture', [{ path: 'docs/a.png', before: { kind: 'binary', mode: '100644' }, after: null }]],
    ['a letter of another case in the same folder as before', [deleted('src/Add.ts'), made('src/add.ts')]],
  ])('%s', (_name, files) => {
    expect(vet(files)).toEqual([]);
  });
});

describe('what is no text that people can review is refused', () => {
  it.each<[string, PatchedFile, string]>([
    ['a new symlink', { path: 'a', before: null, after: { kind: 'symlink' } }, 'symlink'],
    ['a symlink replaced by a file', { path: 'a', before: { kind: 'symlink' }, after: text('a') }, 'symlink'],
    ['a new submodule', { path: 'a', before: null, after: { kind: 'submodule' } }, 'submodule'],
    ['a deleted submodule', { path: 'a', before: { kind: 'submodule' }, after: null }, 'submodule'],
    ['new bytes', { path: 'a', before: null, after: { kind: 'binary', mode: '100644' } }, 'binary'],
    [
      'text in the place of bytes',
      { path: 'a', before: { kind: 'binary', mode: '100644' }, after: text('a') },
      'binary',
    ],
    ['a NUL', made('src/a.ts', 'a\0b\n'), 'control-characters'],
    ['a lone carriage return', made('src/a.ts', '// safe\rdanger()\n'), 'control-characters'],
    ['an escape', made('docs/a.md', '\u001b[2K\n'), 'control-characters'],
    [
      'a right-to-left override',
      made('src/a.ts', "if (role !== 'user\u202e \u2066// admin\u2069') {\n"),
      'hidden-characters',
    ],
    ['a zero width space in a name', edited('src/a.ts', '', 'const a\u200bb = 1;\n'), 'hidden-characters'],
    ['a joiner in a Latin name', made('src/a.ts', 'const a\u200db = 1;\n'), 'hidden-characters'],
    ['a name that is a filler', made('src/a.js', 'const { x, \u3164 } = body;\n'), 'hidden-characters'],
    ['text in variation selectors', made('src/a.js', "run('😀\u{e0148}\u{e0155}');\n"), 'hidden-characters'],
    [
      'text in variation selectors of the old kind',
      made('src/a.js', "run('😀\ufe0f\ufe0e\ufe0f');\n"),
      'hidden-characters',
    ],
    ['a line separator behind a comment', made('src/a.js', '// safe\u2028danger()\n'), 'hidden-characters'],
    ['tag characters', made('src/a.py', 'a = "\u{e0041}"\n'), 'hidden-characters'],
  ])('%s', (_name, file, rule) => {
    expect(rulesOf([file])).toEqual([`refuse ${rule}`]);
  });

  it('tag characters in prose ask a person, who may see what they are', () => {
    expect(rulesOf([made('docs/a.md', 'a\u{e0041}\n')])).toEqual(['ask hidden-characters']);
  });

  it.each([
    ['docs/he.md', 'שלום\u200f (RTL)\n'],
    ['src/locales/fa.json', '{ "a": "می\u200cخواهم" }\n'],
    ['src/a.ts', "const family = '👩‍👩‍👧 ❤️‍🔥 1️⃣';\n"],
    ['src/a.ts', '\ufeffexport {};\n'],
    ['src/a.ts', "const name = 'می\u200cخواهم';\n"],
  ])('characters that belong to a script or an emoji may stand in %s: %j', (path, content) => {
    expect(vet([made(path, content)])).toEqual([]);
  });

  it('lines that were there may keep such characters', () => {
    const old = 'const a = "\u202e";\nconst b = "\u001b";\n';

    expect(vet([edited('src/a.ts', old, `\n${old}const c = 1;\n`)])).toEqual([]);
  });

  it('a file that turns executable without being a script asks a person', () => {
    const file: PatchedFile = { path: 'src/a.bin', before: text('a'), after: text('a', '100755') };

    expect(rulesOf([file])).toEqual(['ask executable']);
  });
});

describe('a patch that is too large to review is refused', () => {
  const many = (count: number, content: string) =>
    Array.from({ length: count }, (_, index) => made(`src/${index}.ts`, content));

  it.each<[string, PatchedFile[]]>([
    ['too many files', many(maxPatchedFiles + 1, 'x\n')],
    ['a file too large', [made('src/a.ts', 'ü'.repeat(maxFileBytes / 2 + 1))]],
    ['too much text', many(5, 'x'.repeat(maxWrittenBytes / 5 + 1))],
    ['too many lines', many(1, 'a = 1\n'.repeat(maxAddedLines + 1))],
    ['all of it, in one finding', many(maxPatchedFiles + 1, 'x\n'.repeat(9_000))],
  ])('%s', (_name, files) => {
    expect(rulesOf(files)).toEqual(['refuse patch-size']);
  });

  it('at the limits it goes on', () => {
    const files = Array.from({ length: maxPatchedFiles }, (_, index) => made(`src/${index}.ts`, 'a\n'.repeat(100)));

    expect(vet([...files.slice(1), made('src/big.ts', 'x'.repeat(maxFileBytes))])).toEqual([]);
  });
});

describe("the repository's own lists", () => {
  it('forbid and protect, beside what the policy itself finds', () => {
    const facts = {
      isForbidden: (path: string) => path.startsWith('secret/'),
      isProtected: (path: string) => path.endsWith('.json'),
    };

    const rules = rulesOf([made('secret/a.ts'), made('src/a.json'), made('secret/package.json')], facts);

    expect(rules).toEqual(['refuse forbidden', 'refuse forbidden', 'ask manifest', 'ask protected', 'ask protected']);
  });

  it('are asked about the path without a leading ./', () => {
    const asked: string[] = [];

    vet([made('./src/a.ts')], { isForbidden: (path) => asked.push(path) === 0 });

    expect(asked).toEqual(['src/a.ts']);
  });
});

/** Bits of paths, of code and of trouble, so that random input comes near the rules. */
const bit = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom(
    '.github',
    '/',
    './',
    '..',
    'test',
    '.test.ts',
    '.py',
    '.rs',
    "it('a', ",
    'expect(',
    '#[test]',
    '"""',
  ),
  fc.constantFrom('\n', '\u202e', '\ud800', 'def test_a', 'assert ', ' # noqa', '/*', 'return', 'if (', '{', "'", '\\'),
);
const anyText = fc.array(bit, { maxLength: 12 }).map((bits) => bits.join(''));
const anyContent: fc.Arbitrary<FileContent | null> = fc.oneof(
  { weight: 6, arbitrary: anyText.map((content) => text(content)) },
  fc.constantFrom<FileContent | null>(
    null,
    { kind: 'symlink' },
    { kind: 'submodule' },
    { kind: 'binary', mode: '100755' },
  ),
);
const anyFile: fc.Arbitrary<PatchedFile> = fc.record({ path: anyText, before: anyContent, after: anyContent });

describe('whatever the files are', () => {
  it('a patch is vetted, and no reason holds text of the patch', () => {
    fc.assert(
      fc.property(fc.array(anyFile, { maxLength: 5 }), fc.array(anyText), (files, basePaths) => {
        const findings = vet(files, { basePaths });

        for (const { why } of findings) expect(why).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });

  it('the order of the files makes no difference', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyFile, { maxLength: 5, selector: ({ path }) => path }), (files) => {
        expect(vet(files.toReversed())).toEqual(vet(files));
      }),
    );
  });

  it('a benign file takes no finding away', () => {
    fc.assert(
      fc.property(fc.array(anyFile, { maxLength: 5 }), fc.nat(5), (files, at) => {
        const benign = made('docs/benign.md', 'Nothing to see.\n');

        expect(vet(files.toSpliced(at, 0, benign))).toEqual(expect.arrayContaining([...vet(files)]));
      }),
    );
  });

  it('a path below .github is refused, however it is spelled', () => {
    const spelled = fc
      .tuple(
        fc.mixedCase(fc.constant('.github')),
        fc.constantFrom('', './'),
        fc.stringMatching(/^[a-z]{1,9}(?:\/[a-z]{1,9}){0,3}$/),
      )
      .map(([folder, start, rest]) => `${start}${folder}/${rest}`);
    fc.assert(
      fc.property(spelled, anyContent, anyContent, (path, before, after) => {
        expect(vet([{ path, before, after }]).map(({ rule }) => rule)).toContain('github-settings');
      }),
    );
  });
});

it('two hundred files of five thousand lines, each edited in one, cost little', () => {
  const lines = (seed: number) => Array.from({ length: 5_000 }, (_, at) => `  expect(f(${at})).toBe(${at + seed});`);
  const files = Array.from({ length: 200 }, (_, at) =>
    edited(`test/${at}.test.ts`, lines(at).join('\n'), lines(at).with(2_500, '  f();').join('\n')),
  );
  const startedMs = performance.now();

  const findings = vet(files);

  expect(findings.filter(({ rule }) => rule === 'changed-assertion')).toHaveLength(200);
  expect(performance.now() - startedMs).toBeLessThan(3_000);
});

describe('findings as text', () => {
  const findings = vet([made('.github/a.yml'), made('package.json'), made('b/AGENTS.md')]);

  it('name the gravest first, a line each', () => {
    const lines = sayFindings(findings.toReversed(), 10).split('\n');

    expect(lines.map((line) => line.split(':')[0])).toEqual(['.github/a.yml', 'b/AGENTS.md', 'package.json']);
  });

  it('end with how many were left out', () => {
    expect(sayFindings(findings, 1).split('\n')).toEqual([expect.stringMatching(/^\.github/), 'and 2 more']);
    expect(sayFindings([], 5)).toBe('');
  });

  it('stay one line each and of bounded length, whatever the path is', () => {
    fc.assert(
      fc.property(anyText, (path) => {
        const said = sayFindings(vet([made(`${path}\n${'ü'.repeat(5_000)}\ud800`)]), 1);

        expect(said).not.toMatch(/\n(?!and)/);
        expect(said.length).toBeLessThan(2_000);
        expect(said.isWellFormed()).toBe(true);
      }),
    );
  });
});

it('a person must allow that a file changes its encoding', () => {
  const file: PatchedFile = { path: 'src/a.c', before: text('é\n', '100644', 'windows-1252'), after: text('é\n') };

  expect(vet([file])).toEqual([
    { grade: 'ask', rule: 'encoding', path: 'src/a.c', why: 'it is windows-1252 text and becomes utf-8' },
  ]);
});

it('what windows-1252 writes as letters and UTF-8 reads as a hidden order is refused', () => {
  const before = text('// é\nx\n', '100644', 'windows-1252');
  const after = text('// é\nx // â€®â€‹\n', '100644', 'windows-1252');

  expect(rulesOf([{ path: 'src/a.c', before, after }])).toEqual(['refuse hidden-characters']);
  expect(rulesOf([{ path: 'src/a.c', before, after: text('// é\nx // für\n', '100644', 'windows-1252') }])).toEqual([]);
});
