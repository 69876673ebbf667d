import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, redact } from '../../src/domain/redact.ts';

const pem = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEpAIBAAKCAQEA0', 'c2VjcmV0', '-----END RSA PRIVATE KEY-----'].join(
  '\n',
);

describe('redaction', () => {
  it.each([
    ['an installation token', `ghs_${'a1B2'.repeat(9)}`],
    ['a personal token', `ghp_${'a1B2'.repeat(9)}`],
    ['a token of OAuth', `gho_${'a1B2'.repeat(9)}`],
    ['a fine-grained token', `github_pat_${'11AA'.repeat(10)}_${'b'.repeat(30)}`],
    ['a key of OpenAI', `sk-proj-${'aB3_-'.repeat(10)}`],
    ['a key of Anthropic', `sk-ant-api03-${'aB3_-'.repeat(10)}`],
    ['an installation token of 2026', `ghs_123456_eyJ${'a1B2'.repeat(9)}.eyJ${'c_-3'.repeat(40)}.${'d4E5'.repeat(20)}`],
    ['a key of AWS', `AKIA${'A1B2'.repeat(4)}`],
    ['a token of Slack', `xoxb-${'123456789012-'.repeat(2)}${'aB3'.repeat(8)}`],
    ['a key of Google', `AIza${'aB3_-'.repeat(7)}`],
    ['a token of npm', `npm_${'a1B2'.repeat(9)}`],
    ['a token of GitLab', `glpat-${'aB3_-'.repeat(4)}`],
    ['a key of Stripe', `sk_live_${'a1B2'.repeat(6)}`],
    ['a JSON web token', `eyJ${'a1B2'.repeat(4)}.eyJ${'c_-3'.repeat(9)}.${'d4E5'.repeat(9)}`],
    ['a private key', pem],
    ['a private key on one line', pem.replaceAll('\n', '\\n')],
    ['a private key that is cut off', pem.slice(0, 50)],
  ])('takes out %s that it was never told of', (_what, secret) => {
    const text = redact(`it said: ${secret}`, []);

    expect(text).toBe('it said: [redacted]');
  });

  it('keeps what stands around a secret', () => {
    const text = redact(
      `curl -H "Authorization: Bearer ghs_${'x'.repeat(36)}" https://api.github.test\n${pem}\nend`,
      [],
    );

    expect(text).toBe('curl -H "Authorization: Bearer [redacted]" https://api.github.test\n[redacted]\nend');
  });

  it.each([
    'a task-oriented-approach-to-everything-else',
    'sk-short',
    'ghs_short',
    'the risk-averse-engineer-in-the-room',
    '-----BEGIN CERTIFICATE-----',
    'AKIAEUROPE and ASIAPACIFIC',
    'xoxo-love',
    'eyJ.eyJ.x',
    'npm_config_registry',
  ])('leaves %j alone', (text) => {
    expect(redact(text, [])).toBe(text);
  });

  it('takes out every place of a known value, also inside of words', () => {
    const text = redact('xhunter2hunter2y and hunter2hunter2', ['hunter2hunter2']);

    expect(text).toBe('x[redacted]y and [redacted]');
  });

  it('leaves no rest of a secret that begins like another', () => {
    const text = redact('the-secret-and-its-tail', ['the-secret', 'the-secret-and-its-tail']);

    expect(text).toBe('[redacted]');
  });

  it('takes a value with the signs of a pattern literally', () => {
    const text = redact('a.*$&(b)', ['a.*$&(b)']);

    expect(text).toBe('[redacted]');
  });

  it('does not take a short value for a secret: it would eat ordinary words', () => {
    const text = redact('nothing none', ['none', '']);

    expect(text).toBe('nothing none');
  });

  it('never leaves a known value behind', () => {
    const alphabet = fc.constantFrom(...'abc-_01');
    const secret = fc.string({ unit: alphabet, minLength: 8, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string(), { maxLength: 5 }),
        (secrets, around) => {
          const text = around.map((part, index) => `${part} ${secrets[index % secrets.length]}`).join(' ');

          const redacted = redact(text, secrets);

          for (const each of secrets) expect(redacted).not.toContain(each);
        },
      ),
    );
  });
});

const letters = 'abcdefghijklmnopqrstuvwxyz';
const alphabets = [
  `${letters}${letters.toUpperCase()}0123456789`,
  `${letters}${letters.toUpperCase()}0123456789-_`,
  `${letters}${letters.toUpperCase()}0123456789+/`,
  '0123456789abcdef',
  `${letters}${letters.toUpperCase()}0123456789!#$%&*?@^~`,
];
const alphanumerics = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/g, '');
const secrets = fc
  .constantFrom(...alphabets)
  .chain((signs) => fc.string({ unit: fc.constantFrom(...signs), minLength: 16, maxLength: 100 }))
  // What is mostly signs, or one letter again and again, is a secret of few letters; texts around it hold those too.
  .filter((secret) => new Set(secret).size >= 8 && alphanumerics(secret).length >= 16)
  .filter((secret) => /^[A-Za-z0-9].*[A-Za-z0-9]$/.test(secret));

const windows = (text: string, length: number): string[] =>
  Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length));
const hexOf = (sign: string): string => Buffer.from(sign).toString('hex');
const each = (encode: (sign: string) => string) => (secret: string) => [...secret].map(encode);
const base64 = (text: string, before = ''): string => Buffer.from(before + text).toString('base64');
const base64Url = (text: string): string => Buffer.from(text).toString('base64url');

/** Each gives the pieces that a separator may come between. */
const encodings: Readonly<Record<string, (secret: string) => string[]>> = {
  'as it is': (secret) => [...secret],
  reversed: (secret) => [...secret].reverse(),
  'in base64': (secret) => [...base64(secret)],
  'in base64 after one byte': (secret) => [...base64(`${secret}$`, ':')],
  'in base64 after two bytes': (secret) => [...base64(`${secret}\n`, 'x:')],
  'in base64url': (secret) => [...base64Url(secret)],
  'in base64 twice': (secret) => [...base64(base64(secret))],
  'in base64 twice, between other bytes': (secret) => [...base64(base64(`${secret} \n`, 'é'), ' ')],
  'in base64 twice, with line breaks': (secret) => [
    ...base64(base64(secret).replaceAll(/.{76}/g, '$&\n')).replaceAll(/.{76}/g, '$&\n'),
  ],
  'in hexadecimal': each(hexOf),
  'in hexadecimal capitals': each((sign) => hexOf(sign).toUpperCase()),
  'in hexadecimal with 0x': each((sign) => `0x${hexOf(sign)},`),
  'in bytes': each((sign) => `${sign.charCodeAt(0)},`),
  'percent-encoded': each((sign) => `%${hexOf(sign)}`),
  'percent-encoded as URLs are': each((sign) => encodeURIComponent(sign)),
  'percent-encoded here and there': (secret) =>
    [...secret].map((sign, index) => (index % 3 === 1 ? `%${hexOf(sign).toUpperCase()}` : sign)),
  'percent-encoded twice': each((sign) => `%25${hexOf(sign)}`),
  'in escapes of JSON': each((sign) => `\\u00${hexOf(sign)}`),
  'in escapes of JSON in JSON': each((sign) => `\\\\u00${hexOf(sign).toUpperCase()}`),
  'in escapes of JavaScript': each((sign) => `\\x${hexOf(sign)}`),
  'in escapes of C': each((sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`),
  'in decimal references': each((sign) => `&#${sign.charCodeAt(0)};`),
  'in hexadecimal references': each((sign) => `&#x${hexOf(sign)};`),
  'in references of references': each((sign) => `&amp;#${sign.charCodeAt(0)};`),
  'in capitals': (secret) => [...secret.toUpperCase()],
};
const separators = [
  '',
  ' ',
  '\n',
  '\r\n    ',
  '\u200b',
  '"',
  "' + '",
  '" +\n  "',
  ',',
  '.',
  '/',
  '|',
  '\t',
  '\u001b[0m',
];

describe('a secret it was told of', () => {
  it.each(Object.keys(encodings))('is found %s, whatever splits it', (encoding) => {
    const around = fc.constantFrom('', 'said: ', '\n\n', 'Ω 日本 ', '{"a": "', '% & 100 ', '€');
    const split = fc.tuple(fc.constantFrom(...separators), fc.integer({ min: 1, max: 12 }));
    fc.assert(
      fc.property(secrets, around, around, split, (secret, before, after, [separator, every]) => {
        const pieces = encodings[encoding]?.(secret) ?? [];
        const written = pieces.map((piece, at) => (at % every === 0 && at > 0 ? separator + piece : piece)).join('');

        const redactor = createRedactor([secret]);
        const text = redactor.redact(`${before}${written}${after}`);

        expect(text.startsWith(before) && text.endsWith(after)).toBe(true);
        // At its ends some letters of base64 hold bits of what stands beside.
        const rest = alphanumerics(separator === '' ? text : text.replaceAll(separator, ''));
        expect(windows(alphanumerics(pieces.join('')), 10).filter((window) => rest.includes(window))).toEqual([]);
        expect(text).toContain('[redacted]');
        expect(redactor.redact(text)).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  it('is found where a backslash stands before each of its characters', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const text = redact(`it is ${[...secret].map((sign) => `\\${sign}`).join('')}`, [secret]);

        expect(text.replace('\\', '')).toBe('it is [redacted]');
      }),
    );
  });

  it('is found among others, each of which is replaced', () => {
    fc.assert(
      fc.property(fc.array(secrets, { minLength: 1, maxLength: 8 }), (several) => {
        const text = redact(several.join(' and '), several);

        for (const secret of several) expect(alphanumerics(text)).not.toContain(alphanumerics(secret));
        expect(redact(text, several)).toBe(text);
      }),
    );
  });

  it('leaves a text alone that does not hold it', () => {
    const words = fc.constantFrom(
      'price',
      'round',
      '%20',
      '\\n',
      '&amp;',
      '`',
      '"',
      '0x10',
      'ghs',
      '-----',
      '🙂',
      '\u200b',
      '\ud800',
    );
    fc.assert(
      fc.property(secrets, fc.array(fc.oneof(words, fc.string()), { maxLength: 40 }), (secret, parts) => {
        const text = parts.join(' ');

        expect(redact(text, [secret])).toBe(text);
      }),
    );
  });
});

describe('a private key', () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const lines = privateKey.split('\n').slice(1, -2);
  const body = lines.join('');

  it.each([
    ['whole', privateKey],
    ['with line breaks written out', privateKey.replaceAll('\n', '\\n')],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ privateKey }))],
    ['with the line breaks of Windows', privateKey.replaceAll('\n', '\r\n')],
    ['without its first and last line', lines.join('\n')],
    ['on one line', body],
    ['quoted, line by line', lines.map((line) => `> ${line}`).join('\n')],
    ['in a log with times', lines.map((line, index) => `2026-01-01T00:00:${index}Z ${line}`).join('\n')],
    ['in base64', base64(privateKey)],
    ['in base64 with line breaks', base64(privateKey).replaceAll(/.{76}/g, '$&\n')],
    ['in base64 inside of other bytes', base64(`${privateKey}\nID=1`, 'KEY=')],
    ['in base64 twice', base64(base64(privateKey))],
    ['in base64 with line breaks, twice', base64(base64(privateKey).replaceAll(/.{76}/g, '$&\n'))],
    ['in base64 with the line breaks of Windows', base64(privateKey.replaceAll('\n', '\r\n'))],
    ['in hexadecimal', Buffer.from(privateKey).toString('hex')],
    ['reversed', [...privateKey].reverse().join('')],
  ])('leaves no piece %s', (_how, written) => {
    const text = alphanumerics(redact(`before ${written} after`, [privateKey]));

    const letters = windows(written, 16).filter((piece) => /^[A-Za-z0-9]{16}$/.test(piece));
    expect(letters.length).toBeGreaterThan(100);
    expect(letters.filter((piece) => text.includes(piece))).toEqual([]);
    expect(text).toMatch(/^before.*after$/);
  });

  it('leaves not even one line of it', () => {
    const redactor = createRedactor([privateKey]);
    const texts = lines.slice(0, -1).map((line) => redactor.redact(`it has ${line}, and\n${base64(line)}`));

    // The signs at the ends of a line say nothing.
    const isClean = /^it has [+/]*\[redacted\][+/]*, and\n[+/]*\[redacted\][+/]*[A-Za-z0-9]?={0,2}$/;
    expect(texts.filter((text) => !isClean.test(text))).toEqual([]);
    expect(texts.length).toBeGreaterThan(20);
  });

  it.each([
    ['with line breaks written out', privateKey.replaceAll('\n', '\\n')],
    ['in base64', base64(privateKey)],
  ])('that it was told of %s is found as it is', (_how, told) => {
    // As above: a line of a random key may begin or end with signs.
    expect(redact(`key: ${lines[3]}`, [told])).toMatch(/^key: [+/]*\[redacted\][+/]*$/);
  });
});

describe('a redactor', () => {
  it('learns a secret that was born later', () => {
    const redactor = createRedactor(['the-first-secret-0']);

    redactor.add('the-later-secret-1');

    expect(redactor.redact('the-first-secret-0, the-later-secret-1, the-third-secret-2')).toBe(
      '[redacted], [redacted], the-third-secret-2',
    );
  });

  it('keeps what it knew from the start, and the newest 500 of what it learned', () => {
    const redactor = createRedactor(['the-first-secret-x']);
    const later = Array.from({ length: 1_200 }, (_, index) => `secret-number-${index}-end`);

    for (const secret of later) redactor.add(secret);

    const text = redactor.redact(['the-first-secret-x', ...later].join('\n')).split('\n');
    expect(text[0]).toBe('[redacted]');
    expect(text[1]).toBe(later[0]);
    expect(new Set(text.slice(-500))).toEqual(new Set(['[redacted]']));
    expect(text.filter((line) => line === '[redacted]').length).toBeLessThan(620);
  });

  it.each([
    '%41\\u0042&#67;\\x44',
    'eyJaaaaaaaaaaa.',
    '-----BEGIN PRIVATE KEY',
    '&#0000',
    '\\',
    '[redacted',
    'ghs_1_eyJ',
  ])('reads a megabyte of %j in less than two seconds', (unit) => {
    const redactor = createRedactor(['a-secret-of-some-length', 'another-one-of-them']);
    const text = unit.repeat(1_000_000 / unit.length);
    const start = performance.now();

    redactor.redact(text);

    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
