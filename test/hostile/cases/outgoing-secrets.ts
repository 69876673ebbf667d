import { createRedactor } from '../../../src/domain/redact.ts';
import { cleanTexts } from '../../../src/github/outgoing-requests.ts';
import { openLog } from '../../../src/telemetry/log.ts';
import type { HostileCase } from '../hostile-case.ts';

/** Built here, so that no scanner takes it for somebody's. */
const secret = ['k9', 'Xw2Lq', '/8Zt+', 'R4vBn7', 'Yp1Dc5', 'Hs3Mf6Ga'].join('');
const keyLines = ['MIIEpAIBAAKCAQEA0aB3dE5f', 'G7h9Jk1mN3pQ5rS7tU9vW1xY', 'z2A4c6E8g0I2k4M6o8Q0s2U4'];
const pem = [`-----BEGIN RSA ${'PRIVATE KEY'}-----`, ...keyLines, `-----END RSA ${'PRIVATE KEY'}-----`].join('\n');
const redactor = createRedactor([secret, pem]);

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const reversed = (text: string): string => [...text].reverse().join('');

/** `leaked` is what must not be left, as it stands in the text. */
const redacted = (name: string, leaked: string, send: (text: string) => string = redactor.redact): HostileCase => ({
  name,
  expected: 'redacted',
  attack: () => {
    const sent = send(`before ${leaked} behind`);
    if (!sent.includes('before') || !sent.includes('behind')) return `escaped: the words around it are gone: ${sent}`;
    const middle = sent.slice(sent.indexOf('before') + 6, sent.lastIndexOf('behind'));
    return pieces(leaked).some((piece) => middle.includes(piece)) ? `escaped: ${middle}` : 'redacted';
  },
});

/** Any twelve characters in a row are too many. */
const pieces = (leaked: string): string[] =>
  Array.from({ length: Math.max(1, leaked.length - 11) }, (_, at) => leaked.slice(at, at + 12));

const forms: readonly HostileCase[] = [
  redacted('a secret as it stands', secret),
  redacted('a secret in base64', base64(secret)),
  redacted('a secret in base64 behind one other byte', base64(`:${secret}`)),
  redacted('a secret in base64 behind two other bytes', base64(`x:${secret}`)),
  redacted('a secret in base64 of base64', base64(base64(secret))),
  redacted('a secret in base64 for addresses', Buffer.from(secret).toString('base64url')),
  redacted('a secret in percent signs', encodeURIComponent(secret)),
  redacted(
    'a secret of nothing but percent signs',
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join(''),
  ),
  redacted('a secret in hexadecimal', Buffer.from(secret).toString('hex')),
  redacted(
    'a secret in hexadecimal capitals with colons',
    (Buffer.from(secret).toString('hex').toUpperCase().match(/../g) ?? []).join(':'),
  ),
  redacted(
    'a secret in escapes of JSON',
    [...secret].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ),
  redacted('a secret in references of HTML', [...secret].map((letter) => `&#${letter.charCodeAt(0)};`).join('')),
  redacted('a secret over several lines', (secret.match(/.{1,6}/g) ?? []).join('\n')),
  redacted('a secret with a space between all letters', [...secret].join(' ')),
  redacted('a secret with zero-width characters', [...secret].join('\u200b')),
  redacted('a secret backwards', reversed(secret)),
  redacted('a secret in decimal bytes', [...Buffer.from(secret)].join(', ')),
  redacted('a key in PEM form', pem),
  redacted('one line of a key', keyLines[1] ?? ''),
  redacted('a key on one line', pem.replaceAll('\n', '\\n')),
  redacted('a key in base64', base64(pem)),
];

const letters = 'aB3dE5fG7hJ9'.repeat(8);
const unknown: readonly HostileCase[] = [
  redacted("somebody's token of GitHub", `gh${'p_'}${letters.slice(0, 36)}`),
  redacted("somebody's fine-grained token of GitHub", `github_${'pat_'}${letters.slice(0, 60)}`),
  redacted("somebody's key of OpenAI", `sk-${'proj-'}${letters.slice(0, 48)}`),
  redacted("somebody's key of Anthropic", `sk-${'ant-api03-'}${letters.slice(0, 90)}`),
  redacted("somebody's key of AWS", `AK${'IA'}${'A1B2'.repeat(4)}`),
  redacted("somebody's private key", pem.replace(/MII.*/, 'MIIunknown0unknown0unknown')),
];

function logged(write: (log: ReturnType<typeof openLog>, text: string) => void): (text: string) => string {
  return (text) => {
    const lines: string[] = [];
    write(openLog('trace', redactor, { write: (line) => void lines.push(line) }), text);
    return lines.join('');
  };
}

function requested(put: (text: string) => Record<string, unknown>): (text: string) => string {
  return (text) => {
    const request = { method: 'POST', url: '/x', baseUrl: 'https://github.test', ...put(text) };
    cleanTexts(request, redactor);
    return JSON.stringify(request);
  };
}

const places: readonly HostileCase[] = [
  redacted(
    'a secret in a message of the log',
    secret,
    logged((log, text) => log.info(text)),
  ),
  redacted(
    'a secret deep in a field of the log',
    secret,
    logged((log, text) => log.warn({ a: [{ b: text }] })),
  ),
  redacted(
    'a secret in the name of a field of the log',
    secret,
    logged((log, text) => log.info({ [text]: 1 })),
  ),
  redacted(
    'a secret in the cause of an error in the log',
    secret,
    logged((log, text) => log.error({ err: new Error('x', { cause: new Error(text) }) })),
  ),
  redacted(
    'a secret in a comment',
    secret,
    requested((body) => ({ body })),
  ),
  redacted(
    'a secret deep in a request',
    secret,
    requested((text) => ({ output: { annotations: [{ message: text }] } })),
  ),
];

export const outgoingSecrets: readonly HostileCase[] = [...forms, ...unknown, ...places];
