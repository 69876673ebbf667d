import { createHash } from 'node:crypto';

/**
 * Every way in which a provider fails in the drill, one call at a time.
 *
 * `refused`: an answer without a reply, which nobody pays for. `lost`: the provider wrote a reply, and may charge for it,
 * that never came or cannot be used. `odd`: a reply that has something wrong with it and is paid for like any other.
 */
export const faultKinds = {
  'wrong key (401)': 'refused',
  'no credit (402)': 'refused',
  'unknown model (404)': 'refused',
  'rate limit (429)': 'refused',
  'rate limit with retry-after (429)': 'refused',
  'server error (500)': 'refused',
  'overloaded (529)': 'refused',
  'error body with 200': 'refused',
  'web page of a proxy (502)': 'refused',
  'web page with 200': 'refused',
  'connection reset': 'refused',
  'no answer at all': 'lost',
  'silence after the first event': 'lost',
  'one token a second': 'lost',
  'stream cut between two events': 'lost',
  'stream cut within an event': 'lost',
  'stream without its end': 'lost',
  'error in the stream': 'lost',
  'event that is no JSON': 'lost',
  'stream of 10 MB': 'lost',
  'event of 10 MB': 'lost',
  'empty reply': 'lost',
  'two calls with one id': 'odd',
  'arguments that are no JSON': 'odd',
  'usage missing': 'odd',
  'stream without its last word': 'odd',
  'one piece in place of a stream': 'odd',
} as const;

export type FaultKind = keyof typeof faultKinds;

/** What fails for all calls of a provider at once, for a while. */
export type PhaseKind = 'down' | 'no credit';

/** What a call is known by, whenever and in whichever order it comes. */
export interface CallName {
  readonly provider: string;
  readonly conversation: string;
  readonly turn: number;
  /** How often this provider was asked for this turn before. */
  readonly before: number;
}

/** Numbers from 0 to 1, one after the other: the same for the same call of one seed. */
export type Chance = () => number;

export function chanceOf(seed: number, { provider, conversation, turn, before }: CallName): Chance {
  let drawn = 0;
  return () => {
    const digest = createHash('sha256')
      .update(JSON.stringify([seed, provider, conversation, turn, before, drawn++]))
      .digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  };
}

/** The same seed gives the same call the same fate. */
export function fateOf(chance: Chance, share: number): FaultKind | null {
  const kinds = Object.keys(faultKinds) as FaultKind[];
  if (chance() >= share) return null;
  return kinds[Math.floor(chance() * kinds.length)] ?? null;
}

export const isLost = (fate: FaultKind | PhaseKind | null): boolean =>
  fate !== null && fate in faultKinds && faultKinds[fate as FaultKind] === 'lost';
