import { expect, test } from 'vitest';
import { portsForTest } from './ports-for-test.ts';
import { sampleFix } from './sample-fix.ts';

test('what a test gives is what a step finds', async () => {
  const ports = portsForTest({ now: () => 7, fixes: { find: async () => sampleFix() } });

  expect([ports.now(), (await ports.fixes.find(sampleFix().id))?.id]).toEqual([7, sampleFix().id]);
});

test('a port that a test does not give is named where it is asked for', () => {
  expect(() => portsForTest({ now: () => 7 }).thread).toThrow('this test gives no ports.thread');
});

test('a method that a test does not give is named where it is asked for, also once it is passed on', () => {
  const { fixes } = portsForTest({ fixes: { find: async () => null } });

  expect(() => fixes.append).toThrow('this test gives no ports.fixes.append');
  expect(() => ({ ...portsForTest({ engine: {} }) }).engine.hasStopped).toThrow('ports.engine.hasStopped');
});

test('ports can be awaited and shown, which asks for what nobody gives', async () => {
  const ports = portsForTest({ pace: { quietMs: 1 } });

  expect(await Promise.resolve(ports)).toBe(ports);
  expect(JSON.stringify(ports)).toBe('{"pace":{"quietMs":1}}');
});
