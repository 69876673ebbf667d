import type { Nodes, Root } from 'mdast';
import { fromMarkdown, type Extension as TreeExtension } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { type Meter, metered, type ParserExtension, TangledMarkdown } from './incoming-meter.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Markdown as GitHub reads it, with the places in the source that a tree alone does not tell. */
export interface ParsedMarkdown {
  readonly source: string;
  /** The source as the parser read it: same places, with tags spelled otherwise. */
  readonly spelled: string;
  readonly tree: Root;
  /** Behind the text of a link: `(url "title")`, `[label]` or `[]`. */
  readonly tails: ReadonlyMap<Nodes, Span>;
  /** Labels of footnotes and of the calls for them. */
  readonly labels: ReadonlyMap<Nodes, Span>;
  /** What stands behind the fence that opens a code block. */
  readonly infos: ReadonlyMap<Nodes, Span>;
  /** Character references outside of code and raw HTML. */
  readonly references: readonly Span[];
  /** Cells beyond the columns of their table, which are in no page; the tree does not have them. */
  readonly overflow: readonly Span[];
}

const maxDepth = 1_000;

/**
 * @throws {TangledMarkdown} when the meter is used up.
 */
export function parseMarkdown(source: string, meter: Meter): ParsedMarkdown {
  const tails = new Map<Nodes, Span>();
  const labels = new Map<Nodes, Span>();
  const infos = new Map<Nodes, Span>();
  const references: Span[] = [];
  const places: TreeExtension = {
    beforeEnter(token) {
      const node = this.stack.at(-1) as Nodes;
      const range = { start: token.start.offset, end: token.end.offset };
      if (this.stack.length > maxDepth) throw new TangledMarkdown(range.start);
      const type: string = token.type;
      if (type === 'resource' || type === 'reference') tails.set(node, range);
      else if (type === 'gfmFootnoteCallString' || type === 'gfmFootnoteDefinitionLabelString') labels.set(node, range);
      else if (type === 'codeFencedFenceInfo') infos.set(node, range);
      else if (type === 'codeFencedFenceMeta')
        infos.set(node, { ...range, start: infos.get(node)?.start ?? range.start });
      else if (type === 'characterReference') references.push(range);
    },
  };
  const spelled = inElderSpelling(source);
  const tree = fromMarkdown(spelled, {
    extensions: [gfm(), plain, metered(meter, source)],
    mdastExtensions: [...gfmTree, places],
  });
  return { source, spelled, tree, tails, labels, infos, references, overflow: withoutOverflow(tree) };
}

/** Where a node stands; each has a place, as no transform makes new ones. */
export const spanOf = (node: Nodes): Span => ({
  start: node.position?.start.offset ?? 0,
  end: node.position?.end.offset ?? 0,
});

function withoutOverflow(node: Nodes): Span[] {
  if (!('children' in node)) return [];
  if (node.type !== 'table') return node.children.flatMap(withoutOverflow);
  const columns = node.children[0]?.children.length ?? 0;
  return node.children.flatMap((row) => row.children.splice(columns).map(spanOf));
}

const gfmTree = gfmFromMarkdown().map(({ transforms: _, ...extension }) => extension);

/** Emphasis and addresses hide nothing and end nothing that does, and are most of the work in hostile text. */
const plain: ParserExtension = { disable: { null: ['attention', 'strikethrough', 'emailAutolink'] } };

/** GitHub's CommonMark (0.29) opens a block of HTML at `<source`, the parser's (0.31) does not; both do at `<option`. */
const inElderSpelling = (text: string): string => text.replaceAll(/(<\/?)source(?=[\s/>]|$)/gi, '$1option');
