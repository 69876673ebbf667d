import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/domain/redact.ts';

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
