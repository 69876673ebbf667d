import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { externalKey, keyAddress } from '../../src/domain/external-key.ts';

const keys = { prefixes: ['AEC', 'OPS'] };
const keyIn = (title: string, body = '') => externalKey(keys, { title, body });

describe('the key of an outside tracker', () => {
  it.each([
    ['AEC-456 sum subtracts', 'AEC-456'],
    ['sum subtracts (AEC-456)', 'AEC-456'],
    ['[OPS-1]: sum, AEC-2', 'OPS-1'],
    ['see https://tracker.test/browse/AEC-456.', 'AEC-456'],
    ['AEC-456-fix-sum', 'AEC-456'],
  ])('is found in %j', (title, key) => {
    expect(keyIn(title)).toBe(key);
  });

  it.each([
    'aec-456',
    'XAEC-456',
    'AEC-456x',
    'AEC-0',
    'AEC-',
    'AEC 456',
    'CVE-2024-1',
    'X-AEC-456',
    'AEC-12-3',
    'ÄAEC-456',
    'AEC-12345678901',
  ])('is not %j', (title) => {
    expect(keyIn(title)).toBeNull();
  });

  it('of the title comes before the one of the body', () => {
    expect([keyIn('sum (AEC-2)', 'AEC-1'), keyIn('sum', 'after OPS-3: AEC-1')]).toEqual(['AEC-2', 'OPS-3']);
  });

  it('is nowhere while no prefix is configured', () => {
    expect(externalKey({ prefixes: [] }, { title: 'AEC-1', body: '' })).toBeNull();
  });

  it('is short and of a configured prefix, whatever the words', () => {
    const words = fc.array(fc.constantFrom('AEC', 'OPS', '-', '1', '0', ' ', 'x', 'Ä', '_', 'AEC-7'), {
      maxLength: 20,
    });

    fc.assert(
      fc.property(words, fc.string(), (title, body) => {
        const key = externalKey(keys, { title: title.join(''), body });

        if (key !== null) expect(key).toMatch(/^(?:AEC|OPS)-[1-9]\d{0,9}$/);
      }),
    );
  });

  it('is looked for in a moment, also in a long text that almost holds one', () => {
    const startedAtMs = performance.now();

    const found = keyIn('x', 'AEC-'.repeat(75_000));

    expect(found).toBeNull();
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });
});

describe('the address of a key', () => {
  it.each([
    ['https://tracker.test/browse/{key}', 'https://tracker.test/browse/AEC-1'],
    ['https://tracker.test/?id={key}&x={other}', 'https://tracker.test/?id=AEC-1&x={other}'],
    [null, null],
    ['javascript:alert("{key}")', null],
    ['http://tracker.test/{key}', null],
    ['no address', null],
  ])('by %j is %j', (link, address) => {
    expect(keyAddress({ link }, 'AEC-1')).toBe(address);
  });
});
