const comment = String.raw`(?:\/\/+|#+|\/\*+|--|;+|%+|<!--|\{\s*\/\*)`;
const commentEnd = String.raw`(?:\*+\/\s*\}?|-->)?`;
const words = String.raw`(?:the\s+)?(?:rest|existing|remaining|unchanged|other|same|previous|omitted|snip|more)\b[^.…]{0,60}`;
const dots = String.raw`(?:\.\.\.|…)`;
const marker = new RegExp(
  String.raw`^(?:${dots}|${comment}\s*(?:${dots}\s*(?:${words})?\s*${dots}?|${words}${dots})\s*${commentEnd})$`,
  'i',
);

/** Whether a line stands for lines that were left out: `...`, `// ... existing code ...`, `# rest unchanged …`. */
export const isElision = (line: string): boolean => line.length < 120 && marker.test(line.trim());

const remark = new RegExp(String.raw`^(?:pass\s+)?${comment}(.*?)${commentEnd}$`, 'i');
const open = '^[\\s([{<*-]*';
const things =
  '(?:code|implementation|logic|body|content|methods?|functions?|class(?:es)?|imports?|lines?|cases?|tests?|fields?|props|properties|definitions?|declarations?|stuff|part|file|handlers?|routes?|rules?|options?|entries|items|statements?|branches)';
const suspicious = [
  // Dots first: `... keep existing imports`, `... 12 more lines ...`.
  open + dots,
  String.raw`\b(?:rest|remainder)\s+of\s+(?:(?:the|this|your|its)\s+)?(?:\w+\s+)?(?:${things}|page|component|module|script|config|document)\b`,
  String.raw`\b(?:rest|remainder)\s+(?:(?:is|stays?|remains?)\s+(?:unchanged|the same|as\b|omitted)|as\b|unchanged\b|omitted\b|here\b|\W*$)`,
  String.raw`${open}(?:(?:keep|all|the|any|your|our|leave|with)\s+){0,3}(?:existing|remaining|previous|original|other|old)\s+(?:\w+\s+){0,2}${things}\b`,
  String.raw`${open}(?:unchanged|no changes?|same|snip(?:ped)?|omitted|elided|etc)\b[\W_]*$`,
  String.raw`\b(?:stays?|remains?|is|are|left|kept|keep|leave)\s+(?:\w+\s+){0,3}(?:unchanged|the same|as (?:is|it is|they are|before))\b`,
  String.raw`\b(?:same|code|lines?|logic|implementation|everything|rest)\s+as\s+(?:above|before|original|in the original|it was)\b`,
  String.raw`\b(?:omitted|elided|shortened|truncated|skipped)\s+(?:for|here|below|to)\b`,
  '\\bfor brevity\\b',
  String.raw`\b\d+\s+more\s+${things}\b`,
].map((source) => new RegExp(source, 'i'));

/**
 * Whether a comment of its own reads as if it stood for lines that are left out, in whatever words. A comment that means
 * something else may read so: ask only where lines go.
 */
export function suggestsElision(line: string): boolean {
  const said = line.length < 160 ? remark.exec(line.trim())?.[1] : undefined;
  return said !== undefined && (isElision(line) || suspicious.some((pattern) => pattern.test(said)));
}
