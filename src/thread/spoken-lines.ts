import { parseMarkdown, spanOf } from './markdown-tree.ts';

export interface SpokenLine {
  readonly text: string;
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
    return [...text.matchAll(/([^\r\n]*)(?:\r?\n|\r|$)/g)]
      .filter(([whole]) => whole !== '')
      .map((match) => ({ text: match[1] ?? '', end: start + match.index + match[0].length }));
  });
}
