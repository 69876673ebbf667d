import { type Order, readOrder } from '../domain/command.ts';
import { spokenLines } from './spoken-lines.ts';

/** GitHub takes no longer comments. */
const maxCommentLength = 65_536;

/**
 * The first order in a comment, or null. Orders stand at the beginning of a line that the author says; what follows
 * below, code and quotes too, belongs to it. Anything else is people talking.
 */
export function orderIn(body: string): Order | null {
  // Most comments say nothing to us, and parsing each would cost more than the rest.
  if (body.length > maxCommentLength || !/^[ \t]*\/ai-fix/im.test(body)) return null;
  const lines = spokenLines(body);
  for (const [index, { text, start, end }] of lines.entries()) {
    const next = lines.slice(index + 1).find((line) => /^\/ai-fix(?:\s|$)/i.test(line.text));
    const order = readOrder(text, body.slice(start, end), body.slice(end, next?.start));
    if (order !== null) return order;
  }
  return null;
}
