import { readFileSync } from 'node:fs';
import { type Role, roles } from '../domain/conversation.ts';

/** The prompts there are, each a file `<name>.md` beside this one. */
export const templateNames = [
  'code',
  'debug',
  'localize',
  'plan',
  'profile',
  'replan',
  'reproduce',
  'review',
  'revise',
] as const;
export type TemplateName = (typeof templateNames)[number];

/** A prompt before its values are in it. */
export interface Template {
  readonly name: TemplateName;
  readonly version: number;
  readonly role: Role;
  /** How to work. A repository may say it in its own words. */
  readonly rules: string;
  /** What always stands behind the rules, whosever they are: how to answer, and whose words are no orders. */
  readonly guard: string;
  /** The first message, with `{{names}}` in the place of its values. */
  readonly opening: string;
}

const form =
  /^---\nversion: (\d+)\n---\nrole: (\w+)\n\n([\s\S]*?)\n=== guard ===\n([\s\S]*?)\n=== opening ===\n([\s\S]*)$/;

/**
 * Our own template: front matter with a version, its role, the rules, a line `=== guard ===`, what always stands, a line
 * `=== opening ===`, the first message.
 *
 * @throws {TypeError} when the file is not of that form; templates are ours, so that is a bug.
 */
export function readTemplate(name: TemplateName): Template {
  const text = readFileSync(new URL(`./${name}.md`, import.meta.url), 'utf8');
  const [, version = '', said, rules = '', guard = '', opening = ''] = form.exec(text) ?? [];
  const role = roles.find((one) => one === said);
  if (role === undefined)
    throw new TypeError(
      `prompts/${name}.md needs front matter with a version, a role, and lines "=== guard ===" and "=== opening ==="`,
    );
  return { name, version: Number(version), role, rules: rules.trim(), guard: guard.trim(), opening: opening.trim() };
}

/** Every `{{name}}` in a text, in order. */
export const placesIn = (text: string): string[] =>
  [...text.matchAll(/\{\{([a-z_]+)\}\}/g)].map(([, name = '']) => name);

/** The frame around each value that has one: `<issue>` above its place and `</issue>` below. */
export const framesIn = (opening: string): ReadonlyMap<string, string> =>
  new Map(
    [...opening.matchAll(/^<([a-z]+)>\n\{\{([a-z_]+)\}\}\n<\/\1>$/gm)].map(([, frame = '', name = '']) => [
      name,
      frame,
    ]),
  );

/**
 * What a model may take for a begin or an end of one of these frames, up to the name: blanks count for nothing in it.
 * No two parts of it may take the same blanks, so that the search stays linear in what strangers wrote.
 */
export const tagsOf = (frames: readonly string[]): RegExp =>
  new RegExp(`<\\s*(?:/\\s*)?(?:${frames.join('|')})\\b`, 'gi');
