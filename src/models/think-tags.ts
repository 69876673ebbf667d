/** What a model wrote as an answer, and what it thought aloud before it. */
export interface Spoken {
  readonly text: string;
  readonly thought: string;
}

const openers = ['<think>', '<thinking>'];
const closer = /<\/think(?:ing)?>/;

/**
 * Cuts the thoughts out that a model wrote into its text. They stand at the begin; the first tag may be missing, as
 * templates put it before what the model writes. A thought that never ends leaves no text.
 */
export function withoutThoughts(text: string): Spoken {
  const trimmed = text.trimStart();
  const opener = openers.find((tag) => trimmed.startsWith(tag));
  const close = closer.exec(trimmed);
  if (opener === undefined) {
    const isCut = close !== null && !openers.some((tag) => trimmed.slice(0, close.index).includes(tag));
    if (!isCut) return { text, thought: '' };
  }
  if (close === null) return { text: '', thought: trimmed };
  return { text: trimmed.slice(close.index + close[0].length).trimStart(), thought: trimmed.slice(0, close.index) };
}
