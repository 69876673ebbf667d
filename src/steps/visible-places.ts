import type { Localization } from '../domain/localization.ts';
import { shownPath } from '../domain/repository-path.ts';
import { visibleLine } from '../thread/incoming.ts';

const maxPathLength = 1_100;
const maxPhraseLength = 400;

/**
 * Places as a prompt may hold them: paths, commits' subjects, names and declarations are outsiders' words, and none of
 * them can pass for a line of the list or hold what nobody sees.
 */
export function visiblePlaces(found: Localization): Localization {
  return {
    ...found,
    candidates: found.candidates.map((candidate) => ({
      ...candidate,
      path: visiblePath(candidate.path),
      evidence: candidate.evidence.map((phrase) => visibleLine(phrase, maxPhraseLength)),
      tests: candidate.tests.map(visiblePath),
      ranges: candidate.ranges.map((range) => ({
        ...range,
        name: range.name === null ? null : visibleLine(range.name, maxPhraseLength),
        signature: range.signature === null ? null : visibleLine(range.signature, maxPhraseLength),
      })),
    })),
  };
}

const visiblePath = (path: string): string => visibleLine(shownPath(path), maxPathLength);
