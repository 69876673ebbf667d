import { expect, it } from 'vitest';
import { questionOf } from '../../src/localization/localize.ts';
import { rankFiles } from '../../src/localization/rank.ts';
import type { LoggedCommit } from '../../src/ports/commit-log.ts';
import type { FakeFiles } from '../support/fake-tree.ts';
import { indexOf } from '../support/sample-index.ts';

async function rank(files: FakeFiles, text: string, past: readonly LoggedCommit[] = []) {
  const index = await indexOf(files);
  return (await rankFiles(index, { ...questionOf(text), past })).files;
}

const shop: FakeFiles = {
  'src/cart/price.ts': 'export function parsePrice(text) {\n  return Number(text);\n}\n',
  'src/cart/total.ts':
    "import { parsePrice } from './price.ts';\nexport const total = (items) => items.map(parsePrice);\n",
  'src/mail/send.ts': 'export function sendMail(to) {\n  // parsePrice is not for mails\n}\n',
  'test/cart/price.test.ts':
    "import { parsePrice } from '../../src/cart/price.ts';\ntest('parsePrice', () => parsePrice('1'));\n",
  'README.md': '# Shop\n\nparsePrice parsePrice parsePrice\n',
};
const commit = (message: string, ...paths: string[]): LoggedCommit => ({ message, timeMs: 0, paths });

it('the file that defines what the ticket names comes before those that use it', async () => {
  const [first] = await rank(shop, '`parsePrice` takes commas for dots');

  expect(first?.path).toBe('src/cart/price.ts');
});

it('words of a path find a file whose text says nothing', async () => {
  const [first] = await rank({ ...shop, 'src/wishlist/index.ts': 'export {};\n' }, 'The wish list is lost: wishlist');

  expect(first?.path).toBe('src/wishlist/index.ts');
});

it('a file that a stack trace names comes first, with that for evidence', async () => {
  const [first] = await rank(shop, 'parsePrice fails\n\n    at send (/app/src/mail/send.ts:2:3)\n');

  expect(first).toMatchObject({ path: 'src/mail/send.ts', mention: { line: 2, from: 'trace' } });
});

it('a test that is named leads to its source', async () => {
  const ranked = await rank(shop, 'Flaky on CI\n\ntest/cart/price.test.ts:2 fails at times');

  const firstTwo = ranked.slice(0, 2).map(({ path }) => path);
  expect(firstTwo.toSorted()).toEqual(['src/cart/price.ts', 'test/cart/price.test.ts']);
});

it('of files that say the same, those beside the best come first', async () => {
  const files = {
    'src/admin/list.ts': 'export const a = discount;\n',
    'src/cart/rounding.ts': 'export function discount() {}\n// discount discount\n',
    'src/cart/sum.ts': 'export const a = discount;\n',
  };

  const ranked = await rank(files, 'The discount is off');

  expect(ranked.map(({ path }) => path)).toEqual(['src/cart/rounding.ts', 'src/cart/sum.ts', 'src/admin/list.ts']);
});

it('an earlier commit about the same leads to what it touched', async () => {
  const past = [commit('Mend rounding of discounts', 'src/mail/send.ts'), commit('Add a logo', 'src/cart/total.ts')];

  const [first] = await rank(shop, 'Discounts: rounding is off', past);

  expect(first).toMatchObject({ path: 'src/mail/send.ts', similarTo: 'Mend rounding of discounts' });
});

it('what earlier commits changed together with the best file comes before what they did not', async () => {
  const files = {
    'src/cart/price.ts': 'export function parsePrice() {}\n',
    'src/api/types.ts': 'export type Money = number;\n',
    'src/mail/types.ts': 'export type Letter = string;\n',
  };
  const past = [
    commit('one', 'src/cart/price.ts', 'src/api/types.ts'),
    commit('two', 'src/mail/types.ts'),
    commit('three', 'src/mail/types.ts'),
    commit('four', 'src/cart/price.ts', 'src/api/types.ts'),
  ];

  const ranked = await rank(files, 'parsePrice is wrong', past);

  expect(ranked.map(({ path }) => path)).toEqual(['src/cart/price.ts', 'src/api/types.ts', 'src/mail/types.ts']);
  expect(ranked[1]?.changedWith).toBe('src/cart/price.ts');
  expect(ranked[0]?.changedWith).toBeNull();
});

it('a companion of the best file stays behind it', async () => {
  const past = Array.from({ length: 9 }, (_, at) => commit(`commit ${at}`, 'src/cart/price.ts', 'src/cart/total.ts'));

  const [first, second] = await rank(shop, 'parsePrice takes commas for dots: `parsePrice`', past);

  expect([first?.path, second?.path]).toEqual(['src/cart/price.ts', 'src/cart/total.ts']);
});

it('where the words say nothing, what was worked on of late comes first', async () => {
  const past = [
    commit('one', 'src/cart/total.ts'),
    commit('two', 'src/cart/total.ts'),
    commit('three', 'src/mail/send.ts'),
  ];

  const [first] = await rank(shop, 'It is broken', past);

  expect(first?.path).toBe('src/cart/total.ts');
});

it('a commit that touched everything is about nothing', async () => {
  const everything = Array.from({ length: 60 }, (_, at) => `src/file${at}.ts`);

  const [first] = await rank(shop, 'Discounts', [commit('Discounts everywhere', ...everything, 'src/mail/send.ts')]);

  expect(first).toBeUndefined();
});

it('documents and tests stay behind sources, unless the ticket is about them', async () => {
  const aboutCode = await rank(shop, 'parsePrice is wrong');
  const aboutDocuments = await rank(shop, 'docs: parsePrice is explained wrongly in the readme');

  expect(aboutCode.findIndex(({ path }) => path === 'README.md')).toBeGreaterThan(1);
  expect(aboutDocuments[0]?.path).toBe('README.md');
});

it('the same question has the same answer, in the same order', async () => {
  const past = [commit('Prices', 'src/cart/total.ts')];

  const [once, again] = await Promise.all([rank(shop, 'Prices are wrong', past), rank(shop, 'Prices are wrong', past)]);

  expect(again).toEqual(once);
});

it('a ticket without a telling word finds nothing rather than anything', async () => {
  expect(await rank(shop, 'It does not work!')).toEqual([]);
});
