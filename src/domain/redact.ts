import { createNeedleIndex, type Range } from './needle-index.ts';
import { alphanumericsOf, minNeedleLength, type Needle, needlesOf } from './secret-forms.ts';
import { placeholder, readingsOf } from './text-readings.ts';

/** Takes secrets out of texts before they leave the process. */
export interface Redactor {
  redact(text: string): string;
  /** Adds a secret that was born later, for instance a minted token. The newest 500 of these are kept. */
  add(secret: string): void;
}

const maxAdded = 500;
const maxForgotten = 100;
/** A replacement may lay a token bare that stood in a word; then one more pass finds it. */
const maxPasses = 8;

/**
 * Finds the secrets it was told of also where they are split by anything but letters and digits, percent-encoded,
 * escaped, reversed, or written in hexadecimal or base64, alone or inside of other bytes. Of keys in PEM form each
 * line counts. Patterns catch the common tokens it was never told of, as they stand.
 *
 * Idempotent, and a text without a secret comes back as it is. A secret of fewer than 8 letters and digits is found
 * only as it stands, and one of fewer than 8 characters not at all: it would eat ordinary words.
 */
export function createRedactor(known: readonly string[]): Redactor {
  const first = [...new Set(known)].map(knownSecret);
  const added = new Map<string, KnownSecret>();
  let search = searchFor(first);
  let forgotten = 0;
  return {
    redact: (text) => withoutSecrets(text, search),
    add: (secret) => {
      if (added.has(secret)) return;
      const born = knownSecret(secret);
      added.set(secret, born);
      search.add(born);
      for (const oldest of added.keys()) {
        if (added.size <= maxAdded) break;
        added.delete(oldest);
        forgotten++;
      }
      // The search itself cannot forget, so it is made anew now and then.
      if (forgotten < maxForgotten) return;
      search = searchFor([...first, ...added.values()]);
      forgotten = 0;
    },
  };
}

/** For one text. Whoever has several makes a `Redactor`, which looks at the secrets once. */
export function redact(text: string, known: readonly string[]): string {
  return createRedactor(known).redact(text);
}

interface KnownSecret {
  readonly needles: readonly Needle[];
  /** What is searched for as it stands, where letters and digits alone do not say it. */
  readonly literal: string | null;
}

function knownSecret(secret: string): KnownSecret {
  const isSaidByLetters =
    alphanumericsOf(secret).length >= minNeedleLength && /^[A-Za-z0-9]/.test(secret) && /[A-Za-z0-9]$/.test(secret);
  const isTooShort = secret.length < minNeedleLength || placeholder.includes(secret);
  return { needles: isTooShort ? [] : needlesOf(secret), literal: isTooShort || isSaidByLetters ? null : secret };
}

interface Search {
  add(secret: KnownSecret): void;
  placesIn(text: string): Range[];
}

function searchFor(secrets: readonly KnownSecret[]): Search {
  const index = createNeedleIndex();
  const literals: string[] = [];
  const add = ({ needles, literal }: KnownSecret) => {
    index.add(needles);
    if (literal !== null) literals.push(literal);
  };
  for (const secret of secrets) add(secret);
  return {
    add,
    placesIn: (text) => [
      ...readingsOf(text).flatMap((reading) => index.find(reading)),
      ...literals.flatMap((literal) => literalPlaces(text, literal)),
      ...[...text.matchAll(tokens)].map(({ 0: token, index: start }) => ({ start, end: start + token.length })),
    ],
  };
}

function literalPlaces(text: string, literal: string): Range[] {
  const places: Range[] = [];
  for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + 1)) {
    places.push({ start: at, end: at + literal.length });
  }
  return places;
}

function withoutSecrets(text: string, search: Search): string {
  let rest = text;
  for (let pass = 0; pass < maxPasses; pass++) {
    const places = search.placesIn(rest);
    if (places.length === 0) break;
    rest = replaced(rest, places);
  }
  return rest;
}

function replaced(text: string, places: Range[]): string {
  places.sort((a, b) => a.start - b.start);
  const parts: string[] = [];
  let done = 0;
  for (const { start, end } of places) {
    if (start > done || parts.length === 0) parts.push(text.slice(done, start), placeholder);
    done = Math.max(done, end);
  }
  return parts.join('') + text.slice(done);
}

/**
 * GitHub's tokens (since 2026 those of installations end in a JWT), OpenAI's, Anthropic's, Stripe's, GitLab's, AWS',
 * Slack's, Google's and npm's. Each begins where no word goes on, so that a long run is read once.
 */
const issued = [
  /ghs_\d{1,12}_eyJ[\w-]{10,}(?:\.[\w-]{10,}){2}/,
  /gh[pousr]_\w{20,}/,
  /github_pat_\w{20,}/,
  /sk-[\w-]{20,}/,
  /[rs]k_live_\w{20,}/,
  /glpat-[\w-]{20,}/,
  /(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/,
  /xox[abeoprs]-[\w-]{20,}/,
  /AIza[\w-]{35}/,
  /npm_[A-Za-z0-9]{36}/,
].map(({ source }) => source);

const jsonWebToken = /(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/;

const pemBlock = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/;

const tokens = new RegExp(
  [`(?<![A-Za-z0-9])(?:${issued.join('|')})`, jsonWebToken.source, pemBlock.source].join('|'),
  'g',
);
