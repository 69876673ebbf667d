/** Templates with `{name}` in them, as a repository configures them for branches and titles. */

export const branchPlaceholders = ['number', 'slug', 'key'] as const;
export const titlePlaceholders = ['type', 'title', 'number', 'key'] as const;

const placeholder = /\{([^{}]*)\}/g;

/** The names that stand in braces, each once. */
export const placeholdersIn = (template: string): readonly string[] => [
  ...new Set([...template.matchAll(placeholder)].map(([, name = '']) => name)),
];

/** Puts values in; a name without one stays as it stands. What a value holds is not looked into again. */
export const fillPlaceholders = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replaceAll(placeholder, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );

/** What a template has in braces, or in a brace of its own, that nobody can fill; null where there is nothing. */
export function unknownPlaceholder(template: string, known: readonly string[]): string | null {
  const unknown = placeholdersIn(template).find((name) => !known.includes(name));
  if (unknown !== undefined) return `{${unknown}}`;
  return /[{}]/.exec(template.replaceAll(placeholder, ''))?.[0] ?? null;
}
