import { expect, it } from 'vitest';
import type { Model, ModelRequest } from '../../src/ports/model.ts';
import { growthTold } from '../../src/steps/tell-growth.ts';
import { saying } from '../support/fake-model.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFix } from '../support/sample-fix.ts';

/** Grows at these moments of one clock, and then answers; every telling ends as it is told to. */
function watched(growsAtMs: readonly number[], telling: () => Promise<void> = async () => undefined) {
  const told: number[] = [];
  const warned: string[] = [];
  let nowMs = 1_000_000;
  const model: Model = {
    id: 'fake/model',
    reply: async (_request, _signal, watch) => {
      const begunMs = nowMs;
      for (const atMs of growsAtMs) {
        nowMs = begunMs + atMs;
        watch?.grown(atMs);
        await new Promise(setImmediate);
      }
      return saying('answer');
    },
  };
  const ports = portsForTest({
    tellGrowth: (_fix: unknown, characters: number) => {
      told.push(characters);
      return telling();
    },
    pace: { tellGrowthEveryMs: 100 },
    now: () => nowMs,
    log: { warn: (_details, text) => void warned.push(text) },
  });
  return { model: growthTold(ports, sampleFix(), model), told, warned };
}

const quiet = new AbortController().signal;
const question: ModelRequest = { system: '', messages: [], tools: [], maxOutputTokens: 100 };

it('an answer that is there soon is not told; a long one is, not too often, and each by its own time', async () => {
  const { model, told } = watched([10, 99, 100, 150, 199, 250]);
  const seen: number[] = [];

  await model.reply(question, quiet, { grown: (characters) => void seen.push(characters) });
  await model.reply(question, quiet);
  await model.settled();

  expect(told).toEqual([100, 250, 100, 250]);
  expect(seen).toEqual([10, 99, 100, 150, 199, 250]);
});

it('an answer neither waits for the telling nor is lost where it fails', async () => {
  let fail: (error: Error) => void = () => undefined;
  const { model, told, warned } = watched([100, 300], () => new Promise((_resolve, reject) => (fail = reject)));

  const answer = await model.reply(question, quiet);
  fail(new Error('GitHub is away'));
  await model.settled();

  expect([answer.text, told, warned.length]).toEqual(['answer', [100], 1]);
});
