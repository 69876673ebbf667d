import { expect, it } from 'vitest';
import { ProviderError } from '../../src/domain/faults.ts';
import type { Localization } from '../../src/domain/localization.ts';
import type { Model } from '../../src/ports/model.ts';
import { askWhere } from '../../src/steps/ask-where.ts';
import { calling, type FakeReply, fakeModel } from '../support/fake-model.ts';
import { fakeTree } from '../support/fake-tree.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFix } from '../support/sample-fix.ts';
import { talkingPorts } from '../support/talking-ports.ts';

const foundIn = (count: number): Localization => ({
  candidates: Array.from({ length: count }, (_, at) => ({
    path: `src/file${at}.ts`,
    share: 1,
    ranges: [],
    evidence: ['its text fits `discount`'],
    tests: [],
  })),
  isComplete: true,
});

async function order(count: number, replies: readonly FakeReply[]) {
  const fix = sampleFix();
  const model: Model & { requests: readonly unknown[] } = fakeModel(replies);
  const ports = portsForTest({
    ...talkingPorts(model),
    pace: { outagePauseMs: () => 1, tellGrowthEveryMs: 60_000 },
  });
  const asked = { issue: 'The discount is off', found: foundIn(count), of: 'commit:words' };
  const signal = new AbortController().signal;
  const { places, isSettled } = await askWhere(ports, fix, fakeTree({}), asked, signal);
  return { paths: places.candidates.map(({ path }) => path), isSettled, asked: model.requests.length };
}

it('what the fast role names comes first; a path that is no candidate is passed over', async () => {
  const reply = calling(['rank_files', { paths: ['src/file7.ts', '../../etc/passwd', 'src/file3.ts'] }]);

  const { paths } = await order(40, [reply]);

  expect(paths.slice(0, 3)).toEqual(['src/file7.ts', 'src/file3.ts', 'src/file0.ts']);
  expect(paths).toHaveLength(40);
});

it('where there is little to choose from nobody is asked', async () => {
  const { paths, asked } = await order(39, []);

  expect([paths[0], asked]).toEqual(['src/file0.ts', 0]);
});

it('a model that never answers well leaves the order, after two turns', async () => {
  const wrong = calling(['rank_files', { paths: [] }]);

  const { paths, asked } = await order(40, [wrong, wrong]);

  expect([paths[0], asked]).toEqual(['src/file0.ts', 2]);
});

it('an outage leaves the order for now, and is no last word', async () => {
  const outage = new ProviderError('down', { modelId: 'fake/model', fault: 'unreachable', isRetryable: true });
  const wrong = calling(['rank_files', { paths: [] }]);

  const during = await order(40, [outage]);
  const after = await order(40, [wrong, wrong]);

  expect([during.paths[0], during.isSettled, after.isSettled]).toEqual(['src/file0.ts', false, true]);
});
