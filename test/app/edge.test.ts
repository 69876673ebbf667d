import { beforeEach, describe, expect, it } from 'vitest';
import { type Accept, createAccept } from '../../src/app/edge.ts';
import { ForgeError } from '../../src/domain/faults.ts';
import type { Log } from '../../src/ports/ports.ts';
import type { Delivery, DeliveryStore } from '../../src/ports/stores.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleRepository } from '../support/sample-fix.ts';

const raw = { type: 'run-finished', repository: sampleRepository, runId: 9 } as const;

let accepted: string[];
let started: Pick<Delivery, 'id' | 'tries'>[];
let said: { level: string; details: object }[];
let isEngineDown: boolean;
let answer: 'new' | 'known' | 'again';
let accept: Accept;

const log: Log = {
  info: (details) => said.push({ level: 'info', details }),
  warn: (details) => said.push({ level: 'warn', details }),
  error: (details) => said.push({ level: 'error', details }),
};
/** Work begins after the answer: this lets it begin. */
const afterwards = () => new Promise((resolve) => setTimeout(resolve, 5));

beforeEach(() => {
  accepted = [];
  started = [];
  said = [];
  isEngineDown = false;
  answer = 'new';
  const deliveries: Pick<DeliveryStore, 'accept' | 'find'> = {
    accept: async (id) => {
      accepted.push(id);
      return answer;
    },
    find: async (id) => ({ id, signal: raw, status: 'received', tries: 2 }),
  };
  const handOver = async (delivery: Delivery) => {
    if (isEngineDown) throw new ForgeError('the engine is away', { isRetryable: true });
    started.push(delivery);
  };
  accept = createAccept(portsForTest({ deliveries, log }), (login) => login === 'ai-fix[bot]', handOver);
});

describe('a delivery', () => {
  it('that is new is committed, answered, and then worked on', async () => {
    await accept('d-1', raw);
    const startedBefore = [...started];
    await afterwards();

    expect(accepted).toEqual(['d-1']);
    expect(startedBefore).toEqual([]);
    expect(started).toMatchObject([{ id: 'd-1', tries: 1 }]);
  });

  it('of our own doing is let go', async () => {
    const { repository } = raw;
    const actor = { login: 'ai-fix[bot]', isBot: true };
    await accept('d-own', { type: 'issue-closed', repository, actor, issueNumber: 1 });
    await afterwards();

    expect({ accepted, started }).toEqual({ accepted: [], started: [] });
  });

  it('that is known starts nothing', async () => {
    answer = 'known';

    await accept('d-1', raw);
    await afterwards();

    expect(started).toEqual([]);
  });

  it('that comes again after a failure is another try', async () => {
    answer = 'again';

    await accept('d-1', raw);
    await afterwards();

    expect(started).toMatchObject([{ id: 'd-1', tries: 2 }]);
  });

  it('that lacks what we need is let go with the names of what is missing, and no values', async () => {
    await accept('d-1', { ...raw, repository: { owner: 'acme', name: 'a secret name' } });
    await afterwards();

    expect(accepted).toEqual([]);
    expect(said).toEqual([
      { level: 'info', details: { delivery: 'd-1', type: 'run-finished', missing: ['repository.installationId'] } },
    ]);
  });

  it('that the engine cannot take is kept for the sweep', async () => {
    isEngineDown = true;

    await accept('d-1', raw);
    await afterwards();

    expect(accepted).toEqual(['d-1']);
    expect(said.map(({ level }) => level)).toEqual(['warn']);
  });
});
