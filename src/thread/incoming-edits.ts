import type { Code, Definition, Html, Link, LinkReference, Nodes, Parents } from 'mdast';
import { fates } from './incoming-html.ts';
import { type ParsedMarkdown, type Span, spanOf } from './incoming-markdown.ts';
import { type Page, renderPage } from './incoming-page.ts';
import { isBlank, visibleReference } from './invisible.ts';

export type HiddenKind =
  | 'comment'
  | 'invisible'
  | 'image-text'
  | 'title'
  | 'data-uri'
  | 'hidden-html'
  | 'attribute'
  | 'definition'
  | 'cut';

/** A change that takes what a person cannot see out of the source of a document. */
export interface Edit extends Span {
  readonly text: string;
  readonly what: HiddenKind;
}

/** What is left of a node for a person: nothing, only structure (an empty tag), or something to see. */
type Rest = 0 | 1 | 2;

/** Blocks of code that GitHub draws: what is written there is not what is seen. */
const drawn = new Set(['geojson', 'math', 'mermaid', 'stl', 'topojson']);
const maxUrlLength = 300;

/**
 * The changes that leave only what a person sees; one may stand within another.
 *
 * Formulas come last, when all else is settled, as they may begin and end anywhere.
 */
export function hiddenParts(parsed: ParsedMarkdown, isCut: boolean): readonly Edit[] {
  const edits = new Reader(parsed, renderPage(parsed, isCut)).edits();
  return edits.length > 0 ? edits : formulas(parsed.tree, parsed.source);
}

const formula = /\$\$[^$]+\$\$|\$(?!\s)[^$]*[^$\s]\$(?!\w)/g;

/**
 * Formulas that say more than they show. GitHub draws what stands between dollar signs, where commands and comments can
 * hide any text (`\phantom`, `\color`, `%`).
 */
function formulas(node: Nodes, source: string): Edit[] {
  const { start, end } = spanOf(node);
  const isBlockOfText = ['paragraph', 'heading', 'tableCell', 'html'].includes(node.type);
  if (!isBlockOfText) return 'children' in node ? node.children.flatMap((child) => formulas(child, source)) : [];
  const code = codeIn(node);
  return [...source.slice(start, end).matchAll(formula)].flatMap(({ 0: found, index }) => {
    const range = { start: start + index, end: start + index + found.length };
    const isCode = code.some((span) => span.start <= range.start && range.start < span.end);
    const text = isCode ? found : visibleFormula(found, source[range.end]);
    return text === found ? [] : [{ ...range, text, what: 'image-text' as const }];
  });
}

const visibleFormula = (found: string, next?: string): string =>
  /\\[a-z]|%/i.test(found) ? placeholder('formula', next) : found;

/** The same for a text that is not parsed, where code may be taken for a formula. */
export const withoutFormulas = (text: string): string => text.replaceAll(formula, (found) => visibleFormula(found));

function codeIn(node: Nodes): Span[] {
  if (node.type === 'inlineCode') return [spanOf(node)];
  return 'children' in node ? node.children.flatMap(codeIn) : [];
}

class Reader {
  readonly #parsed: ParsedMarkdown;
  readonly #page: Page;
  readonly #definitions = new Map<string, Definition>();
  readonly #numbers = new Map<string, string>();
  #edits: Edit[] = [];

  constructor(parsed: ParsedMarkdown, page: Page) {
    this.#parsed = parsed;
    this.#page = page;
    for (const { identifier } of page.footnotes) this.#numbers.set(identifier, String(this.#numbers.size + 1));
    this.#define(parsed.tree);
  }

  edits(): readonly Edit[] {
    this.#edits = [];
    for (const child of this.#parsed.tree.children) this.#read(child);
    for (const range of this.#parsed.overflow) this.#replace(range, '', 'hidden-html');
    for (const range of this.#parsed.references) {
      const reference = this.#parsed.source.slice(range.start, range.end);
      this.#replace(range, visibleReference(reference), 'invisible');
    }
    return this.#edits;
  }

  #define(node: Nodes): void {
    if (node.type === 'definition' && !this.#definitions.has(node.identifier))
      this.#definitions.set(node.identifier, node);
    if ('children' in node) for (const child of node.children) this.#define(child);
  }

  #read(node: Nodes): Rest {
    switch (node.type) {
      case 'html':
        return this.#readHtml(node);
      case 'definition':
        return this.#remove(node, 'definition');
      case 'thematicBreak':
        return 2;
      case 'break':
        return 1;
      case 'link':
      case 'linkReference':
        return this.#readLink(node);
      case 'footnoteDefinition':
        if (!this.#page.footnotes.has(node)) return this.#remove(node, 'definition');
        this.#number(node, node.identifier);
        return this.#readParent(node);
      default:
        return 'children' in node ? this.#readParent(node) : this.#readLeaf(node);
    }
  }

  #readLeaf(node: Nodes): Rest {
    if (!this.#page.isSeen(node)) return this.#remove(node, 'hidden-html');
    if (node.type === 'text') return isBlank(node.value) ? 0 : 2;
    if (node.type === 'image' || node.type === 'imageReference') this.#picture(spanOf(node));
    else if (node.type === 'code') this.#readCode(node);
    else if (node.type === 'footnoteReference') this.#number(node, node.identifier);
    return 2;
  }

  /** A parent of which nothing is left goes too, with its quote marks, list marks and whatever else it hides. */
  #readParent(node: Parents): Rest {
    const before = this.#edits.length;
    let rest: Rest = node.children.length === 0 ? 1 : 0;
    for (const child of node.children) rest = Math.max(rest, this.#read(child)) as Rest;
    return rest === 0 ? this.#removeAfter(before, node) : rest;
  }

  #readLink(node: Link | LinkReference): Rest {
    const before = this.#edits.length;
    let rest: Rest = 0;
    for (const child of node.children) rest = Math.max(rest, this.#read(child)) as Rest;
    // Without a text there is nothing to see, and nothing to hover over.
    if (rest < 2) return this.#removeAfter(before, node);
    const { end } = spanOf(node);
    const tail = this.#parsed.tails.get(node);
    const target = node.type === 'link' ? node : this.#definitions.get(node.identifier);
    // An address in the text is a link too, and is seen as it is.
    if (target === undefined || (node.type === 'link' && tail === undefined)) return rest;
    const { url, what } = visibleUrl(target.url);
    const hasTitle = typeof target.title === 'string';
    if (hasTitle || url !== target.url || node.type === 'linkReference')
      this.#replace(tail ?? { start: end, end }, `(${url})`, hasTitle ? 'title' : (what ?? 'definition'));
    return rest;
  }

  #readCode(node: Code): void {
    const info = this.#parsed.infos.get(node);
    if (info === undefined) return;
    const language = /^[a-z][\w+#.-]{0,19}(?=\s|$)/i.exec(this.#parsed.source.slice(info.start, info.end))?.[0] ?? '';
    if (drawn.has(language.toLowerCase())) this.#picture(spanOf(node));
    else this.#replace(info, language, 'definition');
  }

  #readHtml(node: Html): Rest {
    let rest: Rest = 0;
    for (const part of this.#page.partsOf(node)) {
      if (part.fate === fates.text) {
        rest = isBlank(part.text ?? '') ? rest : 2;
        this.#replace(part, withoutReferences(part.text ?? ''), 'invisible');
      } else if (part.text === null) {
        rest = 2;
        this.#picture(part);
      } else {
        rest = Math.max(rest, part.fate === fates.tag ? 1 : 0) as Rest;
        this.#replace(part, part.text, kindOf(part.fate));
      }
    }
    return rest;
  }

  /** Labels are words that nobody sees: GitHub shows the number. */
  #number(node: Nodes, identifier: string): void {
    const label = this.#parsed.labels.get(node);
    if (label !== undefined) this.#replace(label, this.#numbers.get(identifier) ?? '0', 'definition');
  }

  #picture(range: Span): void {
    this.#replace(range, placeholder('image', this.#parsed.source[range.end]), 'image-text');
  }

  #replace({ start, end }: Span, text: string, what: HiddenKind): void {
    if (this.#parsed.source.slice(start, end) !== text) this.#edits.push({ start, end, text, what });
  }

  #remove(node: Nodes, what: HiddenKind): Rest {
    this.#replace(spanOf(node), '', what);
    return 0;
  }

  #removeAfter(before: number, node: Nodes): Rest {
    const what = this.#edits[before]?.what ?? 'invisible';
    this.#edits.length = before;
    return this.#remove(node, what);
  }
}

const kindOf = (fate: number): HiddenKind =>
  fate === fates.comment ? 'comment' : fate === fates.hidden ? 'hidden-html' : 'attribute';

const withoutReferences = (html: string): string =>
  html.replaceAll(/&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31});?/g, visibleReference);

/** What stands for something that is no text, so that it cannot become a link or a definition with what follows. */
export const placeholder = (name: string, next = ''): string => (/[:([]/.test(next) ? `[${name}] ` : `[${name}]`);

/**
 * The address of a link, as far as a person who points at it sees it. GitHub links to web and mail addresses and within
 * itself; whatever is not plain is escaped, so that it can stand between parentheses in a table.
 */
function visibleUrl(url: string): { readonly url: string; readonly what: HiddenKind | null } {
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'data') return { url: '', what: 'data-uri' };
  if (scheme !== undefined && !['http', 'https', 'mailto'].includes(scheme)) return { url: '', what: 'attribute' };
  const plain = url.replaceAll(/[\s\p{Cc}<>()\\`|]|&(?=#?\w+;)/gu, percentEncoded);
  if (plain.length <= maxUrlLength) return { url: plain, what: null };
  return { url: `${plain.slice(0, maxUrlLength - 1).toWellFormed()}…`, what: 'cut' };
}

function percentEncoded(character: string): string {
  const code = character.charCodeAt(0);
  return code < 128 ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : '%20';
}
