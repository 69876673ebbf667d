/** GitHub's payloads nest about ten deep. */
const maxDepth = 500;

/**
 * What keeps a text from being a payload, or null; before it is parsed, since the parser takes seconds for millions of
 * brackets and what stands behind it expects an object with an installation, if any, of a number. Whether it is valid
 * JSON is left to the parser.
 */
export function payloadProblem(text: string): string | null {
  if (!/^[ \t\r\n]*\{/.test(text)) return 'the payload is no JSON object';
  if (nestsDeeperThan(text, maxDepth)) return `the payload nests deeper than ${maxDepth}`;
  return installationProblem(text);
}

/** Probot takes the installation's number at its word and answers 500 to what is none. */
function installationProblem(text: string): string | null {
  const installation: unknown = parsed(text)?.installation ?? null;
  if (installation === null) return null;
  const id: unknown = typeof installation === 'object' ? Reflect.get(installation, 'id') : null;
  return Number.isSafeInteger(id) && Number(id) > 0 ? null : 'the payload names its installation by no number';
}

function parsed(text: string): { readonly installation?: unknown } | null {
  try {
    return JSON.parse(text) as { readonly installation?: unknown };
  } catch {
    // The parser behind this says so, in its own words.
    return null;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const isOpening = (unit: number): boolean => unit === 0x5b || unit === 0x7b;
const isClosing = (unit: number): boolean => unit === 0x5d || unit === 0x7d;

function nestsDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (isInString) {
      if (unit === backslash) index += 1;
      else if (unit === quote) isInString = false;
    } else if (unit === quote) isInString = true;
    else if (isOpening(unit)) {
      depth += 1;
      if (depth > limit) return true;
    } else if (isClosing(unit)) depth -= 1;
  }
  return false;
}
