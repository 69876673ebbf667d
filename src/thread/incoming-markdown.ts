import type { Nodes, Root } from 'mdast';
import { fromMarkdown, type Extension as TreeExtension, type Options } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

/** Markdown as GitHub reads it, with the places in the source that a tree alone does not tell. */

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface ParsedMarkdown {
  readonly source: string;
  readonly tree: Root;
  /** Behind the text of a link: `(url "title")`, `[label]` or `[]`. */
  readonly tails: ReadonlyMap<Nodes, Range>;
  /** Labels of footnotes and of the calls for them. */
  readonly labels: ReadonlyMap<Nodes, Range>;
  /** What stands behind the fence that opens a code block. */
  readonly infos: ReadonlyMap<Nodes, Range>;
  /** Character references outside of code and raw HTML. */
  readonly references: readonly Range[];
}

/** The parser was stopped: it would have taken too long from `offset` on. */
export class TangledMarkdown extends Error {
  override readonly name = 'TangledMarkdown';
  readonly offset: number;

  constructor(offset: number) {
    super(`the Markdown is too tangled at ${offset}`);
    this.offset = offset;
  }
}

/** Counts the work of parsing in steps; many thousand times what an honest issue takes is about half a second. */
export interface Meter {
  left: number;
}

export const newMeter = (): Meter => ({ left: 50_000_000 });

const maxDepth = 1_000;

/**
 * @throws {TangledMarkdown} when the meter is used up.
 */
export function parseMarkdown(source: string, meter: Meter): ParsedMarkdown {
  const tails = new Map<Nodes, Range>();
  const labels = new Map<Nodes, Range>();
  const infos = new Map<Nodes, Range>();
  const references: Range[] = [];
  const places: TreeExtension = {
    beforeEnter(token) {
      const node = this.stack.at(-1) as Nodes;
      const range = { start: token.start.offset, end: token.end.offset };
      if (this.stack.length > maxDepth) throw new TangledMarkdown(range.start);
      const type: string = token.type;
      if (type === 'resource' || type === 'reference') tails.set(node, range);
      else if (type === 'gfmFootnoteCallString' || type === 'gfmFootnoteDefinitionLabelString') labels.set(node, range);
      else if (type === 'codeFencedFenceInfo') infos.set(node, range);
      else if (type === 'codeFencedFenceMeta') infos.set(node, { start: infos.get(node)?.start ?? range.start, end: range.end });
      else if (type === 'characterReference') references.push(range);
    },
  };
  const tree = fromMarkdown(withElderSource(source), {
    extensions: [gfm(), plain, metered(meter, source)],
    mdastExtensions: [...gfmTree, places],
  });
  return { source, tree, tails, labels, infos, references };
}

/** GitHub's CommonMark (0.29) opens a block of HTML at `<source`, the parser's (0.31) does not; `<option` does in both. */
const withElderSource = (text: string): string => text.replaceAll(/(<\/?)source(?=[\s/>]|$)/gi, '$1option');

/** Transforms would make nodes that have no place in the source. */
const gfmTree = gfmFromMarkdown().map(({ transforms: _, ...extension }) => extension);

type ParserExtension = Exclude<NonNullable<Options['extensions']>[number], readonly unknown[]>;

/** Emphasis and addresses hide nothing and end nothing that does, and are most of the work in hostile text. */
const plain: ParserExtension = { disable: { null: ['attention', 'strikethrough', 'emailAutolink'] } };

/**
 * The parser has no bound of its own, and its time grows with the square of what is nested, opened or left open.
 * Constructs that never match see where that work is done, and count it: the same text always costs the same.
 */
function metered(meter: Meter, source: string): ParserExtension {
  const before = (price: (events: number, place: Place, isLazy: boolean) => number): Construct => ({
    tokenize(_effects, _ok, nok) {
      return (code) => {
        const place = this.now();
        meter.left -= price(this.events.length, place, this.parser.lazy[place.line - 1] === true);
        if (meter.left < 0) throw new TangledMarkdown(place.offset);
        return nok(code);
      };
    },
  });
  const rest = ({ offset }: Place): number => source.length - offset;
  const at = (offset: number): string => source[offset] ?? '';
  const keyed = (characters: string, construct: Construct) =>
    Object.fromEntries([...characters].map((character) => [character.charCodeAt(0), construct]));
  const opensContainer = before((events, { offset }) => 2 * events + 30 * ruleLength(source, offset));
  const underlines = before((events) => 5 * events);
  const closesLabel = before((events, place) => events + (at(place.offset + 1) === '(' ? rest(place) / 2 : 0));
  // Comes last, so it is asked where nothing else matched: the rest of the text may have been read in vain.
  const isText = before((events, place) => {
    const character = at(place.offset);
    if (character === '`' || (character === '<' && /[!?]/.test(at(place.offset + 1)))) return events / 64 + 2 * rest(place);
    return /[hw]/i.test(character) ? events : events / 64;
  });
  return {
    document: { ...keyed('>*+-[0123456789', opensContainer), null: before((events, _, isLazy) => (isLazy ? 3 * events : 0)) },
    flow: keyed('=-', underlines),
    text: { ...keyed(']', closesLabel), null: isText },
  };
}

/** How far a line may yet be a thematic break, which the parser finds out again at each of its marks. */
function ruleLength(source: string, offset: number): number {
  const rule = /[-*\t ]*/y;
  rule.lastIndex = offset;
  return rule.exec(source)?.[0].length ?? 0;
}

interface Place {
  readonly line: number;
  readonly offset: number;
}

type Construct = Exclude<NonNullable<ParserExtension['text']>[number], readonly unknown[] | undefined>;
