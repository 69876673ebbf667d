import { expect, test } from 'vitest';
import { portsForTest } from './ports-for-test.ts';
import { sampleFix } from './sample-fix.ts';

test('what a test gives is what a step finds', async () => {
  const ports = portsForTest({ now: () => 7, fixes: { find: async () => sampleFix() } });

  expect([ports.now(), (await ports.fixes.find(sampleFix().id))?.id]).toEqual([7, sampleFix().id]);
});

test('a port that a test does not give is named once it is used, and may be handed on before', () => {
  const { thread, tellGrowth, fixesPerHour } = portsForTest({ now: () => 7 });

  expect(() => thread.otherComments).toThrow('this test gives no ports.thread');
  expect(() => tellGrowth(sampleFix(), 1)).toThrow('this test gives no ports.tellGrowth');
  expect(() => fixesPerHour > 1).toThrow('this test gives no ports.fixesPerHour');
});

test('a method that a test does not give is named where it is asked for, also by who was handed its port', () => {
  const { fixes } = portsForTest({ fixes: { find: async () => null } });

  expect(() => fixes.append).toThrow('this test gives no ports.fixes.append');
  expect(() => ({ ...portsForTest({ engine: {} }) }).engine.hasStopped).toThrow('ports.engine.hasStopped');
});

test('ports can be awaited and shown, which asks for what nobody gives', async () => {
  const ports = portsForTest({ pace: { quietMs: 1 } });

  expect(await Promise.resolve(ports)).toBe(ports);
  expect(JSON.stringify(ports)).toBe('{"pace":{"quietMs":1}}');
});
