/** At most `maxLength` UTF-16 units and never half a character; says how much is missing. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, maxLength).toWellFormed();
  return `${kept}… [${text.length - maxLength} more characters]`;
}

/** Free of what Postgres cannot store: NUL in `text`, half surrogates in `jsonb`. */
export const storableText = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed();

/** The last line of defence for what a tool says: storable, and at most `maxBytes`. */
export function cutOutput(output: string, maxBytes: number): string {
  const clean = storableText(output);
  const sizeBytes = Buffer.byteLength(clean);
  if (sizeBytes <= maxBytes) return clean;
  const note = `\n[cut: this answer had ${sizeBytes} bytes, at most ${maxBytes} are shown; ask for less at once]`;
  const room = Buffer.from(clean).subarray(0, maxBytes - Buffer.byteLength(note));
  // A character cut in half at the end decodes to replacement characters of three bytes each; drop them.
  return room.toString('utf8').replace(/\ufffd{1,3}$/, '') + note;
}
