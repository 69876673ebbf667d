import { isStopWord, termNumber, termsOfWord, wordsOf } from './terms.ts';

/** What somebody asks the index for: terms, each with the weight that its place in the text gives it. */
export interface Query {
  /** Ascending by term. */
  readonly terms: readonly QueryTerm[];
}

export interface QueryTerm {
  readonly term: number;
  readonly weight: number;
  /** As it was written first, for evidence. */
  readonly word: string;
  /** It stands in the text as code does: `parsePrice`, `parse_price`, in marks of code. */
  readonly isCode: boolean;
}

/** A log of megabytes asks for no more than its beginning and its end. */
const maxTextChars = 60_000;
const maxTerms = 400;

/** How much a word weighs by where it stands. */
const weights = { title: 2, code: 1.5, text: 1 };

/** The text of a ticket; its first line is the title. */
export function queryOf(text: string): Query {
  const kept =
    text.length <= maxTextChars ? text : `${text.slice(0, maxTextChars * 0.7)}\n${text.slice(-maxTextChars * 0.3)}`;
  const found = new Map<number, { weight: number; times: number; word: string; isCode: boolean; order: number }>();
  const titleEnd = kept.trimStart().search(/\n|$/) + (kept.length - kept.trimStart().length);
  const codeSpans = spansOf(kept);
  for (const { text: word, index } of wordsOf(kept)) {
    const inCode = looksLikeCode(word) || codeSpans(index);
    if (!inCode && isStopWord(word)) continue;
    const weight = Math.max(index < titleEnd ? weights.title : weights.text, inCode ? weights.code : 0);
    for (const [at, term] of termsOfWord(word).entries()) {
      if (isStopWord(term) && at === 0 && !inCode) continue;
      const number = termNumber(term);
      const known = found.get(number);
      if (known === undefined) found.set(number, { weight, times: 1, word, isCode: inCode, order: found.size });
      else {
        known.weight = Math.max(known.weight, weight);
        known.times += 1;
        known.isCode ||= inCode;
      }
    }
  }
  const terms = [...found]
    .map(([term, { weight, times, word, isCode, order }]) => ({
      term,
      word,
      isCode,
      order,
      weight: weight * (1 + Math.log(times) * 0.5),
    }))
    .sort((a, b) => b.weight - a.weight || a.order - b.order)
    .slice(0, maxTerms)
    .map(({ term, word, isCode, weight }) => ({ term, word, isCode, weight }))
    .sort((a, b) => a.term - b.term);
  return { terms };
}

/** `parsePrice`, `parse_price`, `HTTPServer`, `PARSE`: nobody writes a word of a language that way. */
const looksLikeCode = (word: string): boolean => /[a-z\d][A-Z]|[A-Za-z\d]_[A-Za-z\d]|^[A-Z]{2,}[a-z]/.test(word);

/** Tells whether a place lies within marks of code. */
function spansOf(text: string): (index: number) => boolean {
  const spans = [...text.matchAll(/```[\s\S]*?(?:```|$)|`[^`\n]{1,200}`/g)].map(
    ({ index, 0: span }) => [index, index + span.length] as const,
  );
  return (index) => {
    let low = 0;
    let high = spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((spans[middle]?.[1] ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return index >= (spans[low]?.[0] ?? Number.POSITIVE_INFINITY);
  };
}
