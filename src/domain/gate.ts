import type { DocumentKind } from './plan.ts';

/** Something in a patch that a person has to allow before it goes on the branch. */
export interface Ask {
  readonly path: string;
  readonly why: string;
}

/** `input`: the words are in doubt. `plan`: the plan documents. `patch`: what the patch does, or who stands behind it. */
export type GateKind = 'input' | 'plan' | 'patch';

/** An approval has to carry the digest: whoever approves, approves exactly what was shown. */
export interface Gate {
  readonly kind: GateKind;
  readonly digest: string;
  readonly reasons: readonly string[];
  readonly words: string | null;
  /** The comment that shows it. GitHub counts comments upwards: one with a smaller number cannot mean this gate. */
  readonly shownIn?: number | null;
  /** The plan document that it waits for. */
  readonly document?: DocumentKind;
  /** The documents that its opening settles. */
  readonly settles?: readonly DocumentKind[];
  /** What was shown has changed since: nobody can approve it until it is shown anew. */
  readonly isVoid?: boolean;
}

export interface Approval {
  readonly gate: GateKind;
  readonly digest: string;
  readonly by: string;
}
