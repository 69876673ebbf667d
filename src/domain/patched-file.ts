import { type ChangedLines, changedLines } from './changed-lines.ts';
import type { FileMode } from './overlay.ts';
import { kindsOf, type PathKind } from './path-kinds.ts';
import type { TextEncoding } from './text-encoding.ts';

/** One file of a patch: as the base tree has it, and as it is to be. */
export interface PatchedFile {
  readonly path: string;
  /** Null: the patch makes the file. */
  readonly before: FileContent | null;
  /** Null: the patch deletes it. */
  readonly after: FileContent | null;
}

export type FileContent =
  | { readonly kind: 'text'; readonly text: string; readonly mode: FileMode; readonly encoding: TextEncoding }
  /** Neither UTF-8 nor windows-1252. */
  | { readonly kind: 'binary'; readonly mode: FileMode }
  | { readonly kind: 'symlink' }
  | { readonly kind: 'submodule' };

/** What a patch does to the text of a file. */
export interface TextChange {
  readonly path: string;
  readonly kinds: ReadonlySet<PathKind>;
  /** Null: there was no such text. */
  readonly before: string | null;
  /** Null: there is none any more. */
  readonly after: string | null;
  readonly lines: ChangedLines;
}

export function textChange(path: string, before: string | null, after: string | null): TextChange {
  return { path, kinds: kindsOf(path), before, after, lines: changedLines(before ?? '', after ?? '') };
}

export const textOf = (content: FileContent | null): string | null => (content?.kind === 'text' ? content.text : null);

/** The file's name without its folders. */
export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Text that people read and nothing runs. */
export function isProse({ path, kinds }: Pick<TextChange, 'path' | 'kinds'>): boolean {
  const isInput = ['manifest', 'lockfile', 'lint-config', 'test-config'] as const;
  if (isInput.some((kind) => kinds.has(kind))) return false;
  return /\.(?:md|markdown|rst|adoc|asciidoc|org|tex|txt|po|pot|xlf|xliff|arb)$|(?:^|\/)(?:licen[cs]e|changelog|authors|notice)$/i.test(
    path,
  );
}

/** Whose text stands in other scripts than Latin, with marks that belong there. */
export const isTranslation = (path: string): boolean =>
  /(?:^|\/)(?:locales?|i18n|l10n|lang|translations?)\/.*\.(?:json5?|ya?ml|properties|strings|xml|ftl|toml)$/i.test(
    path,
  );
