import { expect, it } from 'vitest';
import { createIndexer } from '../../src/localization/index-tree.ts';
import { localizationText } from '../../src/localization/localization-text.ts';
import { createLocalizer } from '../../src/localization/localize.ts';
import type { LoggedCommit } from '../../src/ports/commit-log.ts';
import { fakeRecordCache } from '../support/fake-record-cache.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';
import { type FakeFiles, fakeTree, slowTree } from '../support/fake-tree.ts';

const repository = { installationId: 1, owner: 'acme', name: 'shop' };
const limits = { signal: new AbortController().signal, limitMs: 60_000, maxCandidates: 10 };
const shop: FakeFiles = {
  'src/cart/price.ts': ['class Price', '  function parsePrice', '    Number of text', '}'].join('\n'),
  'src/cart/total.ts': ["import './price.ts'", 'function total', '  sums what parsePrice gave', '}'].join('\n'),
  'test/cart/price.test.ts': 'parsePrice takes a comma\n',
};
const past: readonly LoggedCommit[] = [{ message: 'Take a comma in prices', timeMs: 0, paths: ['src/cart/price.ts'] }];

function localizerOf(commits: readonly LoggedCommit[] = past) {
  const indexer = createIndexer({ cache: fakeRecordCache(), maxBytes: 1_000_000 });
  return createLocalizer({ indexer, commitLog: { before: async () => commits }, syntax: fakeSyntax() });
}

it('a ticket is led to files and lines, with evidence and the tests beside', async () => {
  const { candidates, isComplete } = await localizerOf().localize(
    repository,
    fakeTree(shop),
    'parsePrice refuses a comma',
    limits,
  );

  expect(isComplete).toBe(true);
  expect(candidates[0]).toMatchObject({
    path: 'src/cart/price.ts',
    share: 1,
    ranges: [{ startLine: 2, endLine: 4, signature: 'function parsePrice' }],
    tests: ['test/cart/price.test.ts'],
  });
  expect(candidates[0]?.evidence).toEqual([
    'defines `parsePrice`',
    'its path fits `parsePrice`',
    'changed by an earlier commit “Take a comma in prices”',
    'imported by `src/cart/total.ts`',
  ]);
});

it('the same ticket has the same answer, whatever the caches held', async () => {
  const once = await localizerOf().localize(repository, fakeTree(shop), 'parsePrice refuses a comma', limits);
  const again = await localizerOf().localize(repository, fakeTree(shop), 'parsePrice refuses a comma', limits);

  expect(again).toEqual(once);
});

it('a stack trace leads to the lines it names', async () => {
  const text = 'It breaks\n\n    at total (/srv/app/src/cart/total.ts:3:5)\n';

  const { candidates } = await localizerOf([]).localize(repository, fakeTree(shop), text, limits);

  expect(candidates[0]).toMatchObject({ path: 'src/cart/total.ts', ranges: [{ startLine: 2, because: 'line' }] });
  expect(candidates[0]?.evidence[0]).toBe('named in a stack trace at line 3');
});

it('a megabyte of a ticket is localized like any other', async () => {
  const text = `parsePrice refuses a comma\n\n${'    at x (../../../../etc/passwd.ts:999999999:1)\n'.repeat(20_000)}`;

  const { candidates } = await localizerOf().localize(repository, fakeTree(shop), text, limits);

  expect(candidates[0]?.path).toBe('src/cart/price.ts');
});

it('an aborted search says that it is not complete', async () => {
  const aborted = { ...limits, signal: AbortSignal.abort() };

  const { isComplete } = await localizerOf().localize(repository, fakeTree(shop), 'cart price', aborted);

  expect(isComplete).toBe(false);
});

it('a search whose time is up goes on with the paths, and says so', async () => {
  const cut = await localizerOf().localize(repository, slowTree(shop), 'cart price', { ...limits, limitMs: 5 });

  expect(cut.isComplete).toBe(false);
  expect(cut.candidates.map(({ path }) => path)).toContain('src/cart/price.ts');
  expect(localizationText(cut, 1_000)).toContain('Not every file was read in time.');
});

it('the text says plainly when nothing is certain', async () => {
  const nothing = await localizerOf([]).localize(repository, fakeTree(shop), 'It does not work', limits);

  expect(localizationText(nothing, 1_000)).toMatch(/^Nothing certain/);
});

it('the text keeps to its tokens, and shows whole candidates', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [`src/price${at}.ts`, 'function parsePrice\n  text\n}']),
  );
  const found = await localizerOf([]).localize(repository, fakeTree(many), 'parsePrice', {
    ...limits,
    maxCandidates: 40,
  });

  const text = localizationText(found, 300);

  expect(text.length).toBeLessThanOrEqual(1_200);
  expect(text.split('\n- ').length).toBeGreaterThan(3);
  expect(text).toMatch(/lines \d+-\d+: function parsePrice$/);
});
