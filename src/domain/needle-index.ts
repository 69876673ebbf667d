import { minNeedleLength, type Needle } from './secret-forms.ts';
import type { Reading } from './text-readings.ts';

/** In characters of the original text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Needles are looked up by their first letters and digits, packed into 30 bits. */
const keyLength = 5;
const keyMask = 0x3fff_ffff;
const sixBits = new Uint8Array(128);
for (const [index, sign] of [...'0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].entries()) {
  sixBits[sign.charCodeAt(0)] = index + 1;
}

/** Most places of a text begin no needle; a table of bytes says so faster than a map. */
const slotMask = 0xffff;
const slotOf = (key: number): number => (key ^ (key >>> 15)) & slotMask;

interface Shelf {
  readonly isTaken: Uint8Array;
  readonly needles: Map<number, string[]>;
}

export interface NeedleIndex {
  add(needles: readonly Needle[]): void;
  /** Every place of any needle, found in one walk however many there are; in no order, and they may overlap. */
  find(reading: Reading): Range[];
}

export function createNeedleIndex(): NeedleIndex {
  const exact = emptyShelf();
  const folded = emptyShelf();
  return {
    add: (needles) => {
      for (const { text, isFolded } of needles) put(isFolded ? folded : exact, text);
    },
    find: (reading) => [
      ...placesOn(exact, reading.text, reading),
      ...placesOn(folded, reading.text.toLowerCase(), reading),
    ],
  };
}

const emptyShelf = (): Shelf => ({ isTaken: new Uint8Array(slotMask + 1), needles: new Map() });

function put(shelf: Shelf, text: string): void {
  let key = 0;
  for (let index = 0; index < keyLength; index++) key = nextKey(key, text.charCodeAt(index));
  shelf.isTaken[slotOf(key)] = 1;
  const others = shelf.needles.get(key);
  if (others === undefined) shelf.needles.set(key, [text]);
  else others.push(text);
}

const nextKey = (key: number, code: number): number => ((key << 6) | (sixBits[code] ?? 0)) & keyMask;

function placesOn(shelf: Shelf, text: string, { starts, ends }: Reading): Range[] {
  const places: Range[] = [];
  if (shelf.needles.size === 0 || text.length < minNeedleLength) return places;
  let key = 0;
  for (let index = 0; index < text.length; index++) {
    key = nextKey(key, text.charCodeAt(index));
    if (shelf.isTaken[slotOf(key)] === 0) continue;
    const start = index - keyLength + 1;
    for (const needle of shelf.needles.get(key) ?? []) {
      if (!text.startsWith(needle, start)) continue;
      places.push({ start: starts[start] ?? 0, end: ends[start + needle.length - 1] ?? 0 });
    }
  }
  return places;
}
