import { describe, expect, it } from 'vitest';
import { mergeOf } from '../../src/domain/manifest-parts.ts';

/** The manifest of the judge's tree, or null for the base's as a whole. */
function merged(path: string, base: string | null, patch: string): string | null {
  const merge = mergeOf(path);
  if (merge === null) throw new Error(`${path} has no parts`);
  return merge(patch, base);
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

describe('of a package.json', () => {
  const base = { name: 'a', scripts: { test: 'vitest' }, dependencies: { x: '1' }, jest: { bail: true } };

  it('a new dependency stays and the scripts are those of the base', () => {
    const patch = { ...base, scripts: { test: 'true' }, dependencies: { x: '1', y: '2' } };

    const text = merged('package.json', json(base), json(patch));

    expect(text).toBe(json({ ...base, dependencies: { x: '1', y: '2' } }));
  });

  it.each([
    ['removed', { name: 'a', dependencies: { x: '1' } }],
    ['added to', { ...base, mocha: { spec: [] }, eslintConfig: { rules: {} }, babel: {} }],
    ['replaced', { ...base, jest: { testMatch: ['nothing'] } }],
    ['emptied', { ...base, scripts: {}, jest: null }],
  ])('what steers tests and linters is the base’s when the patch %s it', (_, patch) => {
    const text = merged('package.json', json(base), json(patch));

    expect(JSON.parse(text ?? '')).toEqual(base);
  });

  it('a new one loses what would steer', () => {
    const text = merged('packages/b/package.json', null, json({ name: 'b', scripts: { test: 'true' } }));

    expect(text).toBe(json({ name: 'b' }));
  });

  it('indentation and order of the patch are kept', () => {
    const patch = '{\n\t"version": "2",\n\t"scripts": {"test": "true"},\n\t"name": "a"\n}\n';

    const text = merged('package.json', '{"name":"a","scripts":{"test":"jest"}}', patch);

    expect(text).toBe('{\n\t"version": "2",\n\t"scripts": {\n\t\t"test": "jest"\n\t},\n\t"name": "a"\n}\n');
  });

  it.each([
    ['no JSON', '{"scripts": {"test": "true"}'],
    ['no object', '["scripts"]'],
    ['a key twice, of which readers take either', '{"scripts":{"test":"true"},"scripts":{"test":"vitest"}}'],
    ['a key twice within', '{"scripts":{"test":"true","test":"vitest"},"name":"b"}'],
    ['more nesting than anybody writes', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a text beyond all measure', `{"a":"${'x'.repeat(600_000)}"}`],
  ])('all is the base’s when the patch writes %s', (_, patch) => {
    const text = merged('package.json', '{"scripts":{"test":"vitest"}}', patch);

    expect(text).toBeNull();
  });

  it('a key named __proto__ is a key like any other', () => {
    const patch = '{"__proto__":{"scripts":{"test":"true"}},"scripts":{"test":"true"}}';

    const text = merged('package.json', '{"scripts":{"test":"jest"}}', patch);

    expect(text).toContain('"scripts": {\n    "test": "jest"');
    expect(text).toContain('"__proto__"');
  });
});

describe('of a pyproject.toml', () => {
  const base = '[project]\nname = "a"\n\n[tool.pytest.ini_options]\naddopts = "-q"\n\n[tool.ruff]\nselect = ["ALL"]\n';
  const path = 'pyproject.toml';

  it('a new dependency stays and the test options are those of the base', () => {
    const patch =
      '[tool.pytest.ini_options]\naddopts = "--ignore tests"\n[project]\nname = "a"\ndependencies = ["x"]\n';

    const text = merged(path, base, patch);

    expect(text).toBe(
      '[project]\nname = "a"\ndependencies = ["x"]\n[tool.pytest.ini_options]\naddopts = "-q"\n\n[tool.ruff]\nselect = ["ALL"]\n',
    );
  });

  it('sections stay apart where a text has no line break at its end', () => {
    const text = merged(path, base, '[project]\nname = "b"');

    expect(text).toBe(base.replace('"a"\n', '"b"'));
  });

  it('nothing is undone where only comments and the rest differ', () => {
    const patch = `${base.replace('name = "a"', 'name = "b"').replace('[tool.ruff]', '# ours\n[ tool . "ruff" ] # all')}\n[tool.uv]\n`;

    const text = merged(path, base, patch);

    expect(text).toBe(patch);
  });

  it.each([
    ['a plain header', '[tool.pytest.ini_options]\naddopts = "--ignore tests"\n'],
    ['a quoted header', "['tool'.\"pytest\".ini_options]\naddopts = '--ignore tests'\n"],
    ['the section of pytest 9', '[tool.pytest]\naddopts = ["--ignore=tests"]\n'],
    ['a plugin for the runner', '[project.entry-points.pytest11]\ncheat = "cheat"\n'],
    ['coverage', '[tool.coverage.report]\nfail_under = 0\n'],
    ['a section after a header in a string', 'a = """\n[project]\n"""\n[tool.ruff]\nignore = ["ALL"]\n'],
    ['a section after an array over lines', 'a = [ # ]\n  "]",\n]\n[tool.ruff]\nignore = ["ALL"]\n'],
  ])('a new file loses %s', (_, patch) => {
    const text = merged(path, null, patch);

    expect(text).not.toMatch(/ini_options|tool\.pytest|pytest11|coverage|ruff/);
  });

  it.each([
    ['a text over lines', 'readme = """\n[tool.ruff]\nselect = []\n"""\n'],
    ['a literal text over lines', "readme = '''\n[tool.ruff]\\'''\n"],
    ['a text that ends in a quote', 'readme = """a\n[tool.ruff]\n""""\n'],
    ['a text that ends in quotes', 'readme = """a\n[tool.ruff]\n"""""\n'],
    ['an array over lines', 'lines = [\n  "a",\n  # ]\n  [\n"b"],\n  ["tool.ruff"],\n]\n'],
    ['a comment', 'a = 1 # """\n# [tool.ruff]\nb = "#"\n'],
  ])('what only looks like a header in %s stays', (_, patch) => {
    const text = merged(path, '', patch);

    expect(text).toBe(patch);
  });

  it.each([
    ['dotted keys', '[tool]\npytest.ini_options.addopts = "--ignore tests"\n'],
    ['dotted keys at the top', 'tool.pytest.ini_options.addopts = "--ignore tests"\n'],
    ['an inline table', '[tool]\nruff = { select = [] }\n'],
    ['an inline table of all tools', 'tool = { ruff = { select = [] } }\n'],
    ['an escaped key', '["t\\u006fol".ruff]\nselect = []\n'],
    ['a text without an end', 'a = """\n[tool.ruff]\nselect = []\n'],
    ['a text that ends with its line', 'a = "\n[tool.ruff]\n"\n'],
    ['an array without an end', 'a = [\n[tool.ruff]\n'],
    ['brackets crossed', 'a = [{]}\n[tool.ruff]\n'],
    ['an inline table over lines', 'a = {\n[tool.ruff]\n}\n'],
    ['no value', 'a =\n[tool.ruff]\n'],
    ['a lone carriage return', 'a = 1 #\r[tool.ruff]\r'],
    ['a line that is nothing', 'tool.ruff\n'],
    ['a header with more behind it', '[project] [tool.ruff]\n'],
    ['brackets without measure', `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`],
  ])('all is the base’s when the patch has %s', (_, patch) => {
    const text = merged(path, base, patch);

    expect(text).toBeNull();
  });
});

describe('of a Cargo.toml', () => {
  const path = 'Cargo.toml';
  const base = '[package]\nname = "a"\n\n[[test]]\nname = "all"\n\n[profile.dev]\noverflow-checks = true\n';

  it('a dependency stays and the tests are those of the base', () => {
    const patch = '[package]\nname = "a"\n[dependencies]\nserde = "1"\n[[test]]\nname = "all"\nharness = false\n';

    const text = merged(path, base, patch);

    expect(text).toBe(
      '[package]\nname = "a"\n[dependencies]\nserde = "1"\n[[test]]\nname = "all"\n\n[profile.dev]\noverflow-checks = true\n',
    );
  });

  it('a new program stays', () => {
    const patch = `${base}\n[[bin]]\nname = "tool"\n`;

    const text = merged(path, base, patch);

    expect(text).toBe(patch);
  });

  it('tests turned off for one program cannot be turned off for another', () => {
    const before = '[[bin]]\nname = "a"\ntest = false\n[[bin]]\nname = "b"\n';
    const patch = '[[bin]]\nname = "a"\n[[bin]]\nname = "b"\ntest = false\n';

    const text = merged(path, before, patch);

    expect(text).toBeNull();
  });

  it.each([
    ['of the library', `${base}[lib]\ntest = false\n`],
    ['of a program', `${base}[[bin]]\nname = "tool"\ntest = false\n`],
    ['that are found by themselves', base.replace('"a"', '"a"\nautotests = false')],
  ])('all is the base’s when the patch turns off the tests %s', (_, patch) => {
    const text = merged(path, base, patch);

    expect(text).toBeNull();
  });
});

it.each([
  ['composer.json', '{"scripts":{"test":"phpunit"}}', '{"require":{"a":"1"},"scripts":{"test":"true"}}'],
  ['deno.json', '{"tasks":{"test":"deno test"}}', '{"imports":{"a":"1"},"tasks":{"test":"true"}}'],
  ['Package.JSON', '{"scripts":{"test":"jest"}}', '{"imports":{"a":"1"},"scripts":{"test":"true"}}'],
])('%s has parts too', (path, base, patch) => {
  const text = merged(path, base, patch);

  const { scripts, tasks, require, imports } = JSON.parse(text ?? '');
  expect([scripts ?? tasks, require ?? imports]).toEqual([Object.values(JSON.parse(base))[0], { a: '1' }]);
});

it('hostile manifests of half a megabyte are judged in no time', () => {
  const texts = ['[', '[a]\n', '"', '"""', 'a=[\n', '\\"', 'a.', '#', "'", '{"a":', '[[\n', '\n', ' '];
  const start = performance.now();

  for (const part of texts) {
    const text = part.repeat(499_000 / part.length);
    for (const path of ['package.json', 'pyproject.toml']) merged(path, 'a = 1\n', text);
    merged('pyproject.toml', 'a = 1\n', `a = ${text}`);
    merged('package.json', '{}', `{"a":"${text}"}`);
  }

  expect(performance.now() - start).toBeLessThan(5_000);
});
