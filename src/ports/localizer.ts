import type { RepositoryRef } from '../domain/ids.ts';
import type { Localization } from '../domain/localization.ts';
import type { Tree } from './workspace.ts';

/** Finds where a text may have to be worked on, without a model. */
export interface Localizer {
  /**
   * Candidates for a ticket's text, whose first line is its title. Does what it can within `limitMs`: how much was read
   * in time may differ from call to call, so whoever needs the same answer twice keeps the first.
   *
   * @throws {ForgeError} when the tree cannot be read.
   */
  localize(repository: RepositoryRef, tree: Tree, text: string, limits: LocalizationLimits): Promise<Localization>;
}

export interface LocalizationLimits {
  readonly signal: AbortSignal;
  readonly limitMs: number;
  readonly maxCandidates: number;
}
