import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCli } from '../support/app-process.ts';
import { type Evaluation, openEvaluation } from '../support/evaluation.ts';

let evaluation: Evaluation;
beforeAll(async () => {
  evaluation = await openEvaluation();
});
afterAll(() => evaluation.close());

test('tasks in four languages come out as their scripts have it, and the table says which are false green', async () => {
  const running = evaluation.start(
    'four',
    ...['--jobs', '2', '--budget', '1', '--only', 'js-csv-quotes,ts-split-refund,py-ledger-undo,java-template-dollar'],
  );
  const { code } = await running.exit;

  expect(code, running.output).toBe(0);
  expect(await evaluation.outcomes('four')).toEqual({
    'java-template-dollar': 'solved',
    'js-csv-quotes': 'hidden',
    'py-ledger-undo': 'solved',
    'ts-split-refund': 'review',
  });
  expect(running.output).toMatch(/^js-csv-quotes +javascript +false green +1 /m);
  expect(running.output).toMatch(/^java-template-dollar +java +solved +2 /m);
  expect(running.output).toContain('solved 2 of 4 (50%');
  const [first] = await evaluation.results('four');
  expect(first).toMatchObject({ hasUnknownPrice: false, models: ['openai/gpt-6-sol'] });
  expect(first?.usd).toBeGreaterThan(0);
  // Nothing of the hidden tests was ever said to a model.
  const hidden = 'a quoted field may hold every kind of line end as it is';
  expect(readFileSync(join(evaluation.tasks, 'js-csv-quotes/hidden/test/rfc4180.test.js'), 'utf8')).toContain(hidden);
  expect(JSON.stringify(evaluation.model.requests.map(({ body }) => body))).not.toContain(hidden);
}, 600_000);

test('without a model it says which settings are missing, before anything begins', async () => {
  const { tasks, folder } = evaluation;

  const running = startCli(['eval', tasks, '--out', join(folder, 'none')], {}, folder);
  const { code } = await running.exit;

  expect(code).toBe(78);
  expect(running.output).toContain('OPENAI_API_KEY, ANTHROPIC_API_KEY, OPENAI_BASE_URL: none is set');
});
