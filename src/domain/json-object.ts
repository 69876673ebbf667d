/** Deeper than anything that a tool takes, and far above where writing it again would overflow the stack. */
const mostLevels = 100;

/** Null for what is no JSON object, or one that is nested too deep to be walked through or written again. */
export function jsonObject(text: string): Record<string, unknown> | null {
  if (isNestedDeeper(text, mostLevels)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Whether brackets of JSON, those outside of its strings, stand in one another more than so many levels deep. */
export function isNestedDeeper(json: string, most: number = mostLevels): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > most) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}
