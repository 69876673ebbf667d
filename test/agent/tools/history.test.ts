import { expect, test } from 'vitest';
import { historyTool } from '../../../src/agent/tools/history.ts';
import { fakeHistory } from '../../support/fake-history.ts';
import { call } from './call.ts';

const tool = historyTool(fakeHistory());

test('a file is told by its last commits, each on one line', async () => {
  const outcome = await call(tool, { path: 'a.ts' }, {});

  expect(outcome.output).toBe(
    'The last commits that changed a.ts:\n2222222222 2026-01-02 ada: Mend the total / It was wrong.\n1111111111 2026-01-02 ada: Begin',
  );
});

test('a range is told by the commits that its lines come from', async () => {
  const outcome = await call(tool, { path: 'a.ts', start_line: 4, end_line: 6 }, {});

  expect(outcome.output).toContain('lines 4-4: 1111111111 2026-01-02 ada: Begin');
  expect(outcome.output).toContain('lines 5-6: 2222222222');
});

test('a range of more commits than asked for tells where to go on', async () => {
  const outcome = await call(tool, { path: 'a.ts', start_line: 1, end_line: 10, limit: 1 }, {});

  expect(outcome.output.split('\n').at(-1)).toBe('[go on with start_line: 5]');
});

test.each([
  { args: { path: 'none.ts' }, says: 'knows no history of none.ts' },
  { args: { path: 'none.ts', start_line: 1 }, says: 'knows no history of none.ts' },
  { args: { path: 'a.ts', start_line: 11 }, says: 'has 10 lines' },
  { args: { path: 'a.ts', start_line: 3, end_line: 2 }, says: 'before start_line' },
  { args: { path: 'a.ts', end_line: 2 }, says: 'needs a start_line' },
])('$args is refused', async ({ args, says }) => {
  const outcome = await call(tool, args, {});

  expect(outcome.isError).toBe(true);
  expect(outcome.output).toContain(says);
});
