import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readSettings } from '../../src/config/environment.ts';
import { readPolicy } from '../../src/config/repository.ts';
import { ConfigError } from '../../src/domain/faults.ts';
import { fixStates } from '../../src/domain/fix-facts.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { commandTable } from '../../src/thread/command-text.ts';
import { parseModelScript } from '../stand-in/model-script.ts';
import { renderGallery } from './gallery.ts';
import { renderHostileSuite } from './hostile-table.ts';
import { renderPrompts } from './prompt-table.ts';
import { renderStory } from './story-table.ts';
import { renderMetrics, renderTraceLines } from './telemetry-tables.ts';
import { renderTools } from './tool-table.ts';

const read = (path: string): string => readFileSync(path, 'utf8');
const blocks = (path: string, language: string): string[] =>
  [...read(path).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    (match) => match[1] ?? '',
  );

test('the story in the docs is the story of the code', () => {
  expect(read('docs/architecture.md'), 'npm run docs writes it').toContain(renderStory());
});

test('the tools in the docs are those of the code', () => {
  expect(read('docs/agent.md'), 'npm run docs writes it').toContain(renderTools());
});

test('the prompts in the docs are those of the code', () => {
  expect(read('docs/prompts.md'), 'npm run docs writes it').toContain(renderPrompts());
});

test('the commands in the docs are those of the code, and every state is explained', () => {
  const page = read('docs/conversation.md');

  expect(page, 'npm run docs writes it').toContain(commandTable());
  expect(fixStates.filter((state) => !page.includes(`| \`${state}\` |`))).toEqual([]);
});

test('the metrics and the lines of a trace in the docs are those of the code', () => {
  const page = read('docs/telemetry.md');

  expect(page, 'npm run docs writes it').toContain(renderMetrics());
  expect(page, 'npm run docs writes it').toContain(renderTraceLines());
});

test('the page about the hostile suite names its attacks', () => {
  expect(read('docs/hostile-suite.md'), 'npm run docs writes it').toBe(`${renderHostileSuite()}\n`);
});

test('the gallery shows what the code writes', () => {
  expect(read('docs/gallery.md'), 'npm run docs writes it').toBe(renderGallery());
});

test('the gallery leaves out no kind of comment', () => {
  const gallery = read('test/docs/gallery.ts');
  const kinds = readdirSync('src/thread').flatMap((file) =>
    [
      ...read(join('src/thread', file)).matchAll(
        /^export (?:const|function) (\w+(?:Text|Comment|Body|Advice|Status))\b/gm,
      ),
    ].map(([, name]) => name ?? ''),
  );

  expect(kinds.length).toBeGreaterThan(20);
  expect(kinds.filter((name) => !gallery.includes(name) && !partsOfOthers.includes(name))).toEqual([]);
});

/** Words within comments that the gallery shows. */
const partsOfOthers = ['costText', 'inputGateText', 'visibleText', 'neutralText'];

test('the first example of a repository configuration is what holds without a file', () => {
  const [example = ''] = blocks('docs/configuration.md', 'yaml');

  expect(readPolicy(example)).toEqual({ kind: 'valid', policy: defaultPolicy });
});

test('every example of a repository configuration is valid', () => {
  const examples = blocks('docs/configuration.md', 'yaml');

  expect(examples.length).toBeGreaterThan(1);
  for (const example of examples) expect(readPolicy(example)).toMatchObject({ kind: 'valid' });
});

test('every setting that can be missing or wrong stands in the docs', () => {
  const documented = read('docs/configuration.md');
  const wrong = {
    PORT: 'x',
    GHE_HOST: 'https://x',
    DATABASE_URL: 'x',
    WEBHOOK_PROXY_URL: 'x',
    LOG_LEVEL: 'x',
    AI_FIX_BURSTS: 'x',
  };

  const problems = problemsOf(wrong);

  expect(problems.length).toBeGreaterThanOrEqual(9);
  for (const problem of problems) {
    for (const name of problem.split(':')[0]?.match(/[A-Z][A-Z_]{3,}/g) ?? [])
      expect(documented).toContain(`\`${name}\``);
  }
});

test('the example of a model script can be played', () => {
  const [example = '{}'] = blocks('docs/demo.md', 'json');

  expect(() => parseModelScript(JSON.parse(example), 'docs/demo.md')).not.toThrow();
});

test('each npm script that the docs name exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/demo.md', 'docs/benchmarks.md']
    .flatMap((path) => [
      ...read(path).matchAll(/npm (?:run )?(start|test|demo|bench|check(?::full)?|docs|test:[a-z]+)\b/g),
    ])
    .map((match) => match[1] ?? '');

  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test('each file that the threat model names exists', () => {
  const named = ['docs/threat-model.md', 'SECURITY.md'].flatMap((path) =>
    [...read(path).matchAll(/`((?:src|test|docs)\/[^`*]+?)`|\]\(((?!https?:)[^)#]+)\)/g)].map((match) => ({
      path,
      name: match[1] ?? join(dirname(path), match[2] ?? ''),
    })),
  );

  expect(named.length).toBeGreaterThan(60);
  expect(named.filter(({ name }) => !existsSync(name))).toEqual([]);
});

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
