/**
 * A TOML file by its sections, each the verbatim text from a header to the next one. The first has no header.
 *
 * Not a parser of values: it only knows where statements and strings end, so that no line of a value passes for a
 * header. What it does not understand without doubt it refuses.
 */
export interface TomlSection {
  /** The header's keys; none for what stands before the first header. */
  readonly path: readonly string[];
  readonly isArrayItem: boolean;
  readonly text: string;
  readonly statements: readonly TomlStatement[];
}

export interface TomlStatement {
  /** The keys with those of the header before them. */
  readonly path: readonly string[];
  readonly text: string;
}

/** Cuts a file at its headers, or null when any doubt is left how a TOML reader would. Takes linear time. */
export function tomlSections(text: string): readonly TomlSection[] | null {
  // Readers differ in what these two are.
  if (/\r(?!\n)/.test(text) || text.startsWith('\uFEFF')) return null;
  const sections: { path: string[]; isArrayItem: boolean; start: number; statements: TomlStatement[] }[] = [];
  sections.push({ path: [], isArrayItem: false, start: 0, statements: [] });
  let at = 0;
  while (at < text.length) {
    const start = skipBlank(text, at);
    if (start >= text.length) break;
    if (isLineEnd(text, start)) {
      at = afterLine(text, start);
      continue;
    }
    const section = sections.at(-1)!;
    if (text[start] === '[') {
      const header = readHeader(text, start);
      if (header === null) return null;
      sections.push({
        path: header.keys,
        isArrayItem: header.isArrayItem,
        start: lineStart(text, start),
        statements: [],
      });
      at = header.end;
    } else {
      const keys = readKeys(text, start);
      if (keys === null || text[keys.end] !== '=' || isLineEnd(text, skipBlank(text, keys.end + 1))) return null;
      const end = endOfValue(text, keys.end + 1);
      if (end === null) return null;
      section.statements.push({ path: [...section.path, ...keys.keys], text: text.slice(start, end).trim() });
      at = afterLine(text, end);
    }
  }
  return sections.map((section, index) => ({
    path: section.path,
    isArrayItem: section.isArrayItem,
    text: text.slice(section.start, sections[index + 1]?.start ?? text.length),
    statements: section.statements,
  }));
}

interface Keys {
  readonly keys: string[];
  readonly end: number;
}

function readHeader(text: string, start: number): (Keys & { readonly isArrayItem: boolean }) | null {
  const isArrayItem = text[start + 1] === '[';
  const close = isArrayItem ? ']]' : ']';
  const keys = readKeys(text, start + close.length);
  if (keys === null || !text.startsWith(close, keys.end)) return null;
  const end = skipBlank(text, keys.end + close.length);
  return isLineEnd(text, end) ? { keys: keys.keys, isArrayItem, end: afterLine(text, end) } : null;
}

/** Dotted keys and the blanks after them. A quoted key with an escape could spell any key, so it is refused. */
function readKeys(text: string, start: number): Keys | null {
  const keys: string[] = [];
  const key = /[ \t]*(?:([\w-]+)|"([^"\\\n]*)"|'([^'\n]*)')[ \t]*/y;
  for (let at = start; ; at += 1) {
    key.lastIndex = at;
    const match = key.exec(text);
    if (match === null) return null;
    keys.push(match[1] ?? match[2] ?? match[3] ?? '');
    at = key.lastIndex;
    if (text[at] !== '.') return { keys, end: at };
  }
}

/** Where the line ends on which a value is complete, or null when it never is. */
function endOfValue(text: string, start: number): number | null {
  const open: string[] = [];
  for (let at = start; ; at += 1) {
    const character = text[at];
    if (character === undefined) return open.length === 0 ? at : null;
    if (character === '#') at = endOfComment(text, at) - 1;
    else if (character === '"' || character === "'") {
      const end = endOfString(text, at);
      if (end === null) return null;
      at = end - 1;
    } else if (character === '[' || character === '{') {
      if (open.push(character) > maxDepth) return null;
    } else if (character === ']' || character === '}') {
      if (open.pop() !== (character === ']' ? '[' : '{')) return null;
    } else if (character === '\n' && open.length === 0) return at;
    // Readers differ in whether an inline table may go over lines: TOML 1.1 allows what 1.0 forbids.
    else if (character === '\n' && open.includes('{')) return null;
  }
}

const maxDepth = 100;

function endOfString(text: string, start: number): number | null {
  const quote = text[start]!;
  const isMultiLine = text.startsWith(quote.repeat(3), start);
  const close = isMultiLine ? quote.repeat(3) : quote;
  for (let at = start + close.length; at < text.length; at += 1) {
    if (text[at] === '\n' && !isMultiLine) return null;
    if (text[at] === '\\' && quote === '"' && text[at + 1] !== '\n') at += 1;
    else if (text.startsWith(close, at)) return at + close.length + (isMultiLine ? extraQuotes(text, at, quote) : 0);
  }
  return null;
}

/** One or two quotes may stand before the closing three and belong to the string. */
function extraQuotes(text: string, at: number, quote: string): number {
  if (text[at + 3] !== quote) return 0;
  return text[at + 4] === quote ? 2 : 1;
}

const isLineEnd = (text: string, at: number): boolean =>
  at >= text.length || text[at] === '\n' || text[at] === '#' || text.startsWith('\r\n', at);

const skipBlank = (text: string, start: number): number => {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
};

const endOfComment = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
};

const afterLine = (text: string, at: number): number => endOfComment(text, at) + 1;

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at) + 1;
