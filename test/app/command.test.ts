import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandWords, readBudget } from '../../src/domain/command.ts';
import { orderIn } from '../../src/thread/order-in.ts';

const command = (word: string, text = '') => ({ kind: 'command', word, text });

describe('a comment', () => {
  it.each(commandWords.map((word) => [`/ai-fix ${word}`, word]))('%j gives its command', (body, word) => {
    expect(orderIn(body)).toEqual(command(word));
  });

  it.each([
    ['/ai-fix', command('help')],
    ['/AI-fix Stop', command('stop')],
    ['/ai-fix \t stop  ', command('stop')],
    ['/ai-fix stop.', command('stop')],
    ['Fine by me.\r\n\r\n/ai-fix approve\r\n', command('approve')],
    ['/ai-fix approve\n/ai-fix stop', command('approve')],
    ['```\n/ai-fix stop\n```\n/ai-fix approve', command('approve')],
    ['<!-- a note -->\n/ai-fix approve', command('approve')],
    [`${'x'.repeat(65_000)}\n/ai-fix stop`, command('stop')],
    ['/ai-fix budget $7.50', command('budget', '$7.50')],
    ['/ai-fix reject it is too wide', command('reject', 'it is too wide')],
    ['/ai-fix revise use `Map`:\n\n```ts\nnew Map()\n```', command('revise', 'use `Map`:\n\n```ts\nnew Map()\n```')],
    ['/ai-fix revise one thing\n\n/ai-fix stop', command('revise', 'one thing')],
  ])('%j gives an order', (body, order) => {
    expect(orderIn(body)).toEqual(order);
  });

  it.each([
    ['/ai-fix aprove', 'approve'],
    ['/ai-fix approve this, but rename it', 'approve'],
    ['/AI-FIX APPROVE', 'approve'],
    ['/ai-fix lgtm', 'approve'],
    ['/ai-fix abort', 'stop'],
    ['/ai-fix sotp', 'stop'],
    ['/ai-fix fixchecks', 'fix-checks'],
    ['/ai-fix constructor', null],
    ['/ai-fix do something entirely different', null],
  ])('%j gives no command, and %j is near', (body, nearest) => {
    expect(orderIn(body)).toMatchObject({ kind: 'unknown', nearest });
  });

  it.each([
    '',
    'approve',
    'please /ai-fix approve',
    '> /ai-fix approve',
    '`/ai-fix approve`',
    '/ai-fixapprove',
    '／ai-fix approve',
    '```\n/ai-fix approve\n```',
    '~~~~ text\n~~~\n/ai-fix approve\n~~~~',
    '```\n/ai-fix approve',
    '<!--\n/ai-fix approve\n-->',
    'Look:\n<!-- hidden\n/ai-fix approve',
    '<details>\n<!--x-->> /ai-fix approve',
  ])('%j gives none', (body) => {
    expect(orderIn(body)).toBeNull();
  });

  it('may be a megabyte of almost a command', () => {
    const hostile = [`/ai-fix approve${' \t'.repeat(500_000)}x`, '/ai-fix '.repeat(100_000), '\n'.repeat(1_000_000)];

    expect(hostile.map(orderIn)).toEqual([null, null, null]);
  });

  it('keeps what belongs to an order within bounds', () => {
    const order = orderIn(`/ai-fix revise ${'x'.repeat(60_000)}`);

    expect(order?.kind === 'command' && order.text.length).toBe(8_000);
  });

  it('approves only where a line is exactly that', () => {
    const pieces = fc.constantFrom('/ai-fix', ' ', '\t', 'approve', 'stop', '\n', '\r', '>', 'x', '/');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const body = parts.join('');

        const found = orderIn(body);

        const isApproval = body.split(/\r\n|[\n\r]/).some((line) => /^[ \t]*\/ai-fix[ \t]+approve[ \t]*$/.test(line));
        if (found?.kind === 'command' && found.word === 'approve') expect(isApproval).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a budget in a comment', () => {
  it.each([
    ['$10', { usd: 10 }],
    ['usd 2.5', { usd: 2.5 }],
    ['attempts 6', { attempts: 6 }],
    ['$3 attempts 2 minutes 90', { usd: 3, attempts: 2, minutes: 90 }],
    ['Tokens 500000', { tokens: 500_000 }],
  ])('%j is read', (text, budget) => {
    expect(readBudget(text)).toEqual({ ok: true, budget });
  });

  it.each([
    ['', /say for instance/],
    ['10', /there is no limit `10`; say for instance/],
    ['$', /^usd: found nothing; allowed: an amount from 0\.01 to 1000, in digits without commas$/],
    ['$0', /usd: found `0`; allowed/],
    ['$0.001', /usd: found `0\.001`; allowed: an amount from 0\.01/],
    ['$-5', /usd: found `-5`; allowed/],
    ['$1,000', /usd: found `1,000`; allowed: .* in digits without commas/],
    ['$1e400', /usd: found `1e400`; allowed/],
    ['$NaN', /usd: found `NaN`; allowed/],
    ['$99999', /from 0\.01 to 1000/],
    ['$10 $20', /^usd is named twice; say one amount$/],
    ['attempts 2 Attempts 3', /^attempts is named twice/],
    ['attempts', /^attempts: found nothing; allowed: a whole number from 1 to 20/],
    ['attempts 2.5', /attempts: found `2\.5`; allowed: a whole number from 1 to 20/],
    ['attempts 21', /from 1 to 20/],
    ['atempts 6', /there is no limit `atempts`, did you mean `attempts`\?; say for instance/],
    ['minutes 0x10', /minutes: found `0x10`; allowed: a whole number from 1 to 1440/],
    ['lives 9', /there is no limit `lives`; say/],
    ['`@octocat`\u202e 9', /there is no limit `\?@octocat\?\?`; say/],
    [`minutes ${'9'.repeat(200)}`, /minutes: found `9{30}`; allowed/],
    ['__proto__ 9', /there is no limit/],
  ])('%j is refused with what is allowed', (text, why) => {
    const reading = readBudget(text);

    expect(reading.ok ? '' : reading.why).toMatch(why);
  });
});
