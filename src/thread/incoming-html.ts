import { type Token, Tokenizer } from 'parse5';
import type { Span } from './incoming-markdown.ts';

/**
 * What of a page's HTML a person sees.
 *
 * GitHub removes attributes and tags it does not know, and what it keeps must mean the same to every browser. Where two
 * readings of broken HTML differ, the one that hides more counts.
 */

/** The fate of each character of the page, by number, so that it fits in an array of bytes. */
export const fates = { hidden: 0, text: 1, comment: 2, markup: 3, tag: 4 } as const;

export interface SeenHtml {
  readonly fate: Uint8Array;
  /** What stands in the place of a tag that stays, by where it begins; an image is `null`. */
  readonly tags: ReadonlyMap<number, string | null>;
}

/** Elements that GitHub keeps. Any other name is an attacker's word that nobody sees. */
const known = new Set(
  (
    'a abbr b bdo blockquote br caption center cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 ' +
    'h5 h6 hr i img ins kbd li mark ol p picture pre q rt ruby s samp small span strike strong sub summary sup table ' +
    'tbody td tfoot th thead time tr tt u ul var wbr'
  ).split(' '),
);

/** GitHub shows these tags as text (GFM, section 6.11). Between two of them we take the safe side; one alone is text. */
const filtered = new Set('iframe noembed noframes plaintext script style textarea title xmp'.split(' '));

const neverShown = new Set([
  ...filtered,
  ...'applet audio canvas datalist dialog head math meter noscript object progress rp svg template video'.split(' '),
]);

/** Of these, one that is left open hides what follows too, in browsers or for the program that cleans up for them. */
const hidingOpen = new Set(['rp', 'template', 'textarea']);

const empty = new Set(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr'.split(' '),
);

/** Each makes its text smaller, or pushes it to the right: four of the first or forty of the second leave nothing to read. */
const tolls: Readonly<Record<string, number>> = {
  rt: 10,
  small: 10,
  sub: 10,
  sup: 10,
  blockquote: 1,
  dd: 1,
  ol: 1,
  ul: 1,
};
const maxToll = 39;

const hidingStyle = /(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*0)/i;

interface PageToken extends Span {
  readonly kind: 'start' | 'end' | 'text' | 'comment';
  readonly name: string;
  readonly isHiding: boolean;
}

/**
 * @param raw the parts of the page that its author wrote as HTML; all others are well-formed.
 * @param isCut when more may have followed, where what is open was closed.
 */
export function readHtml(html: string, raw: readonly Span[], isCut: boolean): SeenHtml {
  const fate = new Uint8Array(html.length);
  const tags = new Map<number, string | null>();
  const tokens = finished(tokenize(html), html, raw);
  const lastEnd = new Map(tokens.map((token, index) => [token.kind === 'end' ? token.name : '', index]));
  const isHidden = (name: string, index: number) => isCut || hidingOpen.has(name) || (lastEnd.get(name) ?? -1) > index;
  const legibility = new Legibility(raw);
  // How deep each element that hides is open: they may overlap.
  const open = new Map<string, number>();

  for (const [index, token] of tokens.entries()) {
    const { kind, name, start, end } = token;
    legibility.read(token);
    const depth = open.get(name) ?? 0;
    const isHiding = depth > 0 || token.isHiding || (neverShown.has(name) && isHidden(name, index));
    if (kind === 'comment') fate.fill(fates.comment, start, end);
    else if (kind === 'text') fate.fill(open.size === 0 && legibility.isKept ? fates.text : fates.hidden, start, end);
    else if (kind === 'start' && isHiding) {
      if (!empty.has(name)) open.set(name, depth + 1);
    } else if (kind === 'start' && open.has('rp')) {
      // The one element that GitHub keeps and browsers hide: what is not plainly closed is not closed.
      open.set('rp', Number.POSITIVE_INFINITY);
    } else if (kind === 'end' && depth > 0) {
      if (depth === 1) open.delete(name);
      else open.set(name, depth - 1);
    } else if (open.size === 0) {
      const isKept = known.has(name) || filtered.has(name);
      fate.fill(isKept ? fates.tag : fates.markup, start, end);
      if (isKept) tags.set(start, name === 'img' ? null : bareTag(html.slice(start, end), kind, name));
    }
  }
  for (const chunk of raw) fillComments(fate, html, chunk);
  return { fate, tags };
}

function bareTag(source: string, kind: PageToken['kind'], name: string): string {
  return /^<\/?[a-z0-9]+\s*\/?>$/i.test(source) ? source : `<${kind === 'end' ? '/' : ''}${name}>`;
}

/** Whether text can still be read where it stands. Raw tags count until the block around them ends, which closes them. */
class Legibility {
  readonly #raw: readonly Span[];
  readonly #blocks: { readonly name: string; readonly toll: number }[] = [];
  #chunk = 0;
  #toll = 0;

  constructor(raw: readonly Span[]) {
    this.#raw = raw;
  }

  get isKept(): boolean {
    return this.#toll <= maxToll;
  }

  read({ kind, name, start }: PageToken): void {
    while ((this.#raw[this.#chunk]?.end ?? Number.POSITIVE_INFINITY) <= start) this.#chunk++;
    const isRaw = (this.#raw[this.#chunk]?.start ?? Number.POSITIVE_INFINITY) <= start;
    const toll = Object.hasOwn(tolls, name) ? (tolls[name] ?? 0) : 0;
    if (kind === 'start') {
      if (!isRaw && !empty.has(name)) this.#blocks.push({ name, toll: this.#toll });
      this.#toll += toll;
    } else if (kind === 'end' && isRaw) this.#toll = Math.max(0, this.#toll - toll);
    else if (kind === 'end' && this.#blocks.at(-1)?.name === name) this.#toll = this.#blocks.pop()?.toll ?? 0;
  }
}

/**
 * The tokens up to one that its author left open: what follows is in an attribute or not, depending on quotes far away.
 * A comment may stay open, as only raw HTML can end it.
 */
function finished(tokens: readonly PageToken[], html: string, raw: readonly Span[]): readonly PageToken[] {
  let chunk = 0;
  const open = tokens.findIndex(({ kind, start, end }) => {
    while ((raw[chunk]?.end ?? Number.POSITIVE_INFINITY) <= start) chunk++;
    const { start: from, end: to } = raw[chunk] ?? { start: html.length, end: html.length };
    return from <= start && end > to && kind !== 'text' && !html.startsWith('<!--', start);
  });
  return open < 0 ? tokens : tokens.slice(0, open);
}

/** A comment is as long as its longest reading: `<!-->`, `--!>` and a lone `>` end one for some parsers only. */
function fillComments(fate: Uint8Array, html: string, { start, end }: Span): void {
  const chunk = html.slice(start, end);
  for (const { opener, closer, open } of comments) {
    let at = chunk.indexOf(opener);
    while (at >= 0) {
      const close = chunk.indexOf(closer, at + opener.length);
      const next = close >= 0 ? close + closer.length : open === 'hides' ? chunk.length : at;
      fate.fill(fates.comment, start + at, start + next);
      at = next === at ? -1 : chunk.indexOf(opener, next);
    }
  }
}

/** An open `<?` is no comment to its end: code that somebody pasted has one, and all but a line of it is shown. */
const comments = [
  { opener: '<!--', closer: '-->', open: 'hides' },
  { opener: '<![CDATA[', closer: ']]>', open: 'hides' },
  { opener: '<?', closer: '?>', open: 'shows' },
] as const;

/** All of the page is read as data, as on GitHub, where no tag that would change that is left. */
function tokenize(html: string): PageToken[] {
  const tokens: PageToken[] = [];
  const add = (kind: PageToken['kind'], { location }: Token.Token, name = '', isHiding = false) => {
    if (location !== null) tokens.push({ kind, name, start: location.startOffset, end: location.endOffset, isHiding });
  };
  const text = (token: Token.CharacterToken) => add('text', token);
  const tokenizer = new Tokenizer(
    { sourceCodeLocationInfo: true },
    {
      onStartTag: (token) => add('start', token, token.tagName, isHiding(token)),
      onEndTag: (token) => add('end', token, token.tagName),
      onComment: (token) => add('comment', token),
      onDoctype: (token) => add('comment', token),
      onEof: () => {},
      onCharacter: text,
      onNullCharacter: text,
      onWhitespaceCharacter: text,
    },
  );
  tokenizer.write(html, true);
  return tokens;
}

const isHiding = ({ attrs }: Token.TagToken): boolean =>
  attrs.some(({ name, value }) => name === 'hidden' || (name === 'style' && hidingStyle.test(value)));
