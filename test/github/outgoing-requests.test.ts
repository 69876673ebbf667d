import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/domain/redact.ts';
import { assertAddress, cleanTexts, type OutgoingRequest } from '../../src/github/outgoing-requests.ts';

const secret = randomBytes(24).toString('hex');
const redactor = createRedactor([secret]);
const baseUrl = 'https://api.github.test';
const request = (parameters: Readonly<Record<string, unknown>>, url = '/repos/{owner}/{repo}/x'): OutgoingRequest => ({
  method: 'POST',
  url,
  baseUrl,
  headers: { authorization: `token ${secret}` },
  ...parameters,
});

function cleaned(wanted: OutgoingRequest): OutgoingRequest {
  cleanTexts(wanted, redactor);
  return wanted;
}

describe('the texts of a request that writes', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['a title', { title: secret }],
    ['a body', { body: `a ${secret} b` }],
    ['a commit message', { message: secret }],
    ['a check run', { output: { title: secret, summary: secret, text: secret } }],
    ['annotations', { output: { annotations: [{ message: 'x' }, { message: secret }] } }],
    ['inputs of a workflow', { inputs: { checks: JSON.stringify([secret]) } }],
    ['labels', { labels: ['ai-fix', secret] }],
    ['a description', { description: secret }],
    ['comments of a review', { comments: [{ path: 'a', body: secret }] }],
    ['variables of GraphQL', { variables: { body: secret, deep: [{ text: secret }] } }],
    ['base64', { content: Buffer.from(secret).toString('base64') }],
    ['a field nobody thought of', { anything: { at: [[{ all: secret }]] } }],
  ])('lose a secret in %s', (_where, parameters) => {
    const { headers: _, ...rest } = cleaned(request(parameters));

    expect(JSON.stringify(rest)).toContain('redacted');
    expect(JSON.stringify(rest)).not.toContain(secret);
    expect(JSON.stringify(rest)).not.toContain(Buffer.from(secret).toString('base64'));
  });

  it('leave names of things as they are, which would else mean other things', () => {
    const names = {
      owner: 'acme',
      repo: secret,
      sha: secret,
      tree: secret,
      parents: [secret],
      ref: `refs/heads/${secret}`,
      inputs: { sha: secret, nonce: secret },
      variables: { id: secret, owner: 'acme' },
    };

    expect(cleaned(request(names))).toEqual(request(names));
  });

  it('leave what the path is made of', () => {
    const wanted = request({ name: secret }, '/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}');

    expect(cleaned(wanted).name).toBe(secret);
  });

  it('leave numbers, truth values and nothing as they are', () => {
    const values = { draft: false, per_page: 100, none: null, list: [1, true, null], output: { count: 0 } };

    expect(cleaned(request(values))).toEqual(request(values));
  });

  it('are not touched in a request that reads: they are its address', () => {
    const reading = { ...request({ q: secret }), method: 'GET' };

    expect(cleaned(reading).q).toBe(secret);
  });

  it('hold no secret at any depth', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(secret),
        fc.string().map((text) => `${text}${secret}`),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'text', 'title', 'items'), tie('value'), { maxKeys: 3 }),
      ),
    }));

    fc.assert(
      fc.property(value, (some) => {
        expect(JSON.stringify(cleaned(request({ some })).some)).not.toContain(secret);
      }),
    );
  });
});

describe('the length of a text', () => {
  it.each<[string, number, (text: string) => Readonly<Record<string, unknown>>, (sent: OutgoingRequest) => unknown]>([
    ['a body', 65_536, (body) => ({ body }), (sent) => sent.body],
    ['a title', 256, (title) => ({ title }), (sent) => sent.title],
    [
      'a summary',
      65_535,
      (summary) => ({ output: { summary } }),
      (sent) => (sent.output as { summary: unknown }).summary,
    ],
    [
      'the text of a check',
      65_535,
      (text) => ({ output: { text } }),
      (sent) => (sent.output as { text: unknown }).text,
    ],
  ])('of %s is at most %d', (_what, limit, wrap, read) => {
    const fits = 'x'.repeat(limit);

    expect(read(cleaned(request(wrap(fits))))).toBe(fits);
    expect(read(cleaned(request(wrap(`${fits}x`))))).toBe(`${'x'.repeat(limit - 1)}…`);
  });

  it('is cut between characters, never inside of one', () => {
    const sent = cleaned(request({ title: `${'x'.repeat(254)}🙂🙂` })).title as string;

    expect(sent).toBe(`${'x'.repeat(254)}…`);
    expect(sent.isWellFormed()).toBe(true);
  });

  it('is cut after secrets are taken out, so that none is cut in two', () => {
    const sent = cleaned(request({ title: 'x'.repeat(240) + secret })).title as string;

    expect(sent).not.toContain(secret.slice(0, 8));
  });
});

describe('an address', () => {
  const template = '/repos/{owner}/{repo}/collaborators/{username}/permission';

  it.each(['', '.', '..', undefined, null, {}, ['a']])('cannot be filled with %j', (username) => {
    const check = () => assertAddress(request({ owner: 'acme', repo: 'shop', username }, template));

    expect(check).toThrow(TypeError);
    expect(check).toThrow('username');
  });

  it.each([
    'https://evil.example/repositories/1/issues',
    'http://api.github.test/repositories/1/issues',
    'https://api.github.test:444/repositories/1/issues',
    'https://api.github.test@evil.example/',
    'https://api.github.test.evil.example/',
    'HTTPS://evil.example/',
  ])('of a next page stays at the host that the admin named: not %s', (url) => {
    expect(() => assertAddress(request({}, url))).toThrow(TypeError);
  });

  it('of a next page at the same host is fine', () => {
    expect(() => assertAddress(request({}, `${baseUrl}/repositories/1/issues?page=2`))).not.toThrow();
  });
});
