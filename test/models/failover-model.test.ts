import { expect, test } from 'vitest';
import type { ModelReply } from '../../src/domain/conversation.ts';
import { noUsage } from '../../src/domain/cost.ts';
import { ModelReplyError, ProviderError } from '../../src/domain/faults.ts';
import { createFailoverModel } from '../../src/models/failover-model.ts';
import type { Model } from '../../src/ports/model.ts';
import { faultOf, request, unaborted } from './wires.ts';

const replyOf = (modelId: string): ModelReply => ({ modelId, text: 'hi', toolCalls: [], stop: 'end', usage: noUsage });

const answering = (id: string): Model => ({ id, reply: () => Promise.resolve(replyOf(id)) });
const failing = (id: string, fault: unknown): Model => ({ id, reply: () => Promise.reject(fault) });

const fault = (modelId: string, isRetryable: boolean, retryAfterMs?: number) =>
  new ProviderError(`${modelId} failed`, {
    modelId,
    fault: isRetryable ? 'overloaded' : 'unauthorized',
    isRetryable,
    status: isRetryable ? 529 : 401,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

test.each([
  ['a retryable fault', fault('p/a', true)],
  ['a final fault', fault('p/a', false)],
  ['a reply that is none', new ModelReplyError('nothing', 'p/a')],
])('%s moves on to the next model, which says that it answered', async (_name, failed) => {
  const model = createFailoverModel([failing('p/a', failed), answering('p/b'), failing('p/c', new TypeError('asked'))]);

  const reply = await model.reply(request(), unaborted());

  expect(reply.modelId).toBe('p/b');
});

test('when all failed for good, the last fault is thrown as it is', async () => {
  const last = fault('p/b', false);
  const model = createFailoverModel([failing('p/a', fault('p/a', false)), failing('p/b', last)]);

  const error = await faultOf(model.reply(request(), unaborted()));

  expect(error).toBe(last);
});

test('when one of the faults may pass, the last one is thrown as retryable', async () => {
  const model = createFailoverModel([failing('p/a', fault('p/a', true, 5000)), failing('p/b', fault('p/b', false))]);

  const error = await faultOf(model.reply(request(), unaborted()));

  expect(error).toBeInstanceOf(ProviderError);
  expect(error).toMatchObject({ modelId: 'p/b', fault: 'unauthorized', isRetryable: true, retryAfterMs: 5000 });
});

test('a bug is not failed over', async () => {
  const bug = new TypeError('oops');
  const model = createFailoverModel([failing('p/a', bug), answering('p/b')]);

  const error = await faultOf(model.reply(request(), unaborted()));

  expect(error).toBe(bug);
});

test('after an abort nobody else is asked', async () => {
  const controller = new AbortController();
  const first: Model = {
    id: 'p/a',
    reply: () => {
      controller.abort('stopped');
      return Promise.reject(fault('p/a', true));
    },
  };

  const error = await faultOf(createFailoverModel([first, answering('p/b')]).reply(request(), controller.signal));

  expect(error).toBe('stopped');
});
