/**
 * The first character that a header of HTTP cannot carry, or that only some servers read alike, with its place; null where
 * there is none. Says nothing else of the text, which may be a secret.
 *
 * Visible ASCII is allowed, and between it, where `mayHoldSpaces`, blanks: https://www.rfc-editor.org/rfc/rfc9110#section-5.5
 */
export function unsendablePart(text: string, mayHoldSpaces = false): string | null {
  const allowed = mayHoldSpaces ? /^[\t\x20-\x7e]$/ : /^[\x21-\x7e]$/;
  const characters = [...text];
  const index = characters.findIndex((character) => !allowed.test(character));
  return index < 0 ? null : `${nameOf(characters[index] ?? '')} at place ${index + 1}`;
}

function nameOf(character: string): string {
  if (/[\r\n]/.test(character)) return 'a line break';
  if (character === ' ') return 'a space';
  const point = character.codePointAt(0) ?? 0;
  return `a character U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}
