import { type DecodedText, encodeText, type TextEncoding } from './text-encoding.ts';

/**
 * A patch that is not a commit yet: what differs from a base tree, by path. It never touches a disk.
 *
 * Plain JSON, so that it can be a row. Text only: models write text, and a file that is none cannot be edited (it
 * survives untouched in the base tree).
 */
export type Overlay = Readonly<Record<string, OverlayEntry>>;

export type OverlayEntry =
  | {
      readonly kind: 'write';
      readonly text: string;
      /** Git file mode; an edit keeps the base's. */
      readonly mode: FileMode;
      /** As the base's file has it; absent: UTF-8. */
      readonly encoding?: TextEncoding;
    }
  | { readonly kind: 'delete' };

export type FileMode = '100644' | '100755';

export const emptyOverlay: Overlay = {};

export const withEntry = (overlay: Overlay, path: string, entry: OverlayEntry): Overlay => ({
  ...overlay,
  [path]: entry,
});

export const changedPaths = (overlay: Overlay): string[] => Object.keys(overlay).sort();

export const writing = ({ text, encoding }: DecodedText, mode: FileMode): OverlayEntry => ({
  kind: 'write',
  text,
  mode,
  ...(encoding === 'utf-8' ? {} : { encoding }),
});

/** The file as git holds it. */
export const bytesOf = ({ text, encoding = 'utf-8' }: Extract<OverlayEntry, { kind: 'write' }>): Buffer =>
  encodeText(text, encoding);
