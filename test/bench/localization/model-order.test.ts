import { afterEach, expect, it } from 'vitest';
import { ConfigError } from '../../../src/domain/faults.ts';
import type { Localization } from '../../../src/domain/localization.ts';
import { type ScriptedModel, startScriptedModel } from '../../stand-in/scripted-model.ts';
import { fakeTree } from '../../support/fake-tree.ts';
import { createModelOrder } from './model-order.ts';

const found: Localization = {
  candidates: Array.from({ length: 40 }, (_, at) => ({
    path: `src/file${at}.ts`,
    share: 1,
    ranges: [],
    evidence: [],
    tests: [],
  })),
  isComplete: true,
};
const { signal } = new AbortController();
let model: ScriptedModel | undefined;
afterEach(async () => {
  await model?.close();
  model = undefined;
});

async function orderBy(script: Parameters<typeof startScriptedModel>[0]) {
  model = await startScriptedModel(script);
  const order = createModelOrder({ OPENAI_BASE_URL: `${model.url}/v1`, AI_FIX_MODEL: 'small' });
  return { order, ...(await order.order(fakeTree({}), 'The discount is off', found, signal)) };
}

it('a server that speaks OpenAI is asked once a fix, and what it names comes first', async () => {
  const paths = ['src/file9.ts', 'src/file2.ts'];

  const asked = await orderBy({ fast: [[{ tools: [{ name: 'rank_files', arguments: { paths } }] }]] });

  expect(asked.order.ids).toEqual(['openai/small']);
  expect(asked).toMatchObject({ isAnswered: true });
  expect(asked.paths.slice(0, 3)).toEqual([...paths, 'src/file0.ts']);
  expect(asked.tokens).toBeGreaterThan(0);
  expect(model?.requests.map(({ role }) => role)).toEqual(['fast']);
});

it('a reply without names is no answer, and leaves the order', async () => {
  const asked = await orderBy({ fast: [[{ text: 'I can not say.' }]] });

  expect(asked).toMatchObject({ isAnswered: false, paths: found.candidates.map(({ path }) => path) });
});

it('a fix with too few candidates is not asked about', async () => {
  model = await startScriptedModel({ fast: [[{ text: 'unused' }]] });
  const order = createModelOrder({ OPENAI_BASE_URL: `${model.url}/v1`, AI_FIX_MODEL: 'small' });

  const asked = await order.order(fakeTree({}), 'x', { ...found, candidates: found.candidates.slice(1) }, signal);

  expect(asked).toMatchObject({ isAnswered: false, tokens: 0 });
  expect(model.requests).toEqual([]);
});

it('without a key the error names what is missing', () => {
  expect(() => createModelOrder({})).toThrow(ConfigError);
  expect(() => createModelOrder({})).toThrow(/OPENAI_BASE_URL/);
});
