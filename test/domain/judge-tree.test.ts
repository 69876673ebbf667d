import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BaseFile, judgesOverlay } from '../../src/domain/judge-tree.ts';
import type { Overlay, OverlayEntry } from '../../src/domain/overlay.ts';

const write = (text: string): OverlayEntry => ({ kind: 'write', text, mode: '100644' });
const stands = (text: string): BaseFile => ({ text, mode: '100644' });
const gone: OverlayEntry = { kind: 'delete' };

/** Judges a patch of one file; null stands for no file. */
function judged(path: string, base: string | null, patch: string | null) {
  const overlay: Overlay = { [path]: patch === null ? gone : write(patch) };
  return judgesOverlay(overlay, new Map([[path, base === null ? null : stands(base)]]));
}

/** The text a path has in the judge's tree. */
function textIn(overlay: Overlay, path: string, base: string | null): string | null {
  const entry = Object.hasOwn(overlay, path) ? overlay[path] : undefined;
  if (entry === undefined) return base;
  return entry.kind === 'delete' ? null : entry.text;
}

describe('what a patch does to its own judgement is undone', () => {
  it.each([
    ['a weakened assertion', 'test/sum.test.js', 'expect(sum(1, 2)).toBe(3)', 'expect(sum(1, 2)).toBeTruthy()', 'test'],
    ['a test that runs alone', 'src/a.spec.ts', "it('adds')", "it.only('adds')", 'test'],
    ['a deleted test', 'pkg/a_test.go', 'func TestA(t *testing.T) {}', null, 'test'],
    ['a rewritten snapshot', 'src/__snapshots__/a.js.snap', 'exports[`a`] = `1`', 'exports[`a`] = `2`', 'test'],
    ['a new conftest.py', 'conftest.py', null, 'collect_ignore = ["tests"]', 'test-config'],
    ['a conftest.py between the tests', 'tests/unit/conftest.py', null, 'import os; os._exit(0)', 'test-config'],
    ['a new jest.config.js', 'jest.config.js', null, 'export default { testPathIgnorePatterns: ["."] }', 'test-config'],
    ['a Jest mock of a package', '__mocks__/fs.js', null, 'module.exports = {}', 'test-config'],
    ['a module that Python loads at its start', 'src/sitecustomize.py', null, 'import sys; sys.exit(0)', 'test-config'],
    ['a module in the place of pytest', 'pytest.py', null, 'print("1 passed")', 'test-config'],
    ['a program in the place of tests', '.cargo/config.toml', null, '[build]\nrunner = "true"', 'test-config'],
    ['an emptied target', 'Makefile', 'test:\n\tgo test ./...', 'test:\n\ttrue', 'script'],
    ['a makefile that make prefers', 'GNUmakefile', null, 'test:\n\ttrue', 'script'],
    ['another shell for all scripts', '.npmrc', null, 'script-shell=/bin/true', 'script'],
    ['a program before all others', 'node_modules/.bin/node', null, '#!/bin/sh\nexit 0', 'script'],
    ['a check that always ends well', 'scripts/check.sh', 'npm test', 'exit 0', 'script'],
    ['a service that is not started', '.gitlab-ci.yml', 'test: {}', '{}', 'ci-script'],
    ['a linter without rules', '.eslintrc.json', '{"rules":{"eqeqeq":2}}', '{}', 'lint-config'],
    ['a new linter configuration', 'src/ruff.toml', null, 'ignore = ["ALL"]', 'lint-config'],
    ['a deleted package', 'packages/a/package.json', '{"scripts":{"test":"x"}}', null, 'part of a manifest'],
  ])('%s', (_, path, base, patch, what) => {
    const { overlay, restored } = judged(path, base, patch);

    expect(textIn(overlay, path, base)).toBe(base);
    expect(restored).toEqual([{ path, what }]);
  });
});

describe('work of a fix stays', () => {
  it.each([
    ['a change of the product', 'src/sum.js', 'a - b', 'a + b'],
    ['a deleted product file', 'src/old.js', 'x', null],
    ['a new test', 'test/new.test.js', null, "it('adds')"],
    ['a new Go test', 'sum_test.go', null, 'package sum'],
    ['a new snapshot', 'src/__snapshots__/new.js.snap', null, 'exports'],
    ['a new script', 'scripts/release.js', null, 'publish()'],
    ['a configuration that is input of a new test', 'test/fixtures/app/tsconfig.json', null, '{}'],
    ['a manifest that is input of a new test', 'test/fixtures/app/package.json', null, '{"scripts":{"test":"true"}}'],
    ['a lockfile', 'package-lock.json', '{"a":1}', '{"a":2}'],
    ['a version', 'package.json', '{"scripts":{"test":"vitest"},"version":"1.0.0"}', '{"scripts":{"test":"vitest"}}'],
    ['a dependency', 'go.mod', 'module a', 'module a\nrequire b v1.0.0'],
  ])('%s', (_, path, base, patch) => {
    const { overlay, restored } = judged(path, base, patch);

    expect(textIn(overlay, path, base)).toBe(patch);
    expect(restored).toEqual([]);
  });

  it('the very same overlay comes back when nothing was undone', () => {
    const patch: Overlay = { 'src/a.ts': write('a'), 'test/a.test.ts': write('same') };

    const { overlay } = judgesOverlay(
      patch,
      new Map<string, BaseFile>([
        ['src/a.ts', null],
        ['test/a.test.ts', stands('same')],
      ]),
    );

    expect(overlay).toBe(patch);
  });
});

it('a new dependency stays and the scripts are those of the base', () => {
  const patch = '{"scripts":{"test":"true"},"dependencies":{"a":"1"}}';

  const { overlay, restored } = judged('package.json', '{"scripts":{"test":"vitest"}}', patch);

  expect(JSON.parse(textIn(overlay, 'package.json', '') ?? '')).toEqual({
    scripts: { test: 'vitest' },
    dependencies: { a: '1' },
  });
  expect(restored).toEqual([{ path: 'package.json', what: 'part of a manifest' }]);
});

it('a manifest that cannot be understood is the base’s as a whole', () => {
  const { overlay, restored } = judged('pyproject.toml', '[project]\n', '[tool]\nruff = { select = [] }\n');

  expect(overlay).toEqual({});
  expect(restored).toEqual([{ path: 'pyproject.toml', what: 'part of a manifest' }]);
});

it.each(['not-text', undefined] as const)('a test over a base file that is %s goes', (file) => {
  const base = new Map<string, BaseFile>(file === undefined ? [] : [['test/a.png', file]]);

  const { overlay } = judgesOverlay({ 'test/a.png': write('a') }, base);

  expect(overlay).toEqual({});
});

it('a test whose executable bit alone was taken comes back', () => {
  const base = new Map<string, BaseFile>([['test/run.sh', { text: 'a', mode: '100755' }]]);

  const { overlay } = judgesOverlay({ 'test/run.sh': write('a') }, base);

  expect(overlay).toEqual({});
});

it.each([
  ['a file in the place of a folder of tests', 'test/a.js', 'test'],
  ['a folder in the place of a test', 'src/a.test.js', 'src/a.test.js/index.js'],
])('%s gives way to what comes back', (_, test, intruder) => {
  const patch: Overlay = { [test]: gone, [intruder]: write('x'), 'src/b.ts': write('b') };
  const base = new Map<string, BaseFile>([
    [test, stands('a')],
    [intruder, null],
    ['src/b.ts', null],
  ]);

  const { overlay, restored } = judgesOverlay(patch, base);

  expect(Object.keys(overlay)).toEqual(['src/b.ts']);
  expect(restored.map(({ path }) => path)).toEqual([test, intruder].sort());
});

describe('for every patch', () => {
  const tomlLine = fc.constantFrom(
    ...[
      '[tool.ruff]',
      '[tool.pytest.ini_options]',
      '[project]',
      '[[test]]',
      '[lib]',
      '[tool]',
      'a = 1',
      'test = false',
    ],
    ...[
      'select = [',
      ']',
      '"x",',
      'b = """',
      '"""',
      "c = '''",
      "'''",
      '# """',
      'ruff = { a = 1 }',
      'ruff.x = "[["',
      '',
    ],
  );
  const toml = fc.array(tomlLine, { maxLength: 12 }).map((lines) => lines.join('\n'));
  const manifest = fc
    .dictionary(fc.constantFrom('scripts', 'jest', 'name', 'dependencies', '__proto__'), fc.json({ maxDepth: 1 }))
    .map((value) => JSON.stringify(value));
  const text = fc.oneof(toml, manifest, fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('same'));
  const path = fc.constantFrom(
    ...[
      'package.json',
      'a/package.json',
      'pyproject.toml',
      'Cargo.toml',
      'test',
      'test/a.js',
      'test/a.js/b.js',
      'src/a.ts',
    ],
    ...['conftest.py', 'Makefile', 'fixtures/package.json', 'setup.cfg', '__proto__', 'constructor', 'jest.config.js'],
  );
  const mode = fc.constantFrom('100644' as const, '100755' as const);
  const entry = fc.oneof(
    fc.constant(gone),
    fc.record({ kind: fc.constant('write' as const), text, mode }),
  ) satisfies fc.Arbitrary<OverlayEntry>;
  const file = fc.oneof(
    fc.constant(null),
    fc.constant('not-text' as const),
    fc.record({ text, mode }),
  ) satisfies fc.Arbitrary<BaseFile>;
  const patch = fc.array(fc.tuple(path, entry)).map((entries): Overlay => Object.fromEntries(entries));
  const base = fc.array(fc.tuple(path, file)).map((files) => new Map<string, BaseFile>(files));

  it('judging what was judged restores nothing more', () => {
    fc.assert(
      fc.property(patch, base, (overlay, files) => {
        const once = judgesOverlay(overlay, files);
        const twice = judgesOverlay(once.overlay, files);

        expect(twice).toEqual({ overlay: once.overlay, restored: [] });
      }),
      { numRuns: 2_000 },
    );
  });

  it('no path is added, every path that was changed is named, and no other', () => {
    fc.assert(
      fc.property(patch, base, (overlay, files) => {
        const judgement = judgesOverlay(overlay, files);

        const changed = Object.keys(overlay).filter(
          (name) => !Object.hasOwn(judgement.overlay, name) || judgement.overlay[name] !== overlay[name],
        );
        expect(Object.keys(overlay)).toEqual(expect.arrayContaining(Object.keys(judgement.overlay)));
        expect(judgement.restored.map((restored) => restored.path)).toEqual(changed.sort());
      }),
      { numRuns: 1_000 },
    );
  });

  it('a file of tests, of their configuration or of scripts that stood on the base is the base’s', () => {
    const owned = fc.constantFrom('test/a.js', 'conftest.py', 'Makefile', 'setup.cfg', '.eslintrc', 'scripts/a.js');
    fc.assert(
      fc.property(owned, entry, text, (name, change, before) => {
        const { overlay } = judgesOverlay({ [name]: change }, new Map([[name, stands(before)]]));

        expect(textIn(overlay, name, before)).toBe(before);
      }),
    );
  });
});
