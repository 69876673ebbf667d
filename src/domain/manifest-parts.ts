import { type TomlSection, tomlSections } from './toml-sections.ts';

/**
 * Gives a manifest of the patch the parts of the base's that steer how it is judged: scripts, and the configuration of
 * test runners and linters. Everything else (dependencies, version, exports) stays the patch's.
 *
 * The text itself when nothing differs; null when it cannot be told for certain what a reader of the file would see.
 * No manifest at all is the same as an empty one. Idempotent.
 */
export type Merge = (patch: string, base: string | null) => string | null;

/** How a manifest is merged, or null when it has no such parts. */
export function mergeOf(path: string): Merge | null {
  const name = path.toLowerCase().slice(path.lastIndexOf('/') + 1);
  const keys = jsonKeys.get(name);
  if (keys !== undefined) return bounded((patch, base) => mergeJson(patch, base ?? '{}', keys));
  const tables = tomlTables.get(name);
  return tables === undefined ? null : bounded((patch, base) => mergeToml(patch, base ?? '', tables));
}

/** The largest package.json in the wild have some 50 kB. */
const maxCharacters = 500_000;

const bounded =
  (merge: Merge): Merge =>
  (patch, base) =>
    Math.max(patch.length, base?.length ?? 0) > maxCharacters ? null : merge(patch, base);

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const jsonKeys: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'package.json',
    new Set(
      words(`scripts config packageManager devEngines volta wireit nx
        jest jest-junit mocha ava tap vitest nyc c8 jasmine karma qunit uvu testling cypress-cucumber-preprocessor
        eslintConfig eslintIgnore prettier stylelint xo standard semistandard ts-standard babel commitlint knip
        lint-staged husky simple-git-hooks pre-commit gitHooks size-limit bundlesize typeCoverage remarkConfig`),
    ),
  ],
  ['composer.json', new Set(words('scripts scripts-aliases scripts-descriptions'))],
  ['deno.json', new Set(words('tasks test lint fmt bench'))],
  ['deno.jsonc', new Set(words('tasks test lint fmt bench'))],
]);

/** Dotted paths of tables; `*` ends a key that may go on. */
type TablePath = readonly string[];
const tablePaths = (text: string): readonly TablePath[] => words(text).map((path) => path.split('.'));

const tomlTables: ReadonlyMap<string, readonly TablePath[]> = new Map([
  [
    'pyproject.toml',
    tablePaths(`tool.pytest* tool.coverage tool.tox tool.nox tool.hatch.envs tool.poe tool.pdm.scripts tool.rye.scripts
      tool.taskipy tool.invoke tool.doit tool.ruff tool.mypy tool.mypy-* tool.pylint tool.flake8 tool.black tool.isort
      tool.pyright tool.basedpyright tool.ty tool.pyre tool.bandit tool.yapf tool.autopep8 tool.pydocstyle
      tool.interrogate tool.vulture tool.codespell tool.typos tool.importlinter tool.deptry tool.diff_cover
      project.entry-points.pytest11 tool.poetry.plugins.pytest11`),
  ],
  // Tests are built with `profile.dev`: without its debug assertions an overflow passes.
  [
    'cargo.toml',
    tablePaths(`test bench profile lints workspace.lints package.autotests package.autobenches
      lib.test lib.doctest lib.bench lib.harness bin.test bin.harness example.test example.harness`),
  ],
]);

function mergeJson(patch: string, base: string, steering: ReadonlySet<string>): string | null {
  const ours = parseObject(patch);
  const theirs = parseObject(base);
  if (ours === null || theirs === null) return null;
  const isSteering = ([key]: [string, unknown]): boolean => steering.has(key);
  const wanted = Object.entries(theirs).filter(isSteering);
  const found = Object.entries(ours).filter(isSteering);
  if (JSON.stringify(sorted(wanted)) === JSON.stringify(sorted(found))) return patch;

  const fromBase = new Map(wanted);
  const kept = Object.entries(ours).flatMap((entry): [string, unknown][] => {
    if (!isSteering(entry)) return [entry];
    return fromBase.has(entry[0]) ? [[entry[0], fromBase.get(entry[0])]] : [];
  });
  const added = wanted.filter(([key]) => !Object.hasOwn(ours, key));
  const indent = /\n([ \t]+)"/.exec(patch)?.[1] ?? '  ';
  return `${JSON.stringify(Object.fromEntries([...kept, ...added]), null, indent)}\n`;
}

const sorted = (entries: readonly [string, unknown][]): [string, unknown][] =>
  entries.toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Null for what is no object, and where a key stands twice: readers differ in which of the two counts. */
function parseObject(text: string): Record<string, unknown> | null {
  const json = text.replace(/^\uFEFF/, '');
  const value = parsed(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const keys = countKeys(value);
  if (keys === null) return null;
  let written = 0;
  for (const [, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon !== undefined) written += 1;
  return written === keys ? (value as Record<string, unknown>) : null;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** The keys of all objects in a value, or null when it is nested too deep to be written again. */
function countKeys(value: object): number | null {
  let keys = 0;
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > 200) return null;
    keys += level.reduce((sum, item) => sum + (Array.isArray(item) ? 0 : Object.keys(item).length), 0);
    level = level.flatMap((item) =>
      Object.values(item).filter((child): child is object => typeof child === 'object' && child !== null),
    );
  }
  return keys;
}

function mergeToml(patch: string, base: string, steering: readonly TablePath[]): string | null {
  const ours = tomlSections(patch);
  const theirs = tomlSections(base);
  if (ours === null || theirs === null || scattered(ours, steering) !== scattered(theirs, steering)) return null;
  const isSteering = (section: TomlSection): boolean => isWithin(section.path, steering);
  const wanted = theirs.filter(isSteering);
  if (meaning(wanted) === meaning(ours.filter(isSteering))) return patch;
  const texts = [...ours.filter((section) => !isSteering(section)), ...wanted].map((section) => section.text);
  return texts.map((text) => (text === '' || text.endsWith('\n') ? text : `${text}\n`)).join('');
}

const meaning = (sections: readonly TomlSection[]): string =>
  JSON.stringify(sections.map(({ path, isArrayItem, statements }) => [path, isArrayItem, statements]));

/**
 * What steers from outside a section of its own: dotted keys, inline tables, keys among others. Of an item in an array
 * of tables that is all of it, so that `test = false` cannot move from one program to another.
 */
const scattered = (sections: readonly TomlSection[], steering: readonly TablePath[]): string =>
  JSON.stringify(
    sections.flatMap((section) => {
      if (isWithin(section.path, steering)) return [];
      const found = section.statements.filter(({ path }) => isWithin(path, steering) || isAbove(path, steering));
      return section.isArrayItem && found.length > 0 ? section.statements : found;
    }),
  );

const isWithin = (path: TablePath, tables: readonly TablePath[]): boolean =>
  tables.some((table) => path.length >= table.length && table.every((key, index) => isKey(path[index]!, key)));

const isAbove = (path: TablePath, tables: readonly TablePath[]): boolean =>
  tables.some((table) => path.length < table.length && path.every((key, index) => isKey(key, table[index]!)));

const isKey = (key: string, pattern: string): boolean =>
  pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;
