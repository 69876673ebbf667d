import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jsonPage } from '../../src/web/json-page.ts';

const page = jsonPage('/schema.json', { title: 'x' });
const server = createServer((request, response) => {
  void page(request, response).then((isTaken) => isTaken || response.writeHead(404).end());
});
const get = (path: string, method = 'GET') =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method });

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

it('the page is served as JSON, to editors in browsers too', async () => {
  const response = await get('/schema.json?from=editor');

  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(await response.json()).toEqual({ title: 'x' });
});

it('nothing but a GET of its own path is taken', async () => {
  const answers = await Promise.all([get('/schema.json', 'POST'), get('/schema.json/more'), get('/')]);

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
});
