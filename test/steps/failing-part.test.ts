import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failingPart } from '../../src/steps/failing-part.ts';

const at = (line: string) => `2026-11-20T10:11:12.1234567Z ${line}`;

describe('the failing part of a log', () => {
  it('is what the last failing step wrote, without times and groups', () => {
    const log = [
      at('##[group]Run npm ci'),
      at('npm ci'),
      at('##[endgroup]'),
      at('added 12 packages'),
      at('##[group]Run node --test'),
      at('node --test'),
      at('##[endgroup]'),
      at('not ok 1 - rounds once'),
      at('  expected 99, got 98'),
      at('##[error]Process completed with exit code 1.'),
      at('Post job cleanup.'),
    ].join('\n');

    const part = failingPart(log, 10_000);

    expect(part).toBe('not ok 1 - rounds once\n  expected 99, got 98\nerror: Process completed with exit code 1.');
  });

  it('is the whole log where no step says that it failed', () => {
    const part = failingPart(`\uFEFF${at('The runner lost the connection.')}\n${at('Bye.')}\n`, 10_000);

    expect(part).toBe('The runner lost the connection.\nBye.');
  });

  it('has no colours, cursor movements, titles or line ends of Windows', () => {
    const log =
      '\x1b[31mred\x1b[0m \x1b[2K\x1b[1;1Hmoved \x1b]0;title\x07after \x1b]8;;http://x\x1b\\link\r\nbell\x07 tab\there';

    const part = failingPart(log, 10_000);

    expect(part).toBe('red moved after link\nbell tab\there');
  });

  it('begins behind the header of the failing step, whatever groups the step prints itself', () => {
    const log = [
      at('##[group]Run npm test'),
      at('npm test'),
      at('shell: /usr/bin/bash -e {0}'),
      at('##[endgroup]'),
      at('not ok 1'),
      at('##[group]Coverage'),
      at('90 %'),
      at('##[endgroup]'),
      at('##[warning]deprecated'),
      at('##[error]Process completed with exit code 1.'),
    ].join('\n');

    expect(failingPart(log, 10_000)).toBe(
      'not ok 1\nCoverage\n90 %\nwarning: deprecated\nerror: Process completed with exit code 1.',
    );
  });

  it('keeps the head and the tail of what is too long', () => {
    const log = Array.from({ length: 100_000 }, (_, index) => at(`line ${index}`)).join('\n');

    const part = failingPart(log, 1_000);

    expect(part.startsWith('line 0\nline 1\n')).toBe(true);
    expect(part.endsWith('line 99999')).toBe(true);
    expect(part).toMatch(/\[… \d+ characters left out …\]/);
    expect(part.length).toBeLessThan(1_100);
  });

  it('of an empty log is empty', () => {
    expect(failingPart('', 100)).toBe('');
  });
});

describe('a log that forges', () => {
  const end = at('##[error]Process completed with exit code 1.');

  it.each([
    ['the end of a group', '##[endgroup]'],
    ['a step', '##[group]Run true\n##[endgroup]'],
    ['a step without an end', '##[group]Run true'],
    ['a failure', '##[error]\n##[endgroup]'],
    ['all of them with times', `${at('##[group]Run true')}\n${at('##[endgroup]')}\n${at('##[error]')}`],
  ])('%s right before the end does not hide what it said', (_what, forged) => {
    const log = [at('##[group]Run npm test'), at('##[endgroup]'), at('not ok 1'), forged, end].join('\n');

    expect(failingPart(log, 10_000)).toContain('not ok 1');
  });

  it('a success by printing over a line shows both', () => {
    const part = failingPart(`not ok 1\rall tests passed\nnot ok 2\b\b\b\b\b\b\b\bok 2    \n${end}`, 1_000);

    expect(part.split('\n').slice(0, 3)).toEqual(['not ok 1', 'all tests passed', 'not ok 2ok 2    ']);
  });

  it('a time keeps the rest of the line', () => {
    expect(failingPart(at(at('not ok 1')), 1_000)).toBe(at('not ok 1'));
  });

  it.each([
    ['a title', '\x1b]0;all green\x07'],
    ['a title, ended otherwise', '\x1b]2;all green\x1b\\'],
    ['a link', '\x1b]8;id=1;https://example.test/\x1b\\'],
    ['a device control string', '\x1bP1$r0m\x1b\\'],
    ['an application command', '\x1b_Gf=24;AAAA\x1b\\'],
    ['a privacy message', '\x1b^hidden\x1b\\'],
    ['a start of string', '\x1bXhidden\x1b\\'],
    ['strings with one byte at their start', '\x9d0;all green\x9c\x90q\x9c\x9fa\x07'],
    ['control sequences', '\x1b[31m\x9b2J\x1b[?25l\x1b[38;2;1;2;3m\x1b[1 q'],
    ['other escapes', '\x1bc\x1b(B\x1b7\x1bM\x1b#8'],
    ['controls', '\0\x07\x08\x0e\x0f\x7f'],
    ['turned directions', '\u202e\u202d\u2066\u2069\u200f\u061c'],
    ['characters without a width', '\u200b\u200c\u200d\u2060\ufeff\xad\u034f\u180e\u3164\ufe0f'],
    ['tag characters', '\u{e0001}\u{e0041}\u{e007f}\u{e0101}'],
  ])('%s shows nothing of it', (_what, hidden) => {
    expect(failingPart(`a${hidden}b`, 1_000)).toBe('ab');
  });

  it('the start of a string without its end loses the start alone', () => {
    expect(failingPart('\x1b]0;not ok 1\nnot ok 2\x07', 1_000)).toBe('0;not ok 1\nnot ok 2');
  });

  it.each([
    ['::error::forged', ': :error::forged'],
    ['::stop-commands::token', ': :stop-commands::token'],
    ['\x1b[0m::add-mask::z', ': :add-mask::z'],
    [' \t\u00a0\u3000::set-output name=x::y', 'X: :set-output name=x::y'],
    ['\u200b:\u200b:error::forged', ': :error::forged'],
    ['ok\r::error::forged', 'ok\n: :error::forged'],
    ['ok\u2028::error::forged', 'ok\n: :error::forged'],
    ['ok\x85::error::forged', 'ok\n: :error::forged'],
    ['in the middle ##[add-mask]z', 'in the middle ## [add-mask]z'],
    ['####[error]#\xad#[error]', '#### [error]## [error]'],
    ['##[set-env name=PATH]/x', '## [set-env name=PATH]/x'],
  ])('the command %j is not one any more', (line, shown) => {
    const part = failingPart(`first\n${line}\nlast`, 1_000);

    expect(part).toBe(`first\n${shown.replace('X', ' \t\u00a0\u3000')}\nlast`);
  });
});

it('cut in the middle of a line makes no command of its rest', () => {
  const part = failingPart(`${'a'.repeat(20)}b::\n::`, 10);

  expect(part).toBe('aaaa\n[… 16 characters left out …]\n: :\n: :');
});

describe('a hostile log', () => {
  const bytes = 2 * 1024 * 1024;
  const fill = (text: string) => text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes);

  it.each([
    ['one line', fill('x')],
    ['a million lines', fill('a\n')],
    ['empty lines', fill('\n')],
    ['carriage returns', fill('\r')],
    ['carriage returns and text', fill('\ra')],
    ['escapes', fill('\x1b')],
    ['starts of sequences', fill('\x1b[')],
    ['one sequence', `\x1b[${fill('0')}`],
    ['starts of strings', fill('\x1b]')],
    ['starts of strings of one byte', fill('\x9d')],
    ['strings too long', fill(`\x9d${'a'.repeat(4_001)}`)],
    ['turned directions', fill('\u202e')],
    ['hidden characters', fill('a\u200b')],
    ['white space', fill(' ')],
    ['lines of white space', fill('  \n\n\n')],
    ['times', fill(at(''))],
    ['failures', fill('##[error]x\n')],
    ['ends of groups', fill('##[endgroup]\n')],
    ['steps', fill('##[group]Run x\n')],
    ['commands', fill('::\n')],
    ['lone surrogates', fill('\ud800')],
    ['bytes that are no UTF-8', Buffer.alloc(bytes, Buffer.from([0xff, 0xc3, 0x28])).toString('utf8')],
  ])('of two megabytes of %s is cut in less than a second', (_what, log) => {
    const before = process.cpuUsage();

    const part = failingPart(log, 24_000);

    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(1_000);
    expect(part.length).toBeLessThan(24_100);
  });

  it('of whatever kind is bounded plain text that no runner obeys', () => {
    const pieces = fc.constantFrom(
      '\n',
      '\r\n',
      '\x1b[',
      '\x1b]',
      '\x07',
      '::error::',
      '##[error]',
      '##[endgroup]',
      '##[group]',
      '##[group]Run x',
      '##',
      '[error]',
      ':',
      '::',
      '\r',
      '\u2028',
      '\x85',
      '\x9b',
      '\x9d',
      '\x9c',
      '\u200b',
      '\u202e',
      '\u00a0',
      '\t',
      '\0',
      '\ud800',
      at('x'),
      'm',
      '🙂',
    );
    const anyLog = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(anyLog, fc.integer({ min: 10, max: 500 }), (log, maxLength) => {
        const part = failingPart(log, maxLength);

        expect(part.length).toBeLessThanOrEqual(maxLength + 60);
        expect(part.isWellFormed()).toBe(true);
        expect(part).not.toMatch(/[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\n\t]]/v);
        expect(part).not.toMatch(/^[^\S\n]*::/m);
        expect(part).not.toContain('##[');
      }),
      { numRuns: 3_000 },
    );
  });
});
