import { type Role, roles } from '../../src/domain/conversation.ts';
import type { Price } from '../../src/domain/cost.ts';
import { priceOf } from '../../src/models/prices.ts';
import { createRoster } from '../../src/models/roster.ts';
import { type ModelScript, readModelScript } from '../stand-in/model-script.ts';
import { labelIssue, openHouse, untilShown } from '../support/house.ts';
import { calls, finished, rightFirstTime } from '../support/scripts.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';
import { printTable, ratio, say } from './table.ts';
import { countTokens, type RoleTokens } from './token-count.ts';

/**
 * What whole fixes read and write, by role, and what that costs at the prices of the default models; beside it the same
 * turns without caches and without dropping old results. Models are scripted and every text counts four bytes a token, so
 * the numbers are the same in every run.
 */
export async function tokens(): Promise<void> {
  const shop = await readModelScript('fixtures/model-scripts/shop-cart.json');
  const shopOrder = { folder: 'fixtures/repositories/shop-cart' };
  await measure('shop-cart, two attempts', shop, shopOrder, {
    title: 'Discounts are wrong by cents',
    body: '100 stickers at 0.05 cost 5.00.',
  });
  await measure('a fix that reads 36 files of 12 KB', readingMuch, { files: manyFiles }, sumIssue);
  say('\nrepeated: of the input, what stood at the beginning of an earlier request to the same model');
  say('plain: the same turns, nothing cached and no old result dropped');
}

async function measure(
  title: string,
  script: ModelScript,
  order: { readonly folder: string } | { readonly files: Readonly<Record<string, string>> },
  issue: { readonly title: string; readonly body: string },
): Promise<void> {
  const house = await openHouse({ script });
  try {
    const fullName = 'acme/shop';
    await house.github.createRepository({ fullName, ...order, roles: { alice: 'admin' } });
    const number = await labelIssue(house.github, fullName, issue);
    await untilShown(house.github, fullName, number, ['complete'], 240_000);
    print(title, countTokens(house.model.requests, script, defaultPriceOf));
  } finally {
    await house.close();
  }
}

/** With both vendors' keys, as most hosts have them. */
const roster = createRoster({ host: { providers: { openai: { apiKey: '' }, anthropic: { apiKey: '' } } } }).describe();

function defaultPriceOf(name: string): Price {
  const role = roles.find((one) => one === name) ?? ('coder' satisfies Role);
  const price = priceOf(roster[role][0] ?? '');
  if (price === null) throw new Error(`the default model of ${role} has no price`);
  return price;
}

function print(title: string, counts: readonly RoleTokens[]): void {
  const row = (role: string, some: readonly RoleTokens[]): string[] => {
    const sum = (of: (count: RoleTokens) => number): number => some.reduce((total, count) => total + of(count), 0);
    const input = sum(({ inputTokens }) => inputTokens);
    const usd = sum((count) => count.usd);
    const plainUsd = sum(({ plain }) => plain.usd);
    return [
      role,
      String(sum(({ turns }) => turns)),
      input.toLocaleString('en-US'),
      `${Math.round((100 * sum(({ repeatedTokens }) => repeatedTokens)) / input)}%`,
      sum(({ outputTokens }) => outputTokens).toLocaleString('en-US'),
      `$${usd.toFixed(3)}`,
      sum(({ plain }) => plain.inputTokens).toLocaleString('en-US'),
      `$${plainUsd.toFixed(3)}`,
      ratio(usd / plainUsd),
    ];
  };
  printTable(
    title,
    ['role', 'turns', 'input', 'repeated', 'output', 'cost', 'plain input', 'plain cost', 'of plain'],
    [...counts.map((count) => row(count.role, [count])), row('the whole fix', counts)],
  );
}

const moduleNames = Array.from({ length: 36 }, (_, index) => `lib/part-${index}.js`);
const manyFiles = {
  ...sumFiles,
  ...Object.fromEntries(
    moduleNames.map((path, index) => [
      path,
      Array.from(
        { length: 240 },
        (_, line) => `export const value${line} = sum(${index}, ${line}); // of part ${index}`,
      ).join('\n'),
    ]),
  ),
};

/** Reads two files a turn, one of them twice, then makes the change. */
const readingMuch: ModelScript = {
  ...rightFirstTime,
  coder: [
    [
      ...moduleNames.flatMap((path, index) => {
        const next = moduleNames[index + 1];
        return index % 2 === 1 || next === undefined
          ? []
          : [calls(['read_file', { path }], ['read_file', { path: next }])];
      }),
      calls(['read_file', { path: moduleNames.at(-1) ?? '' }]),
      calls(['edit_file', { path: 'sum.js', old_text: 'a - b', new_text: 'a + b' }], finished('`sum` adds now.')),
    ],
  ],
};
