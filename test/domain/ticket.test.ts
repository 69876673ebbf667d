import { expect, it } from 'vitest';
import { isSameLabelling } from '../../src/domain/ticket.ts';
import { sampleIssue } from '../support/sample-fix.ts';

const told = (labelledAtMs?: number) => ({ ...sampleIssue, ...(labelledAtMs === undefined ? {} : { labelledAtMs }) });
const found = (labelledAtMs: number) => ({ ...sampleIssue, labelledAtMs, isFound: true as const });

it.each([
  ['told twice with the same moment', told(50_000), told(50_000), true],
  ['told with a second between them', told(50_000), told(51_000), false],
  ['found, and told a moment later', found(50_000), told(52_000), true],
  ['told, and found a moment earlier', told(52_000), found(50_000), true],
  ['found, and told long after', found(50_000), told(60_001), false],
  ['told without a moment', told(), told(), false],
  ['found, and told without a moment', found(50_000), told(), false],
])('a label that was %s', (_how, one, other, isSame) => {
  expect(isSameLabelling(one, other)).toBe(isSame);
  expect(isSameLabelling(other, one)).toBe(isSame);
});
