import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';

/** Null of what is no plain file, or too large. */
export async function readPlainFile(path: string, maxBytes: number): Promise<string | null> {
  const stats = await lstat(path).catch(() => null);
  return stats?.isFile() === true ? readPlain(path, maxBytes) : null;
}

/** A file that was seen to be a plain one. Null where it is larger. */
export async function readPlain(path: string, maxBytes: number): Promise<string | null> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const { size } = await file.stat();
  if (size > maxBytes) return null;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
  return buffer.subarray(0, bytesRead).toString();
}
