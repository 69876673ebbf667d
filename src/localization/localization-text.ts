import type { Candidate, Localization } from '../domain/localization.ts';

/** About four characters make a token of code or English. */
const charsPerToken = 4;
const maxSignatureChars = 160;

/**
 * Candidates as a model reads them, within a number of tokens. The first line says how sure it is: the list is a place to
 * begin, and a model that believes it blindly is worse off than without.
 */
export function localizationText({ candidates, isComplete }: Localization, maxTokens: number): string {
  if (candidates.length === 0)
    return 'Nothing certain: no file of the repository shares a telling word with the issue. Search for yourself.';
  return [headOf(isComplete), ...textsThatFit({ candidates, isComplete }, maxTokens)].join('\n');
}

/** How many of the candidates, from the first on, such a text has room for. */
export const candidatesThatFit = (found: Localization, maxTokens: number): number =>
  textsThatFit(found, maxTokens).length;

const headOf = (isComplete: boolean): string =>
  `Found by words, names and history alone, the likeliest first; a place to begin, not to stop.${isComplete ? '' : ' Not every file was read in time.'}`;

function textsThatFit({ candidates, isComplete }: Localization, maxTokens: number): readonly string[] {
  const texts: string[] = [];
  let chars = headOf(isComplete).length;
  for (const candidate of candidates) {
    const text = candidateText(candidate);
    chars += text.length + 1;
    if (chars > maxTokens * charsPerToken) break;
    texts.push(text);
  }
  return texts;
}

/** One line for the file, one for each range. */
function candidateText({ path, evidence, ranges, tests }: Candidate): string {
  const because = evidence.length === 0 ? '' : `: ${evidence.join('; ')}`;
  const lines = ranges.map(
    ({ startLine, endLine, signature }) =>
      `  lines ${startLine}-${endLine}${signature === null ? '' : `: ${signature.trim().replace(/\s+/g, ' ').slice(0, maxSignatureChars)}`}`,
  );
  const beside = tests.length === 0 ? [] : [`  tests: ${tests.join(', ')}`];
  return [`- ${path}${because}`, ...lines, ...beside].join('\n');
}
