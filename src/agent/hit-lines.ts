import { shownPath } from '../domain/repository-path.ts';
import type { SearchHit } from '../ports/workspace.ts';
import { cutLine } from './numbered-lines.ts';

/** `path:line: text` for as many hits as fit, and the last that did. */
export function hitLines(hits: readonly SearchHit[], maxHits: number, maxBytes: number) {
  const lines: string[] = [];
  let roomBytes = maxBytes;
  for (const hit of hits.slice(0, maxHits)) {
    const line = `${shownPath(hit.path)}:${hit.line}: ${cutLine(hit.text)}`;
    roomBytes -= Buffer.byteLength(line) + 1;
    if (roomBytes < 0) break;
    lines.push(line);
  }
  return { lines, last: hits[lines.length - 1] };
}
