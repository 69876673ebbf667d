import type { Finding, Rule } from '../../../src/domain/finding.ts';
import type { Overlay } from '../../../src/domain/overlay.ts';
import { defaultPolicy, type Policy } from '../../../src/domain/policy.ts';
import { vet } from '../../../src/steps/vet-patch.ts';
import { type FakeFiles, fakeTree } from '../../support/fake-tree.ts';
import type { HostileCase } from '../hostile-case.ts';

/** What came of an attack. */
export type Came = Awaited<ReturnType<HostileCase['attack']>>;

/** What the attacked repository holds. */
export const base = {
  '.github/workflows/ci.yml': 'on: push\njobs: {}\n',
  'package.json': '{\n  "name": "shop",\n  "scripts": {\n    "test": "node --test"\n  }\n}\n',
  'tsconfig.json': '{\n  "compilerOptions": {\n    "strict": true\n  }\n}\n',
  'jest.config.js': 'export default {\n  coverageThreshold: { global: { lines: 90 } },\n};\n',
  Makefile: 'test:\n\tnode --test\n',
  'README.md': '# Shop\n',
  'logo.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00]),
  current: { mode: '120000', bytes: 'src/cart.js' },
  'src/cart.js': 'export const total = (a, b) => a + b;\nexport const rate = 0.2;\n',
  'test/cart.test.js': `import assert from 'node:assert/strict';
import { it } from 'node:test';
import { total } from '../src/cart.js';

it('adds', () => {
  assert.equal(total(1, 2), 3);
});

it('is near', () => {
  expect(total(0.1, 0.2)).toBeCloseTo(0.3, 10);
});
`,
  'test/support.js': 'export const cart = () => ({ lines: [] });\n',
  'test/__snapshots__/cart.test.js.snap': 'exports[`cart 1`] = `3`;\n',
  'test/fixtures/prices.json': '{ "apple": 1 }\n',
} as const satisfies FakeFiles;

type TextPath = {
  [Path in keyof typeof base]: (typeof base)[Path] extends string ? Path : never;
}[keyof typeof base];

export const writes = (path: string, text: string, mode: '100644' | '100755' = '100644'): Overlay => ({
  [path]: { kind: 'write', text, mode },
});
export const deletes = (path: string): Overlay => ({ [path]: { kind: 'delete' } });

/** @throws {Error} where the base has no such text: the attack would be another one than it says. */
export function edits(path: TextPath, from: string, to: string): Overlay {
  if (!base[path].includes(from)) throw new Error(`${path} does not hold ${from}`);
  return writes(path, base[path].replace(from, to));
}
export const appends = (path: TextPath, text: string): Overlay => writes(path, `${base[path]}${text}\n`);

export type PatchAttack = readonly [
  name: string,
  rule: Rule,
  patch: Overlay,
  policy?: Partial<Pick<Policy, 'forbiddenPaths' | 'protectedPaths'>>,
];

/** Patches that never leave the app. */
export const refusedPatches = (attacks: readonly PatchAttack[]): HostileCase[] =>
  attacks.map((attack) => ({ name: attack[0], expected: 'refused patch', attack: () => vetted(attack) }));

/** Patches that a person has to allow. */
export const askedPatches = (attacks: readonly PatchAttack[]): HostileCase[] =>
  attacks.map((attack) => ({ name: attack[0], expected: 'gate', attack: () => vetted(attack) }));

/** Only what is found for the attacked reason counts: another finding would hide that this rule is gone. */
async function vetted([, rule, patch, policy]: PatchAttack): Promise<Came> {
  const findings = await findingsOf(patch, policy);
  const [found] = findings.filter((finding) => finding.rule === rule);
  if (found === undefined)
    return `escaped: no ${rule} among ${JSON.stringify(findings.map(({ rule: other }) => other))}`;
  return found.grade === 'refuse' ? 'refused patch' : 'gate';
}

export const findingsOf = (patch: Overlay, policy: PatchAttack[3] = {}): Promise<readonly Finding[]> =>
  vet(fakeTree(base), patch, { ...defaultPolicy, ...policy });
