/** Where a ticket may have to be worked on, with what speaks for it: found in words, names and history alone. */
export interface Localization {
  /** The likeliest first. */
  readonly candidates: readonly Candidate[];
  /** False where time ran out before the whole tree was read. */
  readonly isComplete: boolean;
}

export interface Candidate {
  readonly path: string;
  /** 1 for the best of all. */
  readonly share: number;
  readonly ranges: readonly CandidateRange[];
  /** Short phrases, the strongest first. */
  readonly evidence: readonly string[];
  /** Tests that stand next to it. */
  readonly tests: readonly string[];
}

/** Lines of a file where the ticket's words come together. */
export interface CandidateRange {
  /** Both belong to it; from 1. */
  readonly startLine: number;
  readonly endLine: number;
  /** The line that declares what is there; null for a mere window. */
  readonly signature: string | null;
  /** The name it has, where it has one. */
  readonly name: string | null;
  /** Why it was chosen: a line that was named, its name, its words. */
  readonly because: 'line' | 'name' | 'words';
}
