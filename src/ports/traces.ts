import type { FixId } from '../domain/ids.ts';
import type { TraceLine } from '../domain/trace-line.ts';

/** What is known of fixes afterwards: what was said, done and paid, from the rows. */
export interface Traces {
  /**
   * The fix's lines, in the order of time; the first one is the fix itself. Null when there is no such fix.
   *
   * @param withTexts what models and tools said, too, where it is kept and can be read.
   */
  lines(fix: FixId, withTexts: boolean): Promise<AsyncIterable<TraceLine> | null>;
  /** The fixes that a person may mean by `owner/repository#12`, issue or pull request, the newest first. */
  ofThread(repository: string, number: number): Promise<readonly FixId[]>;
  /** Names of the newest fixes, for whoever asked for one that is not there. */
  newest(limit: number): Promise<readonly NamedFix[]>;
  /** Names of keys that live fixes were encrypted with and that are not set: these fixes cannot go on. */
  missingKeys(): Promise<readonly string[]>;
  /** Names of all keys that kept texts are encrypted with. Reads every text once: for a person who asks. */
  keysInUse(): Promise<readonly KeyInUse[]>;
  /**
   * Drops the texts of fixes that ended longer ago than they are kept; a bounded number of fixes at once. Idempotent.
   *
   * @returns how many fixes it was.
   */
  dropTexts(): Promise<number>;
}

export interface KeyInUse {
  readonly key: string;
  readonly texts: number;
  /** Whether whoever answered can decrypt them. */
  readonly isSet: boolean;
}

export interface NamedFix {
  readonly id: FixId;
  /** `owner/repository#12`. */
  readonly thread: string;
  readonly state: string;
}
