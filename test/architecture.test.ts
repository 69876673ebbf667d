import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterEach, describe, expect, it } from 'vitest';
import configuration from '../.dependency-cruiser.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratches: string[] = [];

afterEach(async () => {
  for (const scratch of scratches.splice(0)) await rm(scratch, { recursive: true });
});

async function cruiseIn(baseDir: string): Promise<ICruiseResult> {
  const { forbidden = [], options = {} } = configuration;
  const { output } = await cruise(['src'], { ...options, baseDir, validate: true, ruleSet: { forbidden } });
  if (typeof output === 'string') throw new TypeError('a result was expected, not a report');
  return output;
}

/** Names of the rules that a house of these files breaks; the installed packages are the project's own. */
async function brokenBy(files: Readonly<Record<string, string>>): Promise<string[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'ai-fix-architecture-'));
  scratches.push(scratch);
  await symlink(join(root, 'node_modules'), join(scratch, 'node_modules'));
  const packages = { dependencies: { zod: '*', yaml: '*', probot: '*', pg: '*' }, devDependencies: { vitest: '*' } };
  const house = { 'package.json': JSON.stringify(packages), ...files };
  for (const [path, text] of Object.entries(house)) {
    await mkdir(dirname(join(scratch, path)), { recursive: true });
    await writeFile(join(scratch, path), text);
  }
  const { summary } = await cruiseIn(scratch);
  return [...new Set(summary.violations.map((violation) => violation.rule.name))].sort();
}

const nothing = 'export const nothing = 1;\n';
const importing = (path: string) => `import { nothing } from '${path}';\nexport const something = nothing;\n`;
const importingType = (path: string) => `import type { Nothing } from '${path}';\nexport type Something = Nothing;\n`;

describe('the import directions of the house', () => {
  it('hold in every module of src', async () => {
    const { summary } = await cruiseIn(root);

    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
    expect(summary.totalCruised).toBeGreaterThan(100);
    expect(summary.totalDependenciesCruised).toBeGreaterThan(300);
  });

  it.each([
    ['domain', 'ports'],
    ['ports', 'models'],
    ['prompts', 'steps'],
    ['thread', 'ports'],
    ['agent', 'steps'],
    ['steps', 'workflows'],
    ['workflows', 'app'],
    ['workflows', 'store'],
    ['app', 'github'],
    ['web', 'config'],
    ['config', 'workflows'],
    ['github', 'git'],
    ['git', 'github'],
    ['models', 'config'],
    ['store', 'durable'],
    ['durable', 'store'],
    ['web', 'cli'],
  ])('a module of %s that imports %s is found', async (from, to) => {
    const files = { [`src/${from}/one.ts`]: importing(`../${to}/other.ts`), [`src/${to}/other.ts`]: nothing };

    const broken = await brokenBy(files);

    expect(broken).toEqual([`${from}-imports`]);
  });

  it('an import of a type alone is found too', async () => {
    const files = {
      'src/domain/one.ts': importingType('../models/other.ts'),
      'src/models/other.ts': 'export type Nothing = 1;\n',
    };

    const broken = await brokenBy(files);

    expect(broken).toEqual(['domain-imports']);
  });

  it.each([
    ['domain', 'node:fs'],
    ['domain', 'yaml'],
    ['thread', 'node:crypto'],
    ['ports', 'zod'],
    ['agent', 'node:fs'],
    ['steps', 'probot'],
    ['workflows', 'pg'],
  ])('a module of %s that uses %s is found', async (folder, name) => {
    const broken = await brokenBy({ [`src/${folder}/one.ts`]: `export * from '${name}';\n` });

    expect(broken).toEqual([`${folder}-uses`]);
  });

  it('the domain may use zod and hashes', async () => {
    const text = `import { createHash } from 'node:crypto';\nimport { z } from 'zod';\nexport const both = [createHash, z];\n`;

    const broken = await brokenBy({ 'src/domain/one.ts': text });

    expect(broken).toEqual([]);
  });

  it('a cycle is found, even one that only types close', async () => {
    const files = {
      'src/domain/one.ts': `${importing('./two.ts')}export type Nothing = 1;\n`,
      'src/domain/two.ts': `${importingType('./one.ts')}${nothing}`,
    };

    const broken = await brokenBy(files);

    expect(broken).toEqual(['no-cycles']);
  });

  it('a folder that has no place in the order is found', async () => {
    const files = { 'src/index.ts': importing('./helpers/other.ts'), 'src/helpers/other.ts': nothing };

    const broken = await brokenBy(files);

    expect(broken).toEqual(['known-folders']);
  });

  it('an import of a test, of a development package and of nothing are found', async () => {
    const files = {
      'src/index.ts': `${importing('../test/other.ts')}import 'vitest';\nimport './gone.ts';\n`,
      'test/other.ts': nothing,
    };

    const broken = await brokenBy(files);

    expect(broken).toEqual(['no-development-packages', 'no-test-in-src', 'only-what-is-there']);
  });
});
