import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../stand-in/json.ts';
import { type House, openHouse } from '../support/house.ts';
import { rightFirstTime } from '../support/scripts.ts';

/**
 * Every payload that GitHub publishes, as it is and broken in many ways, signed as GitHub signs: the server stays up,
 * answers in time and never with a fault of its own.
 */
type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Payload = Readonly<Record<string, Json>>;

const published = (examples as unknown as readonly { name: string; examples: readonly Payload[] }[]).flatMap(
  ({ name, examples: payloads }) => payloads.map((payload) => ({ name, payload })),
);

let house: House;
beforeAll(async () => {
  house = await openHouse({
    script: rightFirstTime,
    environment: { LOG_LEVEL: 'silent' },
  });
});
afterAll(() => house.close());

/** The same numbers in every run (mulberry32). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const odd: readonly Json[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'x'.repeat(100_000),
  '../../etc/passwd',
  '\u202e\u0000\ud800',
  [],
  {},
  [[[[]]]],
  { login: 'ai-fix[bot]', type: 'Bot' },
];

/** The payload with one value, somewhere inside, taken out or replaced by an odd one. */
function broken(value: Json, pick: (below: number) => number): Json {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0 || pick(4) === 0)
    return odd[pick(odd.length)] ?? null;
  const names = Object.keys(value);
  const name = names[pick(names.length)] ?? '';
  if (Array.isArray(value))
    return value.map((part: Json, index) => (String(index) === name ? broken(part, pick) : part));
  const fields = value as { readonly [name: string]: Json };
  if (pick(4) === 0) return Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
  return { ...fields, [name]: broken(fields[name] ?? null, pick) };
}

/** Odd in a way that no walk over the fields finds. */
const whole = (payload: Payload): readonly (string | JsonObject)[] => [
  JSON.stringify(payload),
  JSON.stringify({ ...payload, installation: { id: 7 } }),
  `{"__proto__":{"isAdmin":true},${JSON.stringify({ ...payload, installation: { id: 7 } }).slice(1)}`,
  JSON.stringify({
    ...payload,
    installation: { id: 7 },
    issue: null,
    comment: null,
    pull_request: null,
    workflow_run: null,
  }),
  JSON.stringify({ ...payload, repository: null, sender: null }),
];

const mutationsOfEach = 8;

it('all payloads of GitHub and their mutations are answered in time, and the server stays up', async () => {
  const pick = numbersFrom(20_261_121);
  const statuses = new Map<number | null, number>();
  const faults: string[] = [];
  let slowestMs = 0;
  let sent = 0;
  for (const { name, payload } of published) {
    const mutations = Array.from({ length: mutationsOfEach }, () =>
      JSON.stringify(broken({ ...payload, installation: { id: 7 } }, pick)),
    );
    for (const body of [...whole(payload), ...mutations]) {
      const startedMs = performance.now();
      const answer = await house.github.deliver(name, body);
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
      sent += 1;
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === null || answer.status >= 500)
        faults.push(`${name}: ${answer.status} ${answer.body} ${process.env.DUMP ? body : String(body).slice(0, 200)}`);
    }
  }
  const health = await fetch(`http://127.0.0.1:${house.app.port}/readyz`);

  expect(published.length).toBeGreaterThanOrEqual(329);
  expect(sent).toBe(published.length * (mutationsOfEach + 5));
  expect(faults.slice(0, 10)).toEqual([]);
  // GitHub gives up after ten seconds.
  expect(slowestMs).toBeLessThan(10_000);
  expect(health.status).toBe(200);
  expect({}).not.toHaveProperty('isAdmin');
  // GitHub's own are taken; what is refused was broken by us.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(published.length * 5);
}, 240_000);
