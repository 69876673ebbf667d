import { constants, crc32, deflateRawSync } from 'node:zlib';

const megabyte = 1024 * 1024;

export interface ZipEntry {
  readonly name: string | Buffer;
  readonly compressed: Buffer;
  readonly size: number;
  readonly crc: number;
  readonly method?: number;
  readonly flags?: number;
  readonly mode?: number;
  /** Where its header stands, when that is not where the writer has come to. */
  readonly offset?: number;
  readonly extra?: Buffer;
}

export const zipEntry = (name: string | Buffer, text: string, more: Partial<ZipEntry> = {}): ZipEntry => {
  const bytes = Buffer.from(text);
  return { name, compressed: deflateRawSync(bytes), size: bytes.length, crc: crc32(bytes), ...more };
};

/** An archive as an attacker writes one: every field is what the entry says. */
export function zipOf(entries: readonly ZipEntry[], claimedCount = entries.length): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  const write = (part: Buffer) => {
    parts.push(part);
    position += part.length;
  };
  for (const { name, compressed, size, crc, method = 8, flags = 0x800, mode = 0, offset, extra } of entries) {
    const nameBytes = Buffer.from(name);
    const start = offset ?? position;
    if (offset === undefined) {
      const local = Buffer.alloc(30);
      local.writeUInt32LE(0x04034b50, 0);
      local.writeUInt16LE(nameBytes.length, 26);
      write(Buffer.concat([local, nameBytes]));
      write(compressed);
    }
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(0x0314, 4);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc, 16);
    central.writeUInt32LE(compressed.length, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(nameBytes.length, 28);
    central.writeUInt16LE(extra?.length ?? 0, 30);
    central.writeUInt32LE(((mode << 16) >>> 0) as number, 38);
    central.writeUInt32LE(start, 42);
    directory.push(central, nameBytes, extra ?? Buffer.alloc(0));
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(claimedCount, 8);
  end.writeUInt16LE(claimedCount, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...parts, central, end]);
}

/** A deflate stream of zeros, without ever holding the zeros. */
export function deflatedZeros(bytes: number): Buffer {
  const piece = deflateRawSync(Buffer.alloc(megabyte), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
  const last = deflateRawSync(Buffer.alloc(0));
  return Buffer.concat([...Array<Buffer>(bytes / megabyte).fill(piece), last]);
}
