/** Follows a JSON text as it grows, and knows whether it is whole, at the cost of reading it once. */
export interface JsonEnd {
  push(text: string): void;
  /** Whether an object or a list has been closed that nothing follows. */
  readonly isClosed: boolean;
  /** The same; of anything else, whether it parses. */
  readonly isWhole: boolean;
}

/** Arguments that are neither object nor list are a word or a number. */
const longestScalar = 100;

export function createJsonEnd(): JsonEnd {
  let begin = '';
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let isClosed = false;
  let isOverrun = false;

  const take = (character: string): void => {
    if (isInString) {
      if (isEscaped) isEscaped = false;
      else if (character === '\\') isEscaped = true;
      else if (character === '"') isInString = false;
      return;
    }
    if (/\s/.test(character)) return;
    if (isClosed) isOverrun = true;
    else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      isClosed = depth <= 0;
    }
  };

  return {
    push(text) {
      if (begin.length <= longestScalar) begin = (begin + text.slice(0, longestScalar + 1)).trimStart();
      for (const character of text) take(character);
    },
    get isClosed() {
      return isClosed && !isOverrun;
    },
    get isWhole() {
      if (/^[{[]/.test(begin)) return isClosed && !isOverrun;
      return begin.length <= longestScalar && parses(begin);
    },
  };
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
