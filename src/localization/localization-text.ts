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
  const head = `Found by words, names and history alone, the likeliest first; a place to begin, not to stop.${isComplete ? '' : ' Not every file was read in time.'}`;
  const parts = [head];
  let chars = head.length;
  for (const candidate of candidates) {
    const text = candidateText(candidate);
    chars += text.length + 1;
    if (chars > maxTokens * charsPerToken) break;
    parts.push(text);
  }
  return parts.join('\n');
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
