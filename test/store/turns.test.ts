import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DeliveryId, FixId } from '../../src/domain/ids.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import type { ConversationKey, PaidTurn } from '../../src/ports/stores.ts';
import { createPostgresFixes } from '../../src/store/postgres-fixes.ts';
import { createPostgresTurns } from '../../src/store/postgres-turns.ts';
import { redactedTurn } from '../../src/store/redacted-turn.ts';
import { createSeal } from '../../src/store/seal.ts';
import { sampleFix, sampleIssue } from '../support/sample-fix.ts';
import { openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

const secret = randomBytes(24).toString('hex');
const pem = `-----BEGIN PRIVATE KEY-----\n${randomBytes(48).toString('base64')}\n-----END PRIVATE KEY-----\n`;
const pemLine = pem.split('\n')[1] ?? '';
const redactor = createRedactor([secret, pem]);

const turn = (reply: Partial<PaidTurn['reply']>, output = ''): PaidTurn => ({
  index: 0,
  reply: {
    modelId: 'openai/gpt-6-sol',
    text: '',
    toolCalls: [],
    stop: 'tool-calls',
    usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 },
    ...reply,
  },
  results: [{ callId: 'call-1', output, isError: false }],
  overlayChanges: { 'a.ts': { kind: 'write', text: 'one\r\n', mode: '100644' } },
});

const call = (argumentsJson: string) => ({ toolCalls: [{ id: 'call-1', name: 'edit_file', argumentsJson }] });
const argumentsOf = (kept: PaidTurn): string => kept.reply.toolCalls[0]?.argumentsJson ?? '';

describe('a turn that is kept', () => {
  it.each<[string, PaidTurn]>([
    ['a reply', turn({ text: `the key is ${secret}` })],
    ['a reply in base64', turn({ text: Buffer.from(secret).toString('base64') })],
    ['an argument', turn(call(JSON.stringify({ edits: [{ replace: `x ${secret}` }] })))],
    ['the name of an argument', turn(call(JSON.stringify({ [secret]: 1 })))],
    ['an argument that is no JSON', turn(call(`{"path": "${secret}`))],
    ['what a tool said', turn({}, `1: ${secret}`)],
  ])('holds no secret of %s', (_where, paid) => {
    const kept = redactedTurn(paid, redactor);

    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(JSON.stringify(kept)).not.toContain(Buffer.from(secret).toString('base64'));
    expect(JSON.stringify(kept)).toContain('redacted');
  });

  it('holds no line of a key, and its arguments are JSON as before', () => {
    const paid = turn(call(JSON.stringify({ path: 'a.ts', text: `before\n${pem}after` })));

    const kept = argumentsOf(redactedTurn(paid, redactor));

    expect(kept).not.toContain(pemLine);
    expect(JSON.parse(kept)).toMatchObject({ path: 'a.ts', text: expect.stringMatching(/^before\n[\s\S]*after$/) });
  });

  it('holds reasoning as it came, or not at all where that quotes a secret', () => {
    const thought = (text: string) => ({
      reasoning: { modelId: 'anthropic/claude-sonnet-5', parts: [{ thinking: text, signature: 'c2lnbmVk' }] },
    });

    expect(redactedTurn(turn(thought('a basket')), redactor).reply).toMatchObject(thought('a basket'));
    expect(redactedTurn(turn(thought(`it is ${secret}`)), redactor).reply).not.toHaveProperty('reasoning');
  });

  it('is the same turn where there is nothing to hide, with the very bytes of its arguments', () => {
    const paid = turn({ ...call('{ "a" : 1.0,\n"b":"\\u0041" }'), text: 'nothing' }, 'nothing');

    expect(redactedTurn(paid, redactor)).toEqual(paid);
  });

  it('keeps what a resumed conversation goes on from', () => {
    const paid = { ...turn(call(`"${secret}"`)), overlayChanges: { 'a.ts': null } };

    const kept = redactedTurn(paid, redactor);

    expect(kept).toMatchObject({ overlayChanges: paid.overlayChanges, results: [{ callId: 'call-1' }] });
    expect(kept.reply).toMatchObject({ modelId: paid.reply.modelId, toolCalls: [{ id: 'call-1', name: 'edit_file' }] });
  });

  it('bears arguments that nest without end', () => {
    const deep = `${'['.repeat(200_000)}"${secret}"${']'.repeat(200_000)}`;

    const kept = argumentsOf(redactedTurn(turn(call(deep)), redactor));

    expect(kept).not.toContain(secret);
  });

  it('never turns arguments that are JSON into something else', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3), (json, at) => {
        const value: unknown = JSON.parse(json);
        const text = JSON.stringify([value, secret].slice(at % 2));

        const kept = argumentsOf(redactedTurn(turn(call(text)), redactor));

        expect(() => JSON.parse(kept)).not.toThrow();
        expect(kept).not.toContain(secret);
      }),
    );
  });
});

describe('a row of a turn', () => {
  let opening: StoreDatabase;
  beforeAll(async () => {
    opening = await openStoreDatabase('embedded', inject('databaseImage'));
  });
  afterAll(() => opening.close());

  it('holds no secret in any column', async () => {
    const fix = 'f-1-secret' as FixId;
    const issue = { ...sampleIssue, number: 1 };
    await createPostgresFixes(opening.database, Date.now).begin(
      sampleFix({ id: fix, issue }),
      { type: 'labelled', issue, by: 'alice' },
      { delivery: 'd-1' as DeliveryId, startsPerHour: { repository: 100, host: 100 } },
    );
    const key: ConversationKey = { fix, role: 'coder', part: 'attempt-1' };
    const turns = createPostgresTurns(opening.database, redactor, createSeal([]));
    await turns.begin(key, 0);

    await turns.record(key, turn({ text: secret, ...call(JSON.stringify({ text: pem })) }, secret), { usd: 0 });

    const rows = JSON.stringify(await opening.database.selectFrom('turns').selectAll().execute());
    expect(rows).toContain('redacted');
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(pemLine);
  });
});
