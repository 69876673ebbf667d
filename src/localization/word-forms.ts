import { stem } from './terms.ts';

/**
 * Endings of one family: who writes `serialization` may mean `serialize`, which stemming alone does not tell. A form that
 * is no word costs nothing, since no file has it.
 */
const endings: readonly (readonly [ending: RegExp, others: readonly string[]])[] = [
  [/ization$/, ['ize']],
  [/ification$/, ['ify']],
  [/ation$/, ['ate', 'e', '']],
  [/(?<=[lp])etion$/, ['ete']],
  [/ution$/, ['ute', 've']],
  [/ition$/, ['ite', '']],
  [/ction$/, ['ct']],
  [/ption$/, ['pt', 'be']],
  [/ssion$/, ['ss', 't']],
  [/sion$/, ['de', 'd', 'se']],
  [/ability$/, ['able']],
  [/able$/, ['', 'e', 'ability']],
  [/(?:ment|ness|ance|ence|ly|al)$/, ['']],
  [/ive$/, ['e', '']],
  [/ize$/, ['ization']],
  [/ify$/, ['ification']],
  [/ate$/, ['ation']],
  [/ete$/, ['etion']],
  [/ure$/, ['uration']],
  [/oke$/, ['ocation']],
  [/(?<=[ui])de$/, ['sion']],
  [/lve$/, ['lution']],
  [/(?<=[ace])ct$/, ['ction']],
  [/ss$/, ['ssion']],
];
const leastChars = 5;
const leastFormChars = 4;

/** The stems of the other words of its family, without its own; none for what is no word of English. */
export function otherForms(word: string): readonly string[] {
  const lower = word.toLowerCase();
  if (lower.length < leastChars || !/^[a-z]+$/.test(lower)) return [];
  const found = new Set<string>();
  for (const plain of plainForms(lower)) {
    for (const [ending, others] of endings) {
      if (!ending.test(plain)) continue;
      for (const other of others) found.add(stem(plain.replace(ending, '') + other));
    }
  }
  found.delete(stem(lower));
  return [...found].filter(({ length }) => length >= leastFormChars);
}

/** `compressing`, `compressed` and `compresses` have no family of their own. */
const plainForms = (word: string): ReadonlySet<string> => {
  const bare = word.replace(/(?:ing|ed)$/, '');
  return new Set([word, word.replace(/s$/, ''), ...(bare === word ? [] : [bare, `${bare}e`])]);
};
