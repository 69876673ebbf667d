import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandIn } from '../../src/app/issue-comment-created.ts';

describe('a comment', () => {
  it.each([
    ['/ai-fix approve', 'approve'],
    ['/ai-fix stop', 'stop'],
    ['/ai-fix \t stop  ', 'stop'],
    ['Fine by me.\r\n\r\n/ai-fix approve\r\n', 'approve'],
    ['/ai-fix approve\n/ai-fix stop', 'approve'],
    ['```\n/ai-fix stop\n```\n/ai-fix approve', 'approve'],
    ['<!-- a note -->\n/ai-fix approve', 'approve'],
    [`${'x'.repeat(65_000)}\n/ai-fix stop`, 'stop'],
  ])('%j gives a command', (body, command) => {
    expect(commandIn(body)).toBe(command);
  });

  it.each([
    '',
    'approve',
    '/ai-fix',
    '/ai-fix merge',
    '/ai-fix approved',
    '/ai-fix approve this',
    'please /ai-fix approve',
    '> /ai-fix approve',
    '`/ai-fix approve`',
    '/AI-FIX approve',
    '/ai-fix\napprove',
    '/ai-fixapprove',
    '/ai-fix approve\u200b',
    '／ai-fix approve',
    '```\n/ai-fix approve\n```',
    '~~~~ text\n~~~\n/ai-fix approve\n~~~~',
    '```\n/ai-fix approve',
    '<!--\n/ai-fix approve\n-->',
    'Look:\n<!-- hidden\n/ai-fix approve',
    '<details>\n<!--x-->> /ai-fix approve',
  ])('%j gives none', (body) => {
    expect(commandIn(body)).toBeNull();
  });

  it('may be a megabyte of almost a command', () => {
    const hostile = [`/ai-fix approve${' \t'.repeat(500_000)}x`, '/ai-fix '.repeat(100_000), '\n'.repeat(1_000_000)];

    expect(hostile.map(commandIn)).toEqual([null, null, null]);
  });

  it('gives a command only where a line is exactly that', () => {
    const pieces = fc.constantFrom('/ai-fix', ' ', '\t', 'approve', 'stop', '\n', '\r', '>', 'x', '/');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const body = parts.join('');

        const found = commandIn(body);

        const lines = body.split(/\r\n|[\n\r]/).map((line) => line.trimEnd().split(/[ \t]+/));
        const said = lines.find(
          (words) => words.length === 2 && words[0] === '/ai-fix' && /^(approve|stop)$/.test(words[1] ?? ''),
        );
        if (found !== null) expect(said?.[1]).toBe(found);
      }),
      { numRuns: 2_000 },
    );
  });
});
