import type { CandidateRange as Range } from '../domain/localization.ts';
import { placeOf } from './bm25.ts';
import { pathTermsAt } from './path-index.ts';
import type { Query } from './query.ts';
import type { RankedFile } from './rank.ts';
import type { TreeIndex } from './tree-index.ts';

const maxWords = 5;

/** What speaks for a file, in words for people and models, the strongest first. */
export function evidenceOf(
  index: TreeIndex,
  query: Query,
  rarity: readonly number[],
  { at, mention, similarTo, changedWith, neighbourOf }: RankedFile,
  ranges: readonly Range[],
): readonly string[] {
  const path = index.paths.list[at] ?? '';
  const pathTerms = pathTermsAt(index.paths, at);
  const textTerms = index.records[at]?.terms ?? new Uint32Array();
  const names = [
    ...new Set(
      ranges.filter(({ because, name }) => because === 'name' && name !== null).map(({ name }) => inCode(name ?? '')),
    ),
  ];
  const inPath = wordsThat(query, rarity, (term) => pathTerms.includes(term));
  const inText = wordsThat(query, rarity, (term) => textTerms[placeOf(textTerms, term)] === term).filter(
    (word) => !inPath.includes(word),
  );
  return [
    ...(mention === null ? [] : [mentionText(mention, path)]),
    ...(names.length === 0 ? [] : [`defines ${names.join(', ')}`]),
    ...(inPath.length === 0 ? [] : [`its path fits ${inPath.map(inCode).join(', ')}`]),
    ...(inText.length === 0 ? [] : [`its text fits ${inText.map(inCode).join(', ')}`]),
    ...(similarTo === null ? [] : [`changed by an earlier commit “${similarTo}”`]),
    ...(changedWith === null ? [] : [`often changed together with ${inCode(changedWith)}`]),
    ...(neighbourOf === null ? [] : [`imported by ${inCode(neighbourOf)}`]),
  ];
}

function mentionText({ from, line, path }: NonNullable<RankedFile['mention']>, own: string): string {
  const where = from === 'trace' ? 'named in a stack trace' : 'named in the text';
  const isOwn = path.endsWith(own.slice(own.lastIndexOf('/') + 1));
  const place = line === null ? '' : ` at line ${line}`;
  return isOwn ? `${where}${place}` : `its test ${inCode(path)} is ${where}`;
}

/** The most telling words of the query for which something holds, each once. */
function wordsThat(query: Query, rarity: readonly number[], holds: (term: number) => boolean): readonly string[] {
  const found = query.terms
    .map(({ term, weight, word }, at) => ({ term, word, value: weight * (rarity[at] ?? 0) }))
    .filter(({ term }) => holds(term))
    .sort((a, b) => b.value - a.value || a.term - b.term);
  return [...new Set(found.map(({ word }) => word))].slice(0, maxWords);
}

/** Marks of code and line breaks would end the phrase. */
const inCode = (text: string): string => `\`${text.replace(/[`\s]+/g, ' ').slice(0, 100)}\``;
