import type { Code, Link, LinkReference, Nodes, Root } from 'mdast';
import { cut, fenced, isFenced } from './fenced.ts';
import { bracketed, isKnownTarget, targetName } from './link-targets.ts';
import { contentSpan, nodesOf, parseMarkdown, type Span, spanOf } from './markdown-tree.ts';
import { codeInstead, type Draft, type Edit, invisible, textEdits, withoutTail } from './neutral-text.ts';

const maxLength = 65_536;
const maxRounds = 6;

/**
 * Markdown of strangers or models, made safe to stand among our own: it pings nobody, leaves no trace in other
 * repositories, shows no image and no HTML, links to known hosts and to itself only, and ends the code it begins.
 * Words, headlines, lists, tables and code stay.
 *
 * Never throws. What would take the parser too long, or is not neutral after six rounds, or grows above what GitHub
 * takes, is shown as code. Idempotent.
 */
export function neutralMarkdown(text: string, options: { readonly knownHosts: readonly string[] }): string {
  const knownHosts = new Set(options.knownHosts);
  const clean = text.replaceAll(/\r\n?/g, '\n').replaceAll(/[\0\ufeff]/g, '');
  if (clean.length <= maxLength && isFenced(clean)) return clean;
  let source = cut(clean, maxLength - 100);
  for (let round = 0; round < maxRounds && source.length <= maxLength; round++) {
    const root = parseMarkdown(source);
    if (root === null) break;
    const edits = editsFor(root, { source, knownHosts });
    if (edits.length === 0) return source;
    source = applied(source, edits);
  }
  // Room for the note on the cut, for the fences, and for what keeps runs of backticks short.
  return fenced(clean, 'text', maxLength - 1_600);
}

function applied(source: string, edits: Edit[]): string {
  edits.sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let done = 0;
  const append = (text: string) => {
    // Two code spans side by side would be none.
    result += result.endsWith('`') && text.startsWith('`') ? ` ${text}` : text;
  };
  for (const { start, end, text } of edits) {
    append(source.slice(done, start));
    append(text);
    done = end;
  }
  append(source.slice(done));
  return result;
}

function editsFor(root: Root, draft: Draft): Edit[] {
  const nodes = [...nodesOf(root, draft.source)];
  const targets = new Map<string, string>();
  for (const node of nodes) {
    // The first one counts.
    if (node.type === 'definition' && !targets.has(node.identifier)) targets.set(node.identifier, node.url);
  }
  return [...nodes.flatMap((node) => nodeEdits(node, draft, targets)), ...openFenceEdits(root, draft)];
}

function nodeEdits(node: Nodes, draft: Draft, targets: ReadonlyMap<string, string>): Edit[] {
  const span = spanOf(node);
  switch (node.type) {
    case 'text':
      return textEdits(draft, span);
    case 'html':
      return placesOf(draft.source, '<', span).map((start) => ({ start, end: start + 1, text: '&lt;' }));
    case 'image':
    case 'imageReference':
      return [{ ...span, text: asText(node.alt ?? '') }];
    case 'link':
      return linkEdits(node, draft);
    case 'linkReference':
      return referenceEdits(node, draft, targets.get(node.identifier) ?? '');
    case 'definition':
      // It would serve our own brackets too, and those of other quotes. Known targets have moved to their links.
      return [{ ...span, text: '' }];
    case 'footnoteDefinition':
    case 'footnoteReference':
      // A footnote goes to the end of the whole comment, among our own words.
      return [{ start: span.start, end: span.start, text: '\\' }];
    case 'code':
      return languageEdits(node, draft);
    default:
      return [];
  }
}

function linkEdits(node: Link, draft: Draft): Edit[] {
  const span = spanOf(node);
  if (draft.source[span.start] === '[') return isKnown(node.url, draft) ? [] : unwrapped(node);
  if (isKnown(node.url, draft) && isKnown(wholeAddress(draft.source, span), draft)) return [];
  const written = draft.source.slice(span.start, span.end).replace(/^<(.*)>$/, '$1');
  if (/^(?:mailto|xmpp):/i.test(node.url)) {
    return [{ ...span, text: asText(written).replaceAll(/@(?!\u200b)/g, `@${invisible}`) }];
  }
  return [codeInstead(span, targetName(node.url, draft.knownHosts))];
}

/** Up to the next space or tag: GitHub's parser may end an address later than ours. */
function wholeAddress(source: string, { start, end }: Span): string {
  if (source[start] === '<') return source.slice(start + 1, end - 1);
  const space = /[ \t\n<]/g;
  space.lastIndex = end;
  return withoutTail(source.slice(start, space.exec(source)?.index));
}

const isKnown = (url: string, { knownHosts }: Draft): boolean => isKnownTarget(url, knownHosts);

function referenceEdits(node: LinkReference, draft: Draft, url: string): Edit[] {
  const content = contentSpan(node);
  if (content === null || !isKnown(url, draft)) return unwrapped(node);
  const { start, end } = spanOf(node);
  return [
    { start, end: content.start, text: '[' },
    { start: content.end, end, text: `](${bracketed(url)})` },
  ];
}

/** The text of the link stays. */
function unwrapped(node: Link | LinkReference): Edit[] {
  const { start, end } = spanOf(node);
  const content = contentSpan(node);
  if (content === null) return [{ start, end, text: '' }];
  return [
    { start, end: content.start, text: '' },
    { start: content.end, end, text: '' },
  ];
}

/** GitHub draws these, with links and pictures inside, or offers a button for them. */
const drawn: ReadonlySet<string> = new Set(['mermaid', 'geojson', 'topojson', 'stl', 'math', 'suggestion']);

function languageEdits(node: Code, { source }: Draft): Edit[] {
  if (!drawn.has(/^[a-z]*/.exec((node.lang ?? '').toLowerCase())?.[0] ?? '')) return [];
  const { start, end } = spanOf(node);
  const [line = ''] = source.slice(start, end).split('\n', 1);
  const fence = /^[ \t]*(?:`+|~+)/.exec(line)?.[0] ?? '';
  return [{ start: start + fence.length, end: start + line.length, text: 'text' }];
}

function openFenceEdits(root: Root, { source }: Draft): Edit[] {
  const text = endOfOpenFence(root, source);
  return text === '' ? [] : [{ start: source.length, end: source.length, text }];
}

/**
 * What ends the code block that a text leaves open, or nothing. Only a block of the document itself goes on behind the
 * text: one in a list or in a quote ends with that.
 */
export function endOfOpenFence(root: Root, source: string): string {
  const last = root.children.at(-1);
  if (last?.type !== 'code') return '';
  const { start, end } = spanOf(last);
  const [first = '', ...rest] = source.slice(start, end).split('\n');
  const fence = /^ *(`{3,}|~{3,})/.exec(first)?.[1];
  if (fence === undefined) return '';
  const ending = /^ {0,3}(`+|~+)[ \t]*$/.exec(rest.at(-1) ?? '')?.[1];
  if (ending?.startsWith(fence)) return '';
  return `${source.endsWith('\n') ? '' : '\n'}${fence}`;
}

/** Words as Markdown that shows them; they may be emphasised. */
const asText = (text: string): string =>
  text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`[\]<>#|!&]/g, '\\$&');

function placesOf(source: string, sign: string, { start, end }: Span): number[] {
  const places: number[] = [];
  for (let at = source.indexOf(sign, start); at >= 0 && at < end; at = source.indexOf(sign, at + 1)) places.push(at);
  return places;
}
