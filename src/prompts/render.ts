import { readFileSync } from 'node:fs';

/** A prompt's two parts. `system` is the same for every fix, so that providers can cache it. */
export interface Prompt {
  readonly name: string;
  readonly version: number;
  readonly system: string;
  readonly opening: (values: Readonly<Record<string, string>>) => string;
}

/**
 * Reads `<name>.md`: front matter with a version, the system prompt, a line `=== opening ===`, the first message.
 *
 * @throws {TypeError} when the file is not of that form; templates are ours, so that is a bug.
 */
export function readPrompt(name: string): Prompt {
  const text = readFileSync(new URL(`./${name}.md`, import.meta.url), 'utf8');
  const parts = /^---\nversion: (\d+)\n---\n([\s\S]*?)\n=== opening ===\n([\s\S]*)$/.exec(text);
  if (parts === null)
    throw new TypeError(`prompts/${name}.md needs front matter with a version and a line "=== opening ==="`);
  const [, version = '', system = '', opening = ''] = parts;
  return {
    name,
    version: Number(version),
    system: render(system, {}).trim(),
    opening: (values) => render(opening, values).trim(),
  };
}

/**
 * Reads `parts/<name>.md`, a piece that conversations of several roles begin with: front matter with a version, then its
 * text.
 *
 * @throws {TypeError} when the file is not of that form.
 */
export function readPart(name: string): (values: Readonly<Record<string, string>>) => string {
  const text = readFileSync(new URL(`./parts/${name}.md`, import.meta.url), 'utf8');
  const [, body] = /^---\nversion: \d+\n---\n([\s\S]*)$/.exec(text) ?? [];
  if (body === undefined) throw new TypeError(`prompts/parts/${name}.md needs front matter with a version`);
  return (values) => render(body, values).trim();
}

/**
 * Puts values in the place of `{{names}}`. Strict both ways, so that a renamed variable cannot leave a hole: throws on
 * a name without a value and on a value without a place. Values are never rendered again, and none can open or end a
 * frame of the template (`<issue>…</issue>`): strangers wrote what stands in them.
 */
export function render(template: string, values: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const frames = [...template.matchAll(/<\/([a-z]+)>/g)].map(([, name]) => name);
  const tag = new RegExp(`<(?=\\s*/?\\s*(?:${frames.join('|')})\\b)`, 'gi');
  const text = template.replaceAll(/\{\{([a-z_]+)\}\}/g, (_match, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new TypeError(`the template asks for {{${name}}}, which has no value`);
    used.add(name);
    return frames.length === 0 ? value : value.replaceAll(tag, '‹');
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new TypeError(`the template has no place for ${unused.join(', ')}`);
  return text;
}
