/** The parts of a template of ours that are there for fixers alone. */
const parts: readonly RegExp[] = [
  // The input.
  /^ {6}fixers:\n(?: {8}.*\n)+/m,
  // The step that has the network, with what is said of it.
  /^(?: {6}# .*\n)? {6}- name: Refresh the lockfile\n(?: {8}.*\n)+\n/m,
  /^ {8}env:\n {10}FIXERS: .*\n/m,
  // The functions, and where they are called.
  /^ {10}# In the mode "recipe".*\n {10}run_fixer\(\) \{\n[\s\S]*?^ {10}\}\n\n/m,
  /^ {10}# Each fixer works on.*\n[\s\S]*?^ {10}if \[ -n "\$\{FIXERS:-\}" \]; then\n[\s\S]*?^ {10}fi\n/m,
  /\n {6}- uses: actions\/upload-artifact@.*\n {8}if: inputs\.mode == 'recipe'\n(?: {8}.*\n)+/,
];

/** A template of ours as it is without fixers: shorter, for an address that has to hold it. */
export const withoutFixers = (template: string): string =>
  parts.reduce((text, part) => text.replace(part, ''), template);
