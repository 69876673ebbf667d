import { readFileSync } from 'node:fs';
import { digestOf } from '../domain/frozen-input.ts';
import { readTemplate, type Template, type TemplateName, tagsOf } from './template.ts';

/** Whose words a prompt has beside what is always ours. */
export type PromptSource = 'ours' | 'repository';

/** A prompt's two parts. `system` is the same for every fix of a repository, so that providers can cache it. */
export interface Prompt {
  readonly name: string;
  /** Of our template, also where a repository's words stand in it. */
  readonly version: number;
  readonly source: PromptSource;
  /** Names these words exactly, before any value is in them. */
  readonly digest: string;
  readonly system: string;
  readonly opening: (values: Readonly<Record<string, string>>) => string;
}

/** @throws {TypeError} when our own file is not of its form. */
export const readPrompt = (name: TemplateName): Prompt => promptOf(readTemplate(name), 'ours');

export function promptOf({ name, version, role, rules, guard, opening }: Template, source: PromptSource): Prompt {
  const system = [`role: ${role}`, rules, guard].join('\n\n');
  return {
    name,
    version,
    source,
    digest: digestOf(`${system}\n\n${opening}`).slice(0, digestLength),
    system: render(system, {}),
    opening: (values) => render(opening, values),
  };
}

/** Enough to tell apart all that anybody will ever write. */
const digestLength = 16;

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
  const frames = [...template.matchAll(/<\/([a-z]+)>/g)].map(([, name = '']) => name);
  const tags = tagsOf(frames);
  const text = template.replaceAll(/\{\{([a-z_]+)\}\}/g, (_match, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new TypeError(`the template asks for {{${name}}}, which has no value`);
    used.add(name);
    return frames.length === 0 ? value : value.replaceAll(tags, (tag) => `‹${tag.slice(1)}`);
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new TypeError(`the template has no place for ${unused.join(', ')}`);
  return text;
}
