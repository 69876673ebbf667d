import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { policyJsonSchema, readPolicy } from '../../src/config/repository.ts';
import { defaultPolicy, schemaAddress } from '../../src/domain/policy.ts';
import { starterPolicy } from '../../src/steps/starter-files.ts';

const docs = readFileSync('docs/configuration.md', 'utf8');
const examples = [...docs.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly anyOf?: readonly Node[];
}
const schema = policyJsonSchema() as Node;
const isValid = new Ajv({ strict: true, allowUnionTypes: true }).compile(policyJsonSchema());

interface Key {
  readonly path: string;
  readonly node: Node;
}

/** Every key at every depth, those of long forms too. */
function keysOf(node: Node, above = ''): Key[] {
  const groups = [node, ...(node.anyOf ?? [])];
  return groups.flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([name, below]) => {
      const path = above === '' ? name : `${above}.${name}`;
      return [{ path, node: below }, ...keysOf(below, path)];
    }),
  );
}
const keys = keysOf(schema);
const isGroup = ({ properties }: Node): boolean => properties !== undefined;

/** The parts of a rule are the same wherever it stands, and so are those of a gate. */
const commonName = (path: string): string =>
  path
    .replace(/^(?:who|gates)\..*\.(level|users|teams)$/, '$1')
    .replace(/^gates\.\w+\.(mode|approvers)$/, 'gates.plan.$1');

describe('the JSON Schema', () => {
  it('in the docs is that of the code', () => {
    const written = readFileSync('docs/ai-fix.schema.json', 'utf8');

    expect(written, 'npm run docs writes it').toBe(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
  });

  it('describes every key', () => {
    expect(keys.length).toBeGreaterThan(60);
    expect(keys.filter(({ node }) => (node.description ?? '').length < 10).map(({ path }) => path)).toEqual([]);
  });

  it('has a default for every value, but where the host or another key gives it', () => {
    const without = keys
      .filter(({ node }) => !isGroup(node) && !Object.hasOwn(node, 'default'))
      .map(({ path }) => path);

    const elsewhere = /^_extends$|^models\.|^gates\.\w+\.approvers$|^budget\.(?:repo|org)_/;
    expect(without.filter((path) => !elsewhere.test(path))).toEqual([]);
  });

  it('has the defaults that hold', () => {
    const said = (node: Node): unknown =>
      isGroup(node)
        ? Object.fromEntries(
            Object.entries(node.properties ?? {})
              .map(([name, below]) => [name, said(below)] as const)
              .filter(([, value]) => value !== undefined),
          )
        : node.default;

    expect(readPolicy(JSON.stringify(said(schema)))).toEqual({ kind: 'valid', policy: defaultPolicy });
  });

  it.each(examples.map((text, index) => [index + 1, text] as const))(
    'takes example %i of the docs',
    (_number, text) => {
      expect(isValid(parse(text)), JSON.stringify(isValid.errors)).toBe(true);
    },
  );

  it('takes what a repository starts with', () => {
    expect(isValid(parse(starterPolicy()))).toBe(true);
    expect(starterPolicy()).toContain(`# yaml-language-server: $schema=${schemaAddress}\n`);
    expect(docs).toContain(`# yaml-language-server: $schema=${schemaAddress}\n`);
  });

  it('refuses a misspelt key wherever it stands', () => {
    const groups = [{ path: '', node: schema }, ...keys].filter(({ node }) =>
      [node, ...(node.anyOf ?? [])].some(isGroup),
    );
    const taken = groups.filter(({ path }) => {
      const wrong = path
        .split('.')
        .reduceRight<object>((inner, name) => (name === '' ? inner : { [name]: inner }), { misspelt: 1 });
      return isValid(wrong);
    });

    expect(groups.length).toBeGreaterThan(15);
    expect(taken).toEqual([]);
  });

  it.each([
    'budget: { usd: 0 }',
    'gates: { plan: riski }',
    'who: { may_trigger: read }',
    'label: "a:b"',
    'models: { coder: [gpt] }',
  ])('refuses %s', (text) => {
    expect(isValid(parse(text))).toBe(false);
  });
});

describe('every key of the schema', () => {
  it('is explained in the docs by its name', () => {
    const explained = new Set([...docs.matchAll(/`([a-z_.]+)`/g)].map(([, name]) => name));
    const wanted = keys.filter(({ node }) => !isGroup(node)).map(({ path }) => commonName(path));

    expect(wanted.filter((name) => !explained.has(name))).toEqual([]);
  });

  it('stands in an example besides the one of the defaults', () => {
    const shown = new Set(examples.slice(1).flatMap((text) => pathsIn(parse(text)).map(commonName)));
    const wanted = keys.filter(({ node }) => !isGroup(node)).map(({ path }) => commonName(path));

    expect(wanted.filter((name) => !shown.has(name))).toEqual([]);
  });
});

test('no example of the docs goes beyond what the reader takes', () => {
  expect(examples.length).toBeGreaterThan(10);
  for (const text of examples) expect(readPolicy(text), text).toMatchObject({ kind: 'valid' });
});

function pathsIn(value: unknown, above = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, below]) => {
    const path = above === '' ? name : `${above}.${name}`;
    return [path, ...pathsIn(below, path)];
  });
}
