import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { refuseDownload } from '../../src/domain/download-address.ts';

const gitHub = 'https://api.github.com';
const privateServer = 'https://10.1.2.3/api/v3';
const standIn = 'http://127.0.0.1:8080/api/v3';

describe('behind GitHub.com a download is followed', () => {
  test.each([
    'https://productionresultssa7.blob.core.windows.net/actions-results/a/b?sig=x%2Fy&se=2026-11-20',
    'https://objects.githubusercontent.com:8443/x',
    'https://8.8.8.8/x',
    'https://[2606:4700::1111]/x',
    'https://172.15.255.255/',
    'https://172.32.0.1/',
    'https://100.63.255.255/',
    'https://169.253.0.1/',
    'https://[2002:808:808::]/',
    'https://local.example/',
  ])('to %s', (address) => {
    expect(refuseDownload(address, gitHub)).toBeNull();
  });
});

describe('behind GitHub.com a download is not followed', () => {
  const inner = (depth: string) => `its address is ${depth} and GitHub's API is not`;
  const nobody = 'its address is not one of a server';

  test.each([
    ['', 'its address is not a URL'],
    ['/relative', 'its address is not a URL'],
    ['http://example.com/x', 'its address is not https'],
    ['ftp://example.com/x', 'its address is not https'],
    ['file:///etc/passwd', 'its address is not https'],
    ['data:text/plain,x', 'its address is not https'],
    ['javascript:alert(1)', 'its address is not https'],
    ['https://someone@example.com/', 'its address carries a user name'],
    ['https://:word@example.com/', 'its address carries a user name'],
    ['https://api.github.com@10.0.0.1/', 'its address carries a user name'],
  ])('to %s', (address, reason) => {
    expect(refuseDownload(address, gitHub)).toBe(reason);
  });

  test.each([
    ['https://localhost/', inner('loopback')],
    ['https://LOCALHOST./', inner('loopback')],
    ['https://a.localhost/', inner('loopback')],
    ['https://127.0.0.1/', inner('loopback')],
    ['https://127.9.9.9/', inner('loopback')],
    ['https://2130706433/', inner('loopback')],
    ['https://0x7f.1/', inner('loopback')],
    ['https://0177.0.0.1/', inner('loopback')],
    ['https://①②⑦.0.0.1/', inner('loopback')],
    ['https://[::1]/', inner('loopback')],
    ['https://[::ffff:127.0.0.1]/', inner('loopback')],
    ['https://[::127.0.0.1]/', inner('loopback')],
    ['https://[64:ff9b::7f00:1]/', inner('loopback')],
    ['https://[2002:7f00:1::]/', inner('loopback')],
    ['https://10.0.0.1/', inner('private')],
    ['https://172.16.0.1/', inner('private')],
    ['https://172.31.255.255/', inner('private')],
    ['https://192.168.1.1/', inner('private')],
    ['https://100.64.0.1/', inner('private')],
    ['https://198.18.0.1/', inner('private')],
    ['https://[fd00::1]/', inner('private')],
    ['https://[fc00::]/', inner('private')],
    ['https://[::ffff:10.0.0.1]/', inner('private')],
    ['https://intranet/', inner('private')],
    ['https://minio.corp/', inner('private')],
    ['https://metadata.google.internal/', inner('private')],
    ['https://printer.local./', inner('private')],
    ['https://169.254.169.254/latest/meta-data/', nobody],
    ['https://[::ffff:169.254.169.254]/', nobody],
    ['https://[fe80::1]/', nobody],
    ['https://[fec0::1]/', nobody],
    ['https://0.0.0.0/', nobody],
    ['https://[::]/', nobody],
    ['https://192.0.0.192/', nobody],
    ['https://224.0.0.1/', nobody],
    ['https://255.255.255.255/', nobody],
    ['https://[ff02::1]/', nobody],
    ['https://[64:ff9b:1::1]/', nobody],
    ['https://[2001:0:4136:e378::]/', nobody],
  ])('to %s, inside a network', (address, reason) => {
    expect(refuseDownload(address, gitHub)).toBe(reason);
  });

  test.each([
    [['127.0.0.1'], inner('loopback')],
    [['93.184.216.34', '10.0.0.1'], inner('private')],
    [['::1'], inner('loopback')],
    [['fe80::1%eth0'], nobody],
    [['169.254.169.254'], nobody],
    [['::ffff:192.168.0.1'], inner('private')],
    [['93.184.216.34', '2606:2800:220:1::1'], null],
    [[], null],
  ])('to a name that stands for %j', (addresses, reason) => {
    const answer = refuseDownload('https://store.example/x', gitHub, (host) =>
      host === 'store.example' ? addresses : [],
    );

    expect(answer).toBe(reason);
  });
});

describe('behind a server in a private network a download is followed', () => {
  test.each([
    ['https://10.9.9.9/x', null],
    ['https://minio.internal:9000/x', null],
    ['https://example.com/x', null],
    ['https://127.0.0.1/x', "its address is loopback and GitHub's API is not"],
    ['https://169.254.169.254/x', 'its address is not one of a server'],
    ['http://10.9.9.9/x', 'its address is not https'],
  ])('to %s: %s', (address, reason) => {
    expect(refuseDownload(address, privateServer)).toBe(reason);
  });

  it('also where only its name tells', () => {
    const addressesOf = (host: string) => (host === 'github.example.com' ? ['10.1.2.3'] : []);

    const answer = refuseDownload('https://10.9.9.9/x', 'https://github.example.com/api/v3', addressesOf);

    expect(answer).toBeNull();
  });
});

test('plain HTTP and loopback are followed only where the API itself is there', () => {
  expect(refuseDownload('http://127.0.0.1:9999/download?sig=1', standIn)).toBeNull();
  expect(refuseDownload('http://localhost:9999/', standIn)).toBeNull();
  expect(refuseDownload('http://169.254.169.254/', standIn)).toBe('its address is not one of a server');
});

test('however an inner IPv4 address is written, it is an inner address', () => {
  const part = fc.integer({ min: 0, max: 255 });
  const inner = fc.oneof(
    fc.tuple(fc.constantFrom(10, 127), part, part, part),
    fc.tuple(fc.constant(192), fc.constant(168), part, part),
    fc.tuple(fc.constant(169), fc.constant(254), part, part),
  );
  const hex = (number: number) => number.toString(16);
  const ways: ((bytes: readonly number[], number: number) => string)[] = [
    (bytes) => bytes.join('.'),
    (_, number) => String(number),
    (_, number) => `0x${hex(number)}`,
    (bytes) => bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
    ([a = 0, ...rest]) => `${a}.${rest.reduce((sum, byte) => sum * 256 + byte, 0)}`,
    (bytes) => `[::ffff:${bytes.join('.')}]`,
    (_, number) => `[64:ff9b::${hex(number >>> 16)}:${hex(number & 0xffff)}]`,
    (_, number) => `[2002:${hex(number >>> 16)}:${hex(number & 0xffff)}::1]`,
  ];
  fc.assert(
    fc.property(inner, fc.constantFrom(...ways), (bytes, write) => {
      const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);

      expect(refuseDownload(`https://${write(bytes, number)}/`, gitHub)).not.toBeNull();
    }),
    { numRuns: 2_000 },
  );
});

test('whatever an address is, the reason does not repeat it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webUrl(),
        fc.string(),
        fc.ipV6().map((ip) => `https://[${ip}]/`),
      ),
      (address) => {
        const reason = refuseDownload(`${address}?sig=secret`, gitHub);

        expect(reason ?? '').not.toContain('secret');
      },
    ),
    { numRuns: 200 },
  );
});
