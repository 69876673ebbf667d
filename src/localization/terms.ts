/**
 * Words as the index knows them: numbers made of lower-cased, lightly stemmed parts of words and identifiers.
 *
 * An identifier is kept whole and in its parts, and its whole is the same however it is written: `parse_price`,
 * `parsePrice` and `ParsePrice` are `parse`, `price` and `parseprice`. A number of 32 bits stands for a term; two terms
 * that share one only make a file a little too interesting.
 */

/** What may be one word: identifiers of all languages, and words of all scripts. */
const wordPattern = /[A-Za-z0-9_$\u00aa-\uffff]+/g;
const maxWordChars = 80;
const maxParts = 12;

export interface Word {
  /** As it stands in the text. */
  readonly text: string;
  readonly index: number;
}

/** The words of a text, in order. */
export function* wordsOf(text: string): Generator<Word> {
  for (const match of text.matchAll(wordPattern)) {
    if (match[0].length <= maxWordChars) yield { text: match[0], index: match.index };
  }
}

/** The same without their places, in half the time: for what is read whole. */
export function* wordTextsOf(text: string): Generator<string> {
  for (const word of text.match(wordPattern) ?? []) if (word.length <= maxWordChars) yield word;
}

/** The terms of one word: its parts, then the whole where there is more than one part. */
export function termsOfWord(word: string): readonly string[] {
  const parts = partsOf(word);
  if (parts.length === 0) return [];
  const stems = parts.map(stem);
  return parts.length === 1 ? stems : [...stems, parts.join('')];
}

/** `HTTPServer_v2` → `http`, `server`, `v2`. What is a single letter, or only digits of one place, says nothing. */
function partsOf(word: string): string[] {
  if (isPlain.test(word)) return word.length > 1 ? [word] : [];
  if (isWideScript(word)) return pairsOf(word);
  const spaced = word
    .replace(/[_$]+/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return spaced
    .toLowerCase()
    .split(' ')
    .filter((part) => part.length > 1)
    .slice(0, maxParts);
}

/** Nothing there to take apart. */
const isPlain = /^[a-z\d]+$/;

/** Scripts that put no spaces between words: each two neighbours are a part. */
const isWideScript = (word: string): boolean => /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(word);
const pairsOf = (word: string): string[] =>
  Array.from({ length: Math.max(1, Math.min(maxParts, word.length - 1)) }, (_, at) => word.slice(at, at + 2));

/** Takes plurals and the commonest endings off English words, so that `parsed`, `parsing` and `parses` meet `parse`. */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  const singular = word.endsWith('ies') && word.length > 4 ? `${word.slice(0, -3)}y` : withoutPlural(word);
  return withoutEnding(singular);
}

const withoutPlural = (word: string): string => {
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (/(?:sh|ch|x|z|ss)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
};

function withoutEnding(word: string): string {
  const match = /^(.{3,})(?:ing|ed|er|or)$/.exec(word);
  const root = match?.[1] ?? word;
  if (!/[aeiouy]/.test(root)) return word.replace(/e$/, '');
  // `running` is `run`, but `calling` is `call`.
  const single = match !== null && /([bdgkmnprt])\1$/.test(root) ? root.slice(0, -1) : root;
  return single.length > 3 ? single.replace(/e$/, '') : single;
}

/** 32 bits of FNV-1a over the characters. */
export function termNumber(term: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < term.length; at++) hash = Math.imul(hash ^ term.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

const maxKnownWords = 100_000;
let knownWords = new Map<string, readonly number[]>();

/** The numbers of a word's terms. Remembers the words of late: a repository says the same few thousand again and again. */
export function termNumbersOf(word: string): readonly number[] {
  const known = knownWords.get(word);
  if (known !== undefined) return known;
  if (knownWords.size >= maxKnownWords) knownWords = new Map();
  const numbers = termsOfWord(word).map(termNumber);
  knownWords.set(word, numbers);
  return numbers;
}

/** Words of English and of issues that tell no place from another. */
const stopWords = new Set(
  `a an and are as at be been but by can cannot could did do does doing don done for from get gets getting got had has
   have having he her here him his how i if in into is isn it its just ll may me might more most must my no nor not now
   of off on once only or other our out over own re same she should so some such than that the their them then there
   these they this those through to too under until up upon us use used uses using ve very was wasn way we were what
   when where which while who why will with would you your
   fix fixes fixed fixing bug bugs issue issues problem problems expected actual behavior behaviour steps reproduce
   please thanks hello hi also however instead still currently seems seem like want works work working correctly
   properly version add adds added make makes made ensure allow
   chore feat refactor revert perf ci docs test tests testing`
    .split(/\s+/)
    .flatMap((word) => [word, stem(word)]),
);

export const isStopWord = (word: string): boolean => stopWords.has(word.toLowerCase());
