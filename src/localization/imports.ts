/** What a text imports, as it is written, by the look of its lines. */
const patterns: readonly RegExp[] = [
  /\b(?:from|import|require|import[ \t]{0,8}\()\s{0,80}\(?\s{0,80}['"]([^'"\n]{1,200})['"]/g,
  /^[ \t]{0,80}from[ \t]+([.\w]{1,200})[ \t]+import\b/gm,
  /^[ \t]{0,80}import[ \t]+(?:static[ \t]+)?([\w.]{1,200})/gm,
  /^[ \t]{0,80}(?:pub(?:\([^)]{0,200}\))?[ \t]+)?use[ \t]+([\w:]{1,200})/gm,
  /^[ \t]{0,80}(?:pub(?:\([^)]{0,200}\))?[ \t]+)?mod[ \t]+(\w{1,100})[ \t]{0,80};/gm,
  /^[ \t]{0,80}(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([\w./~-]{1,200})"[ \t]*$/gm,
  /^[ \t]{0,80}#include[ \t]+["<]([^">\n]{1,200})[">]/gm,
];
export const maxImports = 120;

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
