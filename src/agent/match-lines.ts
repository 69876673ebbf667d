import { parentPort, workerData } from 'node:worker_threads';
import type { SearchHit } from '../ports/workspace.ts';
import { cutLine } from './numbered-lines.ts';

/** What the worker is started with. */
export interface MatchJob {
  readonly source: string;
  readonly ignoreCase: boolean;
  readonly limit: number;
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/**
 * The worker that runs a model's pattern over edited texts. It has a thread of its own because a regular expression can
 * take years (`(a+)+$`), and only a thread can be ended; `search-overlay.ts` does.
 */
function matchLines({ source, ignoreCase, limit, files }: MatchJob): SearchHit[] {
  const expression = new RegExp(source, ignoreCase ? 'iu' : 'u');
  const hits: SearchHit[] = [];
  for (const { path, text } of files) {
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const [index, line] of lines.entries()) {
      if (!expression.test(line)) continue;
      hits.push({ path, line: index + 1, text: cutLine(line) });
      if (hits.length === limit) return hits;
    }
  }
  return hits;
}

parentPort?.postMessage(matchLines(workerData));
