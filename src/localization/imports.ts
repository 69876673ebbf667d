/** What a text imports, as it is written, by the look of its lines. */
const patterns: readonly RegExp[] = [
  /\b(?:from|import|require|import\s*\()\s*\(?\s*['"]([^'"\n]{1,200})['"]/g,
  /^\s*from\s+([.\w]{1,200})\s+import\b/gm,
  /^\s*import\s+(?:static\s+)?([\w.]{1,200})/gm,
  /^\s*(?:pub(?:\([^)]*\))?\s+)?use\s+([\w:]{1,200})/gm,
  /^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w{1,100})\s*;/gm,
  /^\s*(?:import\s+)?(?:[\w.]+\s+)?"([\w./~-]{1,200})"\s*$/gm,
  /^\s*#include\s+["<]([^">\n]{1,200})[">]/gm,
];
const maxImports = 120;

/** Each once, in the order of the patterns. */
export function writtenImports(text: string): readonly string[] {
  const found = new Set<string>();
  for (const pattern of patterns) {
    for (const [, name] of text.matchAll(pattern)) {
      if (found.size >= maxImports) return [...found];
      if (name !== undefined) found.add(name);
    }
  }
  return [...found];
}
