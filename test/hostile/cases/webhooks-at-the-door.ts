import { createHmac } from 'node:crypto';
import type { ForgedDelivery } from '../../stand-in/forged-delivery.ts';
import { webhookSecret } from '../../support/app-environment.ts';
import type { HostileCase, Stage } from '../hostile-case.ts';
import { type Came, labelledPayload } from './edge-of-app.ts';
import { storedOf } from './in-a-house.ts';

/** What anybody on the internet may send, at the address of the whole App. */

const body = JSON.stringify(labelledPayload());
const sign = (text: string, secret = webhookSecret): string => createHmac('sha256', secret).update(text).digest('hex');
const header = (value: string): ForgedDelivery => ({ signature: { header: value } });
const headers = (given: Readonly<Record<string, string | null>>): ForgedDelivery => ({ headers: given });

const attacks: Readonly<Record<string, readonly [forged: ForgedDelivery, sent?: string | Uint8Array]>> = {
  'no signature': [{ signature: 'none' }],
  'a signature of another secret': [{ secret: 'guessed' }],
  'a signature of the empty secret': [header(`sha256=${sign(body, ' ')}`)],
  'a signature by SHA-1 alone': [{ signature: 'sha1-only' }],
  'a signature of another body': [header(`sha256=${sign(`${body} `)}`)],
  'a signature of nothing': [header(`sha256=${sign('')}`)],
  'a right signature under the name of another algorithm': [header(`sha1=${sign(body)}`)],
  'a right signature without its name': [header(sign(body))],
  'a right signature in capitals': [header(`SHA256=${sign(body).toUpperCase()}`)],
  'half a right signature': [header(`sha256=${sign(body).slice(0, 32)}`)],
  'two signatures, one of them right': [header(`sha256=${'0'.repeat(64)}, sha256=${sign(body)}`)],
  'a signature of 10,000 digits': [header(`sha256=${'0'.repeat(10_000)}`)],
  'no name of an event': [headers({ 'x-github-event': null })],
  'an event that every object has': [headers({ 'x-github-event': '__proto__' })],
  'an event with its action': [headers({ 'x-github-event': 'issues.labeled' })],
  'no id of a delivery': [headers({ 'x-github-delivery': null })],
  'an id that would be SQL': [headers({ 'x-github-delivery': "x'; drop table deliveries; --" })],
  'an id of 200 characters': [headers({ 'x-github-delivery': 'x'.repeat(200) })],
  'form data': [headers({ 'content-type': 'application/x-www-form-urlencoded' })],
  'plain text': [headers({ 'content-type': 'text/plain' })],
  'no content type': [headers({ 'content-type': null })],
  'a compressed payload': [headers({ 'content-encoding': 'gzip' })],
  'a payload of 26 MB': [{}, Buffer.alloc(26 * 1024 * 1024, ' ')],
  'a payload that nests 100,000 deep': [{}, `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  'a payload that is a list': [{}, `[${body}]`],
  'a payload that is null': [{}, 'null'],
  'a payload that is no JSON': [{}, 'action=labeled'],
  'a payload that ends in the middle': [{}, body.slice(0, -20)],
  'an empty payload': [{}, ''],
  'a payload that is no text': [{}, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
};

async function knocked(
  stage: Stage,
  [forged, sent = body]: readonly [ForgedDelivery, (string | Uint8Array)?],
): Promise<Came> {
  const house = await stage.house();
  const { id, status } = await house.github.deliver('issues', sent, forged);
  if ((await storedOf(house, id)) !== null) return 'escaped: it was kept';
  return status !== null && status >= 400 && status < 500 ? 'rejected' : `escaped: it was answered with ${status}`;
}

const rejected: readonly HostileCase[] = Object.entries(attacks).map(([name, attack]) => ({
  name,
  expected: 'rejected',
  attack: (stage) => knocked(stage, attack),
}));

const letIn: readonly HostileCase[] = [
  {
    name: 'an event that nobody knows',
    expected: 'silence',
    attack: async (stage) => {
      const house = await stage.house();

      const { id, status } = await house.github.deliver('moon_phase', body);

      const isKept = (await storedOf(house, id)) !== null;
      return status === 200 && !isKept ? 'silence' : `escaped: ${status}, ${isKept ? 'kept' : 'not kept'}`;
    },
  },
  {
    name: 'a payload that would give every object a field',
    expected: 'silence',
    attack: async (stage) => {
      const house = await stage.house();
      const hostile = `{"__proto__":{"action":"labeled","isPolluted":true},"constructor":{"prototype":{"isPolluted":true}},"action":"labeled"}`;

      const { id, status } = await house.github.deliver('issues', hostile);

      if ('isPolluted' in {}) return 'escaped: every object has the field';
      const isKept = (await storedOf(house, id)) !== null;
      return status === 200 && !isKept ? 'silence' : `escaped: ${status}, ${isKept ? 'kept' : 'not kept'}`;
    },
  },
];

export const knocks: readonly HostileCase[] = [...rejected, ...letIn];
