import { parseMarkdown, spanOf } from './markdown-tree.ts';

export interface SpokenLine {
  /** Code, links and the like in it are blanked out. */
  readonly text: string;
  /** Where it begins in the source. */
  readonly start: number;
  /** Where the next line begins in the source. */
  readonly end: number;
}

/**
 * The lines of a comment that its author says, as the source has them: not code, quotes, HTML or what the page hides.
 * Orders are read from nothing else. None where the text is too tangled to parse.
 */
export function spokenLines(markdown: string): readonly SpokenLine[] {
  const root = parseMarkdown(markdown);
  return (root?.children ?? []).flatMap((block) => {
    if (block.type !== 'paragraph') return [];
    const { start, end } = spanOf(block);
    let text = markdown.slice(start, end);
    for (const part of block.children) {
      if (part.type === 'text' || part.type === 'break') continue;
      const span = spanOf(part);
      text = `${text.slice(0, span.start - start)}${'x'.repeat(span.end - span.start)}${text.slice(span.end - start)}`;
    }
    return [...text.matchAll(/([^\n]*?)(?:\r?\n|$)/g)]
      .filter(([whole]) => whole !== '')
      .map((match) => ({
        text: match[1] ?? '',
        start: start + match.index,
        end: start + match.index + match[0].length,
      }));
  });
}
