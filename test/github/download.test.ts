import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import { downloadTail, downloadWhole } from '../../src/github/download.ts';

const megabyte = 1024 * 1024;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answers: Record<string, Answer>;
let asked: { path: string; hasAuthorization: boolean }[];
const server = createServer((request, response) => {
  const path = request.url ?? '';
  asked.push({ path, hasAuthorization: request.headers.authorization !== undefined });
  const answer = answers[path];
  if (answer === undefined) response.writeHead(404).end();
  else answer(request, response);
});
let store = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  store = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers = {};
  asked = [];
});

const at = (path: string) => ({ address: `${store}${path}`, apiUrl: store });
const send =
  (body: string | Buffer, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(200, headers).end(body);
  };
const redirect =
  (location: string): Answer =>
  (_, response) => {
    response.writeHead(302, { location }).end('go there');
  };
/** Sends until the client has enough; tells how much went out. */
function endless(piece: Buffer, sent: { bytes: number }): Answer {
  return (_, response) => {
    response.writeHead(200);
    const more = () => {
      do sent.bytes += piece.length;
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  };
}
const breakOffAfter =
  (text: string): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write(text, () => response.destroy());
  };

describe('a whole download', () => {
  it('is what the store sends, asked for without a credential', async () => {
    answers = { '/a': send('all of it') };

    const download = await downloadWhole(at('/a'), 100);

    expect(download).toEqual({ kind: 'whole', bytes: Buffer.from('all of it') });
    expect(asked).toEqual([{ path: '/a', hasAuthorization: false }]);
  });

  it('may be just as large as the bound, and not larger', async () => {
    answers = { '/a': send('12345') };

    expect(await downloadWhole(at('/a'), 5)).toMatchObject({ kind: 'whole' });
    expect(await downloadWhole(at('/a'), 4)).toEqual({ kind: 'too-large' });
  });

  it('that never ends is broken off at the bound', async () => {
    const sent = { bytes: 0 };
    answers = { '/a': endless(Buffer.alloc(megabyte), sent) };

    const download = await downloadWhole(at('/a'), 5 * megabyte);

    expect(download).toEqual({ kind: 'too-large' });
    expect(sent.bytes).toBeLessThan(40 * megabyte);
  });

  it('that was packed for the way is measured unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(50 * megabyte));
    answers = { '/a': send(packed, { 'content-encoding': 'gzip' }) };

    const download = await downloadWhole(at('/a'), 5 * megabyte);

    expect(packed.length).toBeLessThan(megabyte);
    expect(download).toEqual({ kind: 'too-large' });
  });

  it('that breaks off may be tried again', async () => {
    answers = { '/a': breakOffAfter('half') };

    const fault = await downloadWhole(at('/a'), 5_000).catch((error: unknown) => error);

    expect(fault).toBeInstanceOf(ForgeError);
    expect(fault).toMatchObject({ isRetryable: true });
  });

  test.each([403, 404, 410])('is missing where the store answers %d', async (status) => {
    answers = { '/a': (_, response) => void response.writeHead(status).end('no') };

    expect(await downloadWhole(at('/a'), 100)).toEqual({ kind: 'missing', status });
  });

  test.each([429, 500, 503])('may be tried again where the store answers %d', async (status) => {
    answers = { '/a': (_, response) => void response.writeHead(status).end('not now') };

    const fault = await downloadWhole(at('/a'), 100).catch((error: unknown) => error);

    expect(fault).toMatchObject({ name: 'ForgeError', status, isRetryable: true });
  });

  it('may be tried again where nobody listens', async () => {
    const nobody = { address: 'http://127.0.0.1:1/x', apiUrl: store };

    const fault = await downloadWhole(nobody, 100).catch((error: unknown) => error);

    expect(fault).toMatchObject({ name: 'ForgeError', isRetryable: true });
  });
});

describe('redirects of the store', () => {
  it('are followed twice, relative ones too', async () => {
    answers = { '/a': redirect(`${store}/b`), '/b': redirect('c?x=1'), '/c?x=1': send('there') };

    expect(await downloadWhole(at('/a'), 100)).toMatchObject({ kind: 'whole' });
  });

  it('are not followed a third time', async () => {
    answers = { '/a': redirect('/b'), '/b': redirect('/c'), '/c': redirect('/d'), '/d': send('far away') };

    const download = await downloadWhole(at('/a'), 100);

    expect(download).toEqual({ kind: 'refused', reason: 'it was redirected more than 2 times' });
    expect(asked.map(({ path }) => path)).toEqual(['/a', '/b', '/c']);
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data/', 'its address is not one of a server'],
    ['http://[fe80::1]/', 'its address is not one of a server'],
    ['file:///etc/passwd', 'its address is not https'],
    ['//user:word@127.0.0.1/', 'its address carries a user name'],
    ['http://[', 'its address is not a URL'],
  ])('to %s are not followed', async (location, reason) => {
    answers = { '/a': redirect(location) };

    expect(await downloadWhole(at('/a'), 100)).toEqual({ kind: 'refused', reason });
  });

  it('to a name that stands for an inner address are not followed', async () => {
    const source = { address: 'https://store.example/x', apiUrl: 'https://api.github.example' };
    const resolve = async (host: string) => (host === 'store.example' ? ['127.0.0.1'] : ['93.184.216.34']);

    const download = await downloadWhole(source, 100, resolve);

    expect(download).toEqual({ kind: 'refused', reason: "its address is loopback and GitHub's API is not" });
  });

  it('without a place are an answer like any other', async () => {
    answers = { '/a': (_, response) => void response.writeHead(302).end() };

    expect(await downloadWhole(at('/a'), 100)).toEqual({ kind: 'missing', status: 302 });
  });
});

describe('the tail of a log', () => {
  it('is its last bytes', async () => {
    answers = { '/log': send('first line\nlast line\n') };

    expect(await downloadTail(at('/log'), 10)).toBe('last line\n');
    expect(await downloadTail(at('/log'), 1_000)).toBe('first line\nlast line\n');
    expect(asked.every(({ hasAuthorization }) => !hasAuthorization)).toBe(true);
  });

  it('is the same in whatever pieces it came', async () => {
    const text = Array.from({ length: 300_000 }, (_, index) => `${index}\n`).join('');
    answers = {
      '/log': (_, response) => {
        response.writeHead(200);
        for (let index = 0; index < text.length; index += 1_007) response.write(text.slice(index, index + 1_007));
        response.end();
      },
    };

    expect((await downloadTail(at('/log'), 100_000)) === text.slice(-100_000)).toBe(true);
  });

  it('of a log of a hundred megabytes needs no more memory than its bound', async () => {
    const line = Buffer.alloc(64 * 1024, 'x');
    answers = {
      '/log': (_, response) => {
        let left = 1_600;
        const more = () => {
          while (left > 0 && response.write(line)) left -= 1;
          if (left <= 0) response.end('\nthe last line');
          else left -= 1;
        };
        response.on('drain', more);
        more();
      },
    };
    const before = process.memoryUsage().arrayBuffers;

    const tail = await downloadTail(at('/log'), 2 * megabyte);

    expect(tail?.length).toBe(2 * megabyte);
    expect(tail?.endsWith('x\nthe last line')).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * megabyte);
  });

  it('that breaks off is what came of it', async () => {
    answers = { '/log': breakOffAfter('half a log') };

    expect(await downloadTail(at('/log'), 1_000)).toBe('half a log\n[the download of this log broke off here]\n');
  });

  it('says why it was not downloaded', async () => {
    answers = { '/log': redirect('http://169.254.169.254/') };

    expect(await downloadTail(at('/log'), 1_000)).toBe(
      '[this log was not downloaded: its address is not one of a server]\n',
    );
  });

  it('is none where the store has none, and may be tried again where it is down', async () => {
    answers = { '/down': (_, response) => void response.writeHead(503).end() };

    expect(await downloadTail(at('/gone'), 100)).toBeNull();
    await expect(downloadTail(at('/down'), 100)).rejects.toMatchObject({ name: 'ForgeError', isRetryable: true });
  });

  it('of bytes that are no UTF-8 is text all the same', async () => {
    answers = { '/log': send(Buffer.from([0x61, 0xff, 0xc3, 0x0a])) };

    expect(await downloadTail(at('/log'), 100)).toBe('a\ufffd\ufffd\n');
  });
});
