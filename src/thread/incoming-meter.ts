import type { Options } from 'mdast-util-from-markdown';

/**
 * A bound on the work of parsing Markdown.
 *
 * The parser has none of its own, and its time grows with the square of what is nested, closed or left open. Constructs
 * that never match stand where that work is done and count it: in steps, not in seconds, so that the same text always
 * ends in the same place. The prices are measured: the whole meter lasts for half a second to a second, and a change log
 * as long as GitHub takes it, with two links in each line, needs two thirds of it.
 */

export interface Meter {
  left: number;
}

export const newMeter = (): Meter => ({ left: 150_000_000 });

/** The parser was stopped at `offset`. */
export class TangledMarkdown extends Error {
  override readonly name = 'TangledMarkdown';
  readonly offset: number;

  constructor(offset: number) {
    super(`the Markdown is too tangled at ${offset}`);
    this.offset = offset;
  }
}

export type ParserExtension = Exclude<NonNullable<Options['extensions']>[number], readonly unknown[]>;
type Construct = Exclude<NonNullable<ParserExtension['text']>[number], readonly unknown[] | undefined>;

/** Where the parser stands. */
interface Stand {
  /** How much it has found in this part of the document: what it copies, moves or searches again and again. */
  readonly events: number;
  readonly offset: number;
  readonly isAfterLazyLine: boolean;
  /** The part of the document that it is in. */
  readonly part: object;
}

/**
 * @throws {TangledMarkdown} out of the parser, when the meter is used up.
 */
export function metered(meter: Meter, source: string): ParserExtension {
  const priced = (price: (stand: Stand) => number): Construct => ({
    tokenize(_effects, _ok, nok) {
      return (code) => {
        const { offset, line } = this.now();
        const isAfterLazyLine = this.parser.lazy[line - 1] === true;
        meter.left -= price({ events: this.events.length, offset, isAfterLazyLine, part: this });
        if (meter.left < 0) throw new TangledMarkdown(offset);
        return nok(code);
      };
    },
  });
  const list = priced(({ events, offset }) => 3 * events + 120 * lengthAt(source, offset, rule));
  const quote = priced(({ events }) => 1.2 * events);
  const line = priced(({ events, isAfterLazyLine }) => 10_000 + (isAfterLazyLine ? 6 : 0.5) * events);
  const underline = priced(({ events }) => 5 * events);
  return {
    document: { ...keyed('*+-0123456789', list), ...keyed('>[', quote), null: line },
    flow: keyed('=-', underline),
    text: pricedText(source, priced),
  };
}

function pricedText(source: string, priced: (price: (stand: Stand) => number) => Construct) {
  const openLabels = new WeakMap<object, number>();
  const label = priced(({ part }) => {
    openLabels.set(part, (openLabels.get(part) ?? 0) + 1);
    return 0;
  });
  const labelEnd = priced(({ events, offset, part }) => {
    openLabels.set(part, Math.max(0, (openLabels.get(part) ?? 0) - 1));
    return events + (lengthAt(source, offset, titled) > 0 ? 4 * (source.length - offset) : 0);
  });
  // Stands behind all others, so it is asked where nothing matched: the rest may have been read in vain.
  const nothing = priced(({ events, offset, part }) => {
    const isUnclosed = source[offset] === '`' || /^<[!?]/.test(source.slice(offset, offset + 2));
    // Before each address, the parser goes back to the last label that is still open.
    const isAfterLabel = /[hw]/i.test(source[offset] ?? '') && (openLabels.get(part) ?? 0) > 0;
    return (isAfterLabel ? 2 * events : events / 6) + (isUnclosed ? 8 * (source.length - offset) : 0);
  });
  return { ...keyed('[!', label), ...keyed(']', labelEnd), null: nothing };
}

const keyed = (characters: string, construct: Construct) =>
  Object.fromEntries([...characters].map((character) => [character.charCodeAt(0), construct]));

/** As far as a line may yet be a thematic break, which the parser finds out again at each of its marks. */
const rule = /[-*\t ]+/y;

/** The end of a link up to its title, which the parser looks for the end of. */
const titled = /\]\(\s*(?:<[^<>\n]{0,999}>|[^\s<]\S{0,999})?\s+["'(]/y;

function lengthAt(source: string, offset: number, pattern: RegExp): number {
  pattern.lastIndex = offset;
  return pattern.exec(source)?.[0].length ?? 0;
}
