import type { FootnoteDefinition, Html, Nodes } from 'mdast';
import { fates, readHtml } from './incoming-html.ts';
import { type ParsedMarkdown, type Span, spanOf } from './incoming-markdown.ts';

/** A part of raw HTML as it stands in the source: its fate, and what takes its place (`null`: an image). */
export interface HtmlPart extends Span {
  readonly fate: number;
  readonly text: string | null;
}

/** What of a document a person sees once it is rendered, be it hidden by HTML far away. */
export interface Page {
  /** Whether a leaf of the tree (text, code, image, call of a footnote) is seen. */
  readonly isSeen: (leaf: Nodes) => boolean;
  /** All parts of raw HTML, from its first character to its last. */
  readonly partsOf: (html: Html) => readonly HtmlPart[];
  /** Footnotes that the text calls, in the order in which they are numbered and shown. */
  readonly footnotes: ReadonlySet<FootnoteDefinition>;
}

/**
 * Writes a document as the HTML that GitHub would make of it and reads that again.
 *
 * A leaf is written as one letter, as only its place matters: text can neither open nor close anything.
 */
export function renderPage(parsed: ParsedMarkdown, isCut: boolean): Page {
  const writer = new Writer(parsed);
  writer.write(parsed.tree);
  // Footnotes stand at the end of the page, so what is open there hides them.
  for (const footnote of writer.footnotes) writer.writeAll(footnote.children);
  const html = writer.parts.join('');
  const { fate, tags } = readHtml(html, [...writer.raw.values()], isCut);
  return {
    isSeen: (leaf) => fate[writer.leaves.get(leaf) ?? -1] === fates.text,
    partsOf: (node) => {
      const range = writer.raw.get(node);
      return range === undefined ? [] : htmlParts(parsed, node, range.start, fate, tags);
    },
    footnotes: writer.footnotes,
  };
}

class Writer {
  readonly parts: string[] = [];
  readonly leaves = new Map<Nodes, number>();
  readonly raw = new Map<Nodes, Span>();
  readonly footnotes = new Set<FootnoteDefinition>();
  readonly #definitions = new Map<string, FootnoteDefinition>();
  #length = 0;

  constructor({ tree }: ParsedMarkdown) {
    this.#define(tree);
  }

  #define(node: Nodes): void {
    if (node.type === 'footnoteDefinition' && !this.#definitions.has(node.identifier))
      this.#definitions.set(node.identifier, node);
    if ('children' in node) for (const child of node.children) this.#define(child);
  }

  writeAll(nodes: readonly Nodes[]): void {
    for (const node of nodes) this.write(node);
  }

  write(node: Nodes): void {
    const element = elementOf(node);
    if (node.type === 'html') {
      const start = this.#length;
      this.#add(node.value);
      this.raw.set(node, { start, end: this.#length });
    } else if (node.type === 'break' || node.type === 'thematicBreak') this.#add('<br />');
    else if (node.type === 'definition' || node.type === 'footnoteDefinition') return;
    else if ('children' in node) {
      this.#add(element === '' ? '' : `<${element}>`);
      this.writeAll(node.children);
      this.#add(element === '' ? '' : `</${element}>`);
    } else this.#leaf(node);
  }

  #leaf(node: Nodes): void {
    if (node.type === 'footnoteReference') this.#call(node.identifier);
    this.leaves.set(node, this.#length);
    this.#add('x');
  }

  #call(identifier: string): void {
    const footnote = this.#definitions.get(identifier);
    if (footnote !== undefined) this.footnotes.add(footnote);
  }

  #add(html: string): void {
    this.parts.push(html);
    this.#length += html.length;
  }
}

function elementOf(node: Nodes): string {
  switch (node.type) {
    case 'paragraph':
      return 'p';
    case 'heading':
      return `h${node.depth}`;
    case 'blockquote':
      return 'blockquote';
    case 'list':
      return node.ordered === true ? 'ol' : 'ul';
    case 'listItem':
      return 'li';
    case 'table':
      return 'table';
    case 'tableRow':
      return 'tr';
    case 'tableCell':
      return 'td';
    case 'link':
    case 'linkReference':
      return 'a';
    default:
      return '';
  }
}

function htmlParts(
  { source, spelled }: ParsedMarkdown,
  node: Html,
  from: number,
  fate: Uint8Array,
  tags: ReadonlyMap<number, string | null>,
): HtmlPart[] {
  const place = placesIn(spelled, node);
  // Where the lines of the value cannot be found in the source, none of it is kept.
  if (place === null) return [{ ...spanOf(node), fate: fates.hidden, text: '' }];
  const parts: HtmlPart[] = [];
  let start = 0;
  for (let index = 1; index <= node.value.length; index++) {
    const isTag = fate[from + index] === fates.tag && tags.has(from + index);
    if (index < node.value.length && fate[from + index] === fate[from + start] && !isTag) continue;
    const range = { start: place(start), end: place(index) };
    const part = fate[from + start] ?? fates.hidden;
    const kept = part === fates.tag ? tags.get(from + start) : undefined;
    const text = kept !== undefined ? kept : part === fates.text ? source.slice(range.start, range.end) : '';
    parts.push({ ...range, fate: part, text });
    start = index;
  }
  return parts;
}

/**
 * Where each character of raw HTML stands in the source. Within quotes and lists its lines have lost what stands before
 * them there (`> `, spaces), so each is the end of a line of the source.
 */
function placesIn(source: string, node: Html): ((index: number) => number) | null {
  const { start, end } = spanOf(node);
  const lines = node.value.split('\n');
  const sourceLines = source.slice(start, end).split('\n');
  if (lines.length !== sourceLines.length) return null;
  const starts: { readonly value: number; readonly source: number; readonly at: number }[] = [];
  let value = 0;
  let at = start;
  for (const [index, line] of lines.entries()) {
    const sourceLine = sourceLines[index] ?? '';
    if (!sourceLine.endsWith(line.trimStart())) return null;
    starts.push({ value, at, source: at + sourceLine.length - line.length });
    value += line.length + 1;
    at += sourceLine.length + 1;
  }
  let line = 0;
  return (index) => {
    if (index === node.value.length) return end;
    while ((starts[line + 1]?.value ?? Number.POSITIVE_INFINITY) <= index) line++;
    while ((starts[line]?.value ?? 0) > index) line--;
    const found = starts[line];
    return found === undefined ? start : Math.max(found.at, found.source + index - found.value);
  };
}
