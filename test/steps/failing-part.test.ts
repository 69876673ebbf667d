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

  it('holds no line that a runner would obey', () => {
    const log = [at('::set-output name=x::y'), at('\x1b[0m::error::forged'), '  ::add-mask::z'].join('\n');

    const part = failingPart(log, 10_000);

    expect(part.split('\n').filter((line) => line.trim().startsWith('::'))).toEqual([]);
    expect(part).toContain('forged');
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

  it('of whatever a job prints is bounded plain text', () => {
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

        expect(part.length).toBeLessThanOrEqual(maxLength + 500);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must be gone
        expect(part).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
        expect(part).not.toMatch(/^[ \t]*::/m);
      }),
      { numRuns: 1_000 },
    );
  });
});
