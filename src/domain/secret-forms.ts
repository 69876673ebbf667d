/** Letters and digits of one form in which a secret may stand in a text. */
export interface Needle {
  readonly text: string;
  /** Found in either case; `text` is in lower case then. */
  readonly isFolded: boolean;
}

/** Below this a needle would eat ordinary words. */
export const minNeedleLength = 8;
/** A secret this long is found in either case: no word is. */
const minFoldedLength = 16;
/** Of a line of a key that stands alone. */
const minKeyLineLength = 16;
const maxSecretLength = 32_768;

/**
 * The forms of a secret that are searched for: as it is, reversed, in base64 in every alignment (so also inside of
 * other bytes), in base64 of that, in hexadecimal and in decimal bytes. Of a PEM key also its body and each line.
 */
export function needlesOf(secret: string): Needle[] {
  const forms = new Map<string, Needle>();
  for (const part of partsOf(secret.slice(0, maxSecretLength))) {
    if (alphanumericsOf(part).length < minNeedleLength) continue;
    for (const needle of formsOf(part)) {
      if (needle.text.length >= minNeedleLength) forms.set(`${needle.text} ${needle.isFolded}`, needle);
    }
  }
  return [...forms.values()];
}

export const alphanumericsOf = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/g, '');

function formsOf(part: string): Needle[] {
  const bytes = Buffer.from(part);
  const plain = alphanumericsOf(part);
  const once = alignments(bytes);
  const twice = [...once, ...wrapped(bytes)].flatMap((encoded) => spellings(encoded).flatMap(alignmentsOfText));
  const exact = [
    plain,
    [...plain].reverse().join(''),
    [...bytes].join(''),
    ...[...once, ...twice].map(alphanumericsOf),
  ];
  const folded = [bytes.toString('hex'), ...(plain.length >= minFoldedLength ? [plain.toLowerCase()] : [])];
  return [...exact.map((text) => ({ text, isFolded: false })), ...folded.map((text) => ({ text, isFolded: true }))];
}

/** Base64 of the bytes after none, one or two others, without the characters that neighbours have bits in. */
function alignments(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}

const alignmentsOfText = (text: string): string[] => alignments(Buffer.from(text));

/** As programs break base64 into lines, which matters where it is encoded again. */
function wrapped(bytes: Buffer): string[] {
  const encoded = bytes.toString('base64').replace(/=+$/, '');
  const isBroken = (width: number) => encoded.length > width;
  return [64, 76].filter(isBroken).map((width) => encoded.replaceAll(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n'));
}

/** In the two alphabets of base64. */
const spellings = (encoded: string): string[] => [
  ...new Set([encoded, encoded.replaceAll('+', '-').replaceAll('/', '_')]),
];

/** The secret itself; of a PEM key (with line breaks of any kind, or as base64) also the key, its body and its lines. */
function partsOf(secret: string): string[] {
  const trimmed = secret.trim();
  const key = trimmed.includes('-----BEGIN') ? trimmed : Buffer.from(trimmed, 'base64').toString('latin1');
  if (!key.includes('-----BEGIN')) return [trimmed];
  const whole = key.replaceAll('\\n', '\n').replaceAll(/\r/g, '').trim();
  const lines = whole.split('\n').map((line) => line.trim());
  const body = lines.filter((line) => /^[A-Za-z0-9+/=]+$/.test(line));
  const alone = body.filter((line) => alphanumericsOf(line).length >= minKeyLineLength);
  return [...new Set([trimmed, whole, whole.replaceAll('\n', '\r\n'), body.join(''), ...alone])];
}
