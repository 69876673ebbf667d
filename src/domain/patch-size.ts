import { type Finding, wholePatch } from './finding.ts';
import { type PatchedFile, type TextChange, textOf } from './patched-file.ts';

export const maxPatchedFiles = 200;
export const maxFileBytes = 400_000;
export const maxWrittenBytes = 1_500_000;
export const maxAddedLines = 20_000;

export const isTooLarge = ({ after }: PatchedFile): boolean => bytesOf(after) > maxFileBytes;

/** What makes a patch more than a person can review. */
export function oversize(files: readonly PatchedFile[], changes: readonly TextChange[]): Finding[] {
  const large = files.filter(isTooLarge).map(({ path }) => finding(path, `it has more than ${maxFileBytes} bytes`));
  const writtenBytes = files.reduce((sum, { after }) => sum + bytesOf(after), 0);
  const addedLines = changes.reduce((sum, { lines }) => sum + lines.gained.length, 0);
  const whole = [
    ...(files.length > maxPatchedFiles ? [`it changes more than ${maxPatchedFiles} files`] : []),
    ...(writtenBytes > maxWrittenBytes ? [`the files that it writes have more than ${maxWrittenBytes} bytes`] : []),
    ...(addedLines > maxAddedLines ? [`it adds more than ${maxAddedLines} lines`] : []),
  ];
  return [...large, ...(whole.length === 0 ? [] : [finding(wholePatch, whole.join('; '))])];
}

const bytesOf = (content: PatchedFile['after']): number => Buffer.byteLength(textOf(content) ?? '');

const finding = (path: string, why: string): Finding => ({ grade: 'refuse', rule: 'patch-size', path, why });
