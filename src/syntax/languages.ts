import type { Language } from './language.ts';
import { go } from './languages/go.ts';
import { java } from './languages/java.ts';
import { javascript } from './languages/javascript.ts';
import { python } from './languages/python.ts';
import { rust } from './languages/rust.ts';
import { tsx } from './languages/tsx.ts';
import { typescript } from './languages/typescript.ts';

const languages: readonly Language[] = [typescript, tsx, javascript, python, go, java, rust];

const byExtension = new Map(
  languages.flatMap((language) => language.extensions.map((end) => [end, language] as const)),
);

/** By the end of the file's name; null where no language has it. */
export function languageOf(path: string): Language | null {
  const dot = path.lastIndexOf('.');
  return byExtension.get(dot === -1 ? '' : path.slice(dot).toLowerCase()) ?? null;
}
