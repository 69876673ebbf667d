/**
 * Names that a text defines, by the look of its lines.
 *
 * A parser is exact and slow, and 50,000 files are many; here it is enough that most names which are defined in a file
 * are found, in whatever language. What a file is shown by comes from the parser (`ranges.ts`).
 */
const patterns: readonly RegExp[] = [
  // TypeScript, JavaScript, Python, Go, Java, Rust, Kotlin, C#, Swift, PHP, Ruby, Scala, …: a keyword and a name.
  /^[ \t]{0,80}(?:(?:export|default|declare|abstract|async|public|private|protected|internal|static|final|sealed|open|override|inline|data|suspend|unsafe|const|pub(?:\([^)]{0,200}\))?|extern|"C"|readonly|virtual|partial|case|implicit|lazy)[ \t]+)*(?:function\*?|class|interface|type|enum|namespace|module|def|fn|func|fun|struct|trait|impl|mod|object|record|protocol|extension|macro_rules!|union|defmodule|defp?)[ \t]+(?:\([^)]{0,200}\)[ \t]{0,80})?(?:<[^>]{0,200}>[ \t]{0,80})?([A-Za-z_$][\w$]*)/gm,
  // A value with a name at the left margin, or one that is exported.
  /^(?:[ \t]{0,80}export[ \t]+)?(?:const|let|var|val|static|pub(?:\([^)]{0,200}\))?[ \t]+(?:const|static))[ \t]+(?:mut[ \t]+)?([A-Za-z_$][\w$]*)/gm,
  /^([A-Z][A-Z\d_]{2,}|[a-z_]\w*)[ \t]{0,80}(?::[^=\n]{1,60})?=(?!=)/gm,
  // A method: a name, parentheses, an opening brace at the end of the line.
  /^[ \t]{1,80}(?:(?:async|public|private|protected|internal|static|final|override|get|set|abstract|synchronized|readonly|virtual)[ \t]+|[A-Z][\w<>,.?[\]]*[ \t]+|(?:void|int|long|boolean|bool|double|float|char|byte|short|string)(?:\[\])?[ \t]+|\*[ \t]{0,80})*#?([A-Za-z_$][\w$]*)[ \t]{0,80}(?:<[^>\n]{0,80}>)?\([^;\n]{0,200}\)[^;=\n]{0,120}\{[ \t]*$/gm,
  // Properties that are functions: `exports.name =`, `Thing.prototype.name =`, `name: function`.
  /^[ \t]{0,80}(?:module\.)?(?:exports|[A-Za-z_$][\w$]*\.prototype|this)\.([A-Za-z_$][\w$]*)[ \t]{0,80}=/gm,
  /^[ \t]{1,80}([A-Za-z_$][\w$]*)[ \t]{0,80}[:=][ \t]{0,80}(?:async[ \t]+)?(?:function\b|\([^)\n]{0,120}\)[ \t]{0,80}(?::[^=\n]{0,80})?=>)/gm,
];
const notNames = new Set(
  'if for while switch catch return else do try new throw with function await typeof'.split(' '),
);
const maxDefinitions = 2_000;

/** Each name once for each time it is defined. */
export function definedNames(text: string): readonly string[] {
  const names: string[] = [];
  for (const pattern of patterns) {
    for (const [, name] of text.matchAll(pattern)) {
      if (names.length >= maxDefinitions) return names;
      if (name !== undefined && !notNames.has(name)) names.push(name);
    }
  }
  return names;
}
