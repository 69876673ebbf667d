import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it, test } from 'vitest';
import { readArtifactZip } from '../../src/github/artifact-zip.ts';
import { deflatedZeros, type ZipEntry, zipEntry, zipOf } from './hostile-zip.ts';

const megabyte = 1024 * 1024;
const limits = { maxEntries: 500, maxTextBytes: 64 * megabyte };

interface Cost {
  readonly ms: number;
  /** How much the process grew at most while it was looked at, every few milliseconds. */
  readonly grownBytes: number;
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = process.memoryUsage().rss;
  let peak = before;
  const look = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 2);
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  clearInterval(look);
  return { ms, grownBytes: Math.max(peak, process.memoryUsage().rss) - before };
}

describe('the files of an artifact', () => {
  it('are its XML files, inflated and decoded', async () => {
    const zip = zipSync({
      'ai-fix-junit.xml': strToU8('<testsuites/>'),
      'module/target/surefire-reports/TEST-é.XML': strToU8('<testsuite name="é"/>'),
      'stored.xml': [strToU8('<stored/>'), { level: 0 }],
      'notes.txt': strToU8('not for us'),
    });

    const reading = await readArtifactZip(Buffer.from(zip), limits);

    expect(reading).toEqual({
      files: [
        { path: 'ai-fix-junit.xml', text: '<testsuites/>' },
        { path: 'module/target/surefire-reports/TEST-é.XML', text: '<testsuite name="é"/>' },
        { path: 'stored.xml', text: '<stored/>' },
      ],
      textBytes: 13 + 22 + 9,
      fault: null,
    });
  });

  it('are none in an empty archive', async () => {
    expect(await readArtifactZip(Buffer.from(zipSync({})), limits)).toEqual({ files: [], textBytes: 0, fault: null });
  });

  it.each([
    ['UTF-8 with a mark', Buffer.from('\ufeff<a/>'), '<a/>'],
    ['UTF-16, little end first', Buffer.from('\ufeff<a/>', 'utf16le'), '<a/>'],
    ['UTF-16, big end first', Buffer.from('\ufeff<a/>', 'utf16le').swap16(), '<a/>'],
    ['nothing known', Buffer.from([0x3c, 0xff, 0xc0, 0x3e]), '<\ufffd\ufffd>'],
  ])('are decoded from %s', async (_what, bytes, text) => {
    const zip = zipSync({ 'a.xml': new Uint8Array(bytes) });

    const reading = await readArtifactZip(Buffer.from(zip), limits);

    expect(reading).toMatchObject({ files: [{ path: 'a.xml', text }] });
  });

  it('of an archive inside the archive stay closed', async () => {
    const inner = zipSync({ 'bomb.xml': strToU8('<a/>') });
    const zip = zipSync({ 'inner.zip': inner, 'lib.jar': inner });

    expect(await readArtifactZip(Buffer.from(zip), limits)).toEqual({ files: [], textBytes: 0, fault: null });
  });
});

describe('an archive is refused, with the reason,', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['an error page', Buffer.from('<html>not found</html>')],
    ['a cut archive', zipOf([zipEntry('a.xml', '<a/>')]).subarray(0, -30)],
    ['the end of one alone', zipOf([]).subarray(0, 20)],
    ['fewer entries than it claims', zipOf([zipEntry('a.xml', '<a/>')], 3)],
  ])('when it is %s', async (_what, bytes) => {
    expect(await readArtifactZip(bytes, limits)).toEqual({ fault: 'not a zip archive, or a damaged one' });
  });

  test.each([
    ['../x.xml', 'an entry leaves the archive: ../x.xml'],
    ['a/../../x.xml', 'an entry leaves the archive: a/../../x.xml'],
    ['a/..', 'an entry leaves the archive: a/..'],
    ['/etc/passwd', 'an entry leaves the archive: /etc/passwd'],
    ['C:/x.xml', 'an entry leaves the archive: C?/x.xml'],
    ['..\\x.xml', 'an entry has a name that is none: ..?x.xml'],
    ['a\0.xml', 'an entry has a name that is none: a?.xml'],
    ['a\n::error::x.xml', 'an entry has a name that is none: a???error??x.xml'],
    ['', 'an entry has a name that is none: '],
    ['x'.repeat(1_001), `an entry has a name that is none: ${'x'.repeat(100)}`],
  ])('for an entry named %j', async (name, fault) => {
    const zip = zipOf([zipEntry('good.xml', '<a/>'), zipEntry(name, '<a/>')]);

    expect(await readArtifactZip(zip, limits)).toEqual({ fault });
  });

  it('for a second name that hides in an extra field', async () => {
    const name = Buffer.from('good.xml');
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(name));
    const data = Buffer.concat([Buffer.from([1]), sum, Buffer.from('../bad.xml')]);
    const head = Buffer.alloc(4);
    head.writeUInt16LE(0x7075, 0);
    head.writeUInt16LE(data.length, 2);
    const zip = zipOf([zipEntry(name, '<a/>', { extra: Buffer.concat([head, data]) })]);

    expect(await readArtifactZip(zip, limits)).toEqual({ fault: 'an entry leaves the archive: ../bad.xml' });
  });

  test.each([
    ['a symbolic link', { mode: 0o120777 }, 'an entry is a link or a device: a.xml'],
    ['a device', { mode: 0o020666 }, 'an entry is a link or a device: a.xml'],
    ['an encrypted file', { flags: 0x801 }, 'an entry is encrypted: a.xml'],
    ['a masked file', { flags: 0x2000 }, 'an entry is encrypted: a.xml'],
    ['a strongly encrypted file', { flags: 0x41 }, 'not a zip archive, or a damaged one'],
    ['a file of another method', { method: 93 }, 'an entry is damaged: a.xml'],
    ['a file of another sum', { crc: 1 }, 'an entry is damaged: a.xml'],
    ['a file that is shorter than it says', { size: 5 }, 'an entry is damaged: a.xml'],
    ['a file that is longer than it says', { size: 3 }, 'an entry is damaged: a.xml'],
    ['a file that says it is empty', { size: 0 }, 'an entry is damaged: a.xml'],
    ['bytes that no deflate made', { compressed: Buffer.from([0xff, 0xff, 0xff]) }, 'an entry is damaged: a.xml'],
    ['a header that is elsewhere', { offset: 7 }, 'an entry is damaged: a.xml'],
    ['a header behind the end', { offset: 0xfffffff0 }, 'an entry is damaged: a.xml'],
  ])('for %s', async (_what, wrong, fault) => {
    const zip = zipOf([zipEntry('good.xml', '<a/>'), zipEntry('a.xml', '<a/>', wrong)]);

    expect(await readArtifactZip(zip, limits)).toEqual({ fault });
  });

  it('for two entries of one name', async () => {
    const zip = zipOf([zipEntry('a.xml', '<a/>'), zipEntry('a.xml', '<b/>')]);

    expect(await readArtifactZip(zip, limits)).toEqual({ fault: 'two entries of one name: a.xml' });
  });

  it('for more entries than may be', async () => {
    const files = Array.from({ length: 501 }, (_, index) => [`${index}.xml`, new Uint8Array()]);

    const reading = await readArtifactZip(Buffer.from(zipSync(Object.fromEntries(files))), limits);

    expect(reading).toEqual({ fault: 'more than 500 entries' });
  });

  it('for files that are too large together', async () => {
    const zip = zipSync({ 'a.xml': new Uint8Array(600), 'b.txt': new Uint8Array(600), 'c.xml': new Uint8Array(600) });

    const roomy = await readArtifactZip(Buffer.from(zip), { ...limits, maxTextBytes: 1_200 });
    const narrow = await readArtifactZip(Buffer.from(zip), { ...limits, maxTextBytes: 1_199 });

    expect(roomy).toMatchObject({ textBytes: 1_200, fault: null });
    expect(narrow).toEqual({ fault: 'expands to more than 0 MB' });
  });
});

describe('a bomb ends quickly, in bounded memory:', () => {
  const tenGigabytes = deflatedZeros(10 * 1024 * megabyte);

  test.each([
    ['ten gigabytes that say so', 0xfffffffe, 'expands to more than 64 MB'],
    ['ten gigabytes that say they are a kilobyte', 1_024, 'an entry is damaged: bomb.xml'],
    ['ten gigabytes that say they just fit', 64 * megabyte, 'an entry is damaged: bomb.xml'],
  ])('%s', async (_what, size, fault) => {
    const zip = zipOf([{ name: 'bomb.xml', compressed: tenGigabytes, size, crc: 0 }]);

    const cost = await costOf(async () => expect(await readArtifactZip(zip, limits)).toEqual({ fault }));

    expect(cost.ms).toBeLessThan(5_000);
    expect(cost.grownBytes).toBeLessThan(200 * megabyte);
  });

  test('five hundred entries that share one deflate stream', async () => {
    const compressed = deflatedZeros(10 * megabyte);
    const size = 10 * megabyte;
    const crc = crc32(Buffer.alloc(size));
    const first: ZipEntry = { name: '0.xml', compressed, size, crc };
    const others = Array.from({ length: 499 }, (_, index) => ({ ...first, name: `${index + 1}.xml`, offset: 0 }));
    const zip = zipOf([first, ...others]);

    const cost = await costOf(async () =>
      expect(await readArtifactZip(zip, limits)).toEqual({ fault: 'entries overlap: 1.xml' }),
    );

    expect(cost.ms).toBeLessThan(5_000);
  });

  test('five hundred entries that share megabytes which inflate to nothing', async () => {
    const emptyBlock = Buffer.from([0, 0, 0, 0xff, 0xff]);
    const compressed = Buffer.concat([Buffer.alloc(19 * megabyte, emptyBlock), deflateRawSync(Buffer.alloc(0))]);
    const first: ZipEntry = { name: '0.xml', compressed, size: 0, crc: 0 };
    const others = Array.from({ length: 499 }, (_, index) => ({ ...first, name: `${index + 1}.xml`, offset: 0 }));
    const zip = zipOf([first, ...others]);

    const cost = await costOf(async () => expect(await readArtifactZip(zip, limits)).toHaveProperty('fault'));

    expect(cost.ms).toBeLessThan(5_000);
  });

  test('entries that are all within the bound, and not together', async () => {
    const compressed = deflatedZeros(30 * megabyte);
    const crc = crc32(Buffer.alloc(30 * megabyte));
    const zip = zipOf(['a.xml', 'b.xml', 'c.xml'].map((name) => ({ name, compressed, size: 30 * megabyte, crc })));

    const cost = await costOf(async () =>
      expect(await readArtifactZip(zip, limits)).toEqual({ fault: 'expands to more than 64 MB' }),
    );

    expect(cost.ms).toBeLessThan(5_000);
  });
});

test('whatever bytes an archive is made of, its reading ends with files or a fault', async () => {
  const valid = zipOf([zipEntry('a.xml', '<a>text</a>'), zipEntry('b/c.xml', '<b/>'), zipEntry('d.txt', 'd')]);
  const change = fc.tuple(fc.nat({ max: valid.length - 1 }), fc.integer({ min: 0, max: 255 }));
  const changed = fc.array(change, { minLength: 1, maxLength: 12 }).map((changes) => {
    const bytes = Buffer.from(valid);
    for (const [at, byte] of changes) bytes[at] = byte;
    return bytes;
  });
  const cut = fc.tuple(fc.nat({ max: valid.length }), fc.nat({ max: valid.length }));
  const spliced = cut.map(([from, to]) => Buffer.concat([valid.subarray(0, from), valid.subarray(to)]));
  const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([bytes, zipOf([]).subarray(-22)]));

  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, spliced, noise), async (bytes) => {
      const reading = await readArtifactZip(bytes, { maxEntries: 50, maxTextBytes: 10_000 });

      if (reading.fault !== null) expect(reading.fault).toMatch(/^[\w ,:./?-]{1,160}$/);
      else expect(reading.files.every(({ path }) => /^(?!\/)[^\\\0]+\.xml$/i.test(path))).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});
