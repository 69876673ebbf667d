import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

/** Without the search for addresses in texts: what it finds has no place in the source. */
const toTree = gfmFromMarkdown().map(({ transforms: _, ...extension }) => extension);
/** Emphasis hides nothing and links nowhere; finding it is most of the work in hostile text. */
const withoutEmphasis = { disable: { null: ['attention', 'strikethrough'] } };
const syntax = [gfm(), withoutEmphasis];

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Reads Markdown as GitHub does. Null where that would take too long, or where the parser gives up. */
export function parseMarkdown(source: string): Root | null {
  if (isCostly(source)) return null;
  try {
    return fromMarkdown(source, { extensions: syntax, mdastExtensions: toTree });
  } catch {
    // Not an error of ours to report: strangers write the text, and the caller shows what has no tree as code.
    return null;
  }
}

/** Every node, parents before children, in the order of the text; an address that is its own text is one node. */
export function* nodesOf(root: Root, source: string): Generator<Nodes> {
  const waiting: Nodes[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    const isAddress = node.type === 'link' && source[spanOf(node).start] !== '[';
    if ('children' in node && !isAddress) waiting.push(...node.children.toReversed());
  }
}

export function spanOf({ position }: Nodes): Span {
  return { start: position?.start.offset ?? 0, end: position?.end.offset ?? 0 };
}

/** Of what lies between the marks of a link; null where nothing does. */
export function contentSpan({ children }: { readonly children: readonly Nodes[] }): Span | null {
  const first = children[0];
  const last = children.at(-1);
  return first === undefined || last === undefined ? null : { start: spanOf(first).start, end: spanOf(last).end };
}

const maxDepth = 32;
const maxLines = 6_000;
/** Of list items and quotes. */
const maxContainerLines = 1_500;
const maxUnderlines = 500;
const maxFootnotes = 100;
const maxNestedImages = 100;
/** The parser compares the marks of one block with each other. */
const maxComparisons = 4_000_000;

/**
 * Whether the parser's time would grow with the square of the text: containers in containers, lists, quotes and
 * underlined headlines in thousands, and blocks of little but marks. Measured; ordinary documents stay far below.
 */
function isCostly(source: string): boolean {
  let containerLines = 0;
  let underlines = 0;
  let footnotes = 0;
  let marks = 0;
  let images = 0;
  let comparisons = 0;
  const lines = source.split('\n');
  if (lines.length > maxLines) return true;
  for (const line of lines) {
    const { depth, contentStart } = containersOf(line);
    const content = line.slice(contentStart).trim();
    if (content === '') {
      comparisons += marks ** 2;
      marks = 0;
      images = 0;
    }
    if (depth > 0) containerLines++;
    if (/^(?:=+|-+)$/.test(content)) underlines++;
    if (content.includes('[^') && content.includes(']:')) footnotes++;
    for (const [mark] of content.matchAll(/!\[|\]\(|[[\]!&<`\\@]/g)) {
      marks++;
      if (mark === '![') images++;
      else if (mark === '](' && images > 0) images--;
      if (images > maxNestedImages) return true;
    }
    if (depth > maxDepth || containerLines > maxContainerLines) return true;
    if (underlines > maxUnderlines || footnotes > maxFootnotes) return true;
  }
  return comparisons + marks ** 2 > maxComparisons;
}

/** What stands before the content of a line: signs of quotes, and of list items where a space follows. */
function containersOf(line: string): { depth: number; contentStart: number } {
  const marker = /[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$))/y;
  let depth = 0;
  let contentStart = 0;
  while (depth <= maxDepth && marker.test(line)) {
    depth++;
    contentStart = marker.lastIndex;
  }
  return { depth, contentStart };
}
