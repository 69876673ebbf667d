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
  'stream cut in the middle': 'lost',
  'malformed JSON': 'lost',
  'empty reply': 'lost',
  'answer of 10 MB': 'lost',
  'one token a second': 'lost',
  'no answer at all': 'lost',
  'two calls with one id': 'odd',
  'arguments that are no JSON': 'odd',
  'usage missing': 'odd',
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

/** The same seed gives the same call the same fate. */
export function fateOf(seed: number, call: CallName, share: number): FaultKind | null {
  const kinds = Object.keys(faultKinds) as FaultKind[];
  const { provider, conversation, turn, before } = call;
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, provider, conversation, turn, before]))
    .digest();
  if (digest.readUInt32BE(0) / 2 ** 32 >= share) return null;
  return kinds[digest.readUInt32BE(4) % kinds.length] ?? null;
}
