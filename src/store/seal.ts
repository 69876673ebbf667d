import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { SealError } from '../domain/faults.ts';
import { toJson } from './database.ts';

/**
 * Encrypts texts before they become rows: AES-256-GCM, with the name of the place as additional data, so that a sealed
 * text that was moved to another row does not open.
 *
 * Where there is no key, texts stay plain; what is plain is read as it is, so a key may be set at any time, and taken
 * away again as long as nothing sealed is still needed.
 */
export interface Seal {
  /** @param place names the row and the column, for instance `turns.reply:f-1:coder:attempt-1:0`. */
  close(value: unknown, place: string): unknown;
  /** @throws {SealError} when it was sealed with a key that is not there, or is not what was sealed. */
  open(stored: unknown, place: string): unknown;
  /** Whether what was sealed with the key of this name can be opened. */
  knows(keyId: string): boolean;
}

/** As it stands in the row. `version` tells how to read the rest. */
interface Envelope {
  readonly sealed: 1;
  /** Which key it was, without telling anything of it. */
  readonly key: string;
  readonly nonce: string;
  readonly text: string;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

interface TraceKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * @param keys of 32 bytes each: the first seals, each of them opens.
 * @param isPlain they only open.
 */
export function createSeal(keys: readonly Uint8Array[], isPlain = false): Seal {
  const known = keys.map((key): TraceKey => ({ id: keyIdOf(key), bytes: Buffer.from(key) }));
  const newest = isPlain ? undefined : known[0];
  return {
    close: (value, place) => (newest === undefined ? value : sealed(value, newest, place)),
    open: (stored, place) => (isSealed(stored) ? opened(stored, known, place) : stored),
    knows: (keyId) => known.some(({ id }) => id === keyId),
  };
}

/** Names a key without telling anything of it. */
export const keyIdOf = (key: Uint8Array): string =>
  createHash('sha256').update('ai-fix trace key\0').update(key).digest('hex').slice(0, 8);

/** No text of ours looks like this: replies, results, patches and attempts have no such number. */
export function isSealed(stored: unknown): stored is Envelope {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return false;
  const { sealed: version, text } = stored as Partial<Record<keyof Envelope, unknown>>;
  return typeof version === 'number' && typeof text === 'string';
}

function sealed(value: unknown, key: TraceKey, place: string): Envelope {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key.bytes, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(place));
  const text = Buffer.concat([cipher.update(toJson(value), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { sealed: 1, key: key.id, nonce: nonce.toString('base64'), text: text.toString('base64') };
}

function opened(envelope: Envelope, known: readonly TraceKey[], place: string): unknown {
  if (envelope.sealed !== 1)
    throw new SealError(
      `${place} was encrypted by a newer ai-fix (form ${Number(envelope.sealed)}); this version reads form 1`,
    );
  const key = known.find(({ id }) => id === envelope.key);
  if (key === undefined) throw new SealError(missingKey(place, envelope.key, known));
  try {
    const bytes = Buffer.from(envelope.text, 'base64');
    const decipher = createDecipheriv(algorithm, key.bytes, Buffer.from(envelope.nonce, 'base64'), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const text = Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as unknown;
  } catch {
    throw new SealError(
      `${place} is not what was encrypted there: the row was changed or moved; restore it from a backup`,
    );
  }
}

function missingKey(place: string, wanted: string, known: readonly TraceKey[]): string {
  const found =
    known.length === 0 ? 'no key is set' : `the keys that are set are ${known.map(({ id }) => id).join(', ')}`;
  return `${place} was encrypted with the key ${wanted.slice(0, 8)}, and ${found}; add it to AI_FIX_TRACE_KEY, behind a comma`;
}
