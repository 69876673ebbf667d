import type { House } from '../support/house.ts';
import type { RoleScripts } from '../support/scripts.ts';

/** What may come of an attack. Each is a refusal; `escaped` is the one word that no case expects. */
export const refusals = {
  silence: 'nothing is said and nothing is done',
  'one reply': 'one short reply in the life of the fix, and nothing is done',
  rejected: 'the request is answered with 4xx before anything reads it',
  ignored: 'the delivery is kept with the reason, and nothing is done',
  limited: 'no further fix is started for now',
  confirmation: 'a person has to confirm the words first',
  unseen: 'no model gets to see it',
  inert: 'it stands there as plain text: it pings, hides, shows and links nothing',
  redacted: 'the secret is gone from what leaves',
  'refused patch': 'the patch is sent back to the model and never leaves the app',
  gate: 'a person has to allow it before it goes on the branch',
  red: 'the verdict is failed',
  'no verdict': 'the run proves nothing: another one is dispatched or the fix ends',
  abandoned: 'the fix ends with an honest reason, and nothing is pushed',
  'not read': 'the bytes are named and not read',
} as const;
export type Refusal = keyof typeof refusals;

/**
 * One attack by name, and what has to come of it. `attack` does it, at the rule that decides or end to end over the
 * shared house, and returns what came of it, or `escaped: …` with what got through.
 */
export interface HostileCase {
  readonly name: string;
  readonly expected: Refusal;
  attack(stage: Stage): Promise<Refusal | `escaped: ${string}`> | Refusal | `escaped: ${string}`;
}

export interface HostileArea {
  readonly area: string;
  /** What models say in conversations whose first message contains the key, for instance a word of the title. */
  readonly scripts?: Readonly<Record<string, RoleScripts>>;
  readonly cases: readonly HostileCase[];
}

/** What end-to-end cases share: one house, opened by the first that asks. Each works in a repository of its own. */
export interface Stage {
  house(): Promise<House>;
}
