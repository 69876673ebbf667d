import type { Fix } from './fix-facts.ts';
import { revivePolicy } from './policy.ts';

/** How a fix begins, and how one comes back that an earlier version wrote. */

const unwritten = {
  origin: { kind: 'issue' },
  state: 'created',
  wait: null,
  burst: null,
  ticket: null,
  ground: null,
  pullRequest: null,
  recheck: null,
  recipe: null,
  wordsBecause: null,
  planDigest: null,
  isPlanPartial: false,
  settledDocuments: [],
  gate: null,
  approvals: [],
  confirmedWords: null,
  asks: [],
  planNotes: [],
  round: 0,
  attempt: 0,
  attemptsBefore: 0,
  sentBackTo: null,
  revision: null,
  feedback: null,
  keepsReports: false,
  reproduction: null,
  unproven: 0,
  chosenChecks: null,
  partialPasses: 0,
  soFar: null,
  candidate: null,
  results: [],
  published: null,
  pendingReviews: [],
  orders: [],
  hasOrders: false,
  threads: [],
  reviewers: [],
  voidRuns: 0,
  sendBacks: 0,
  outages: 0,
  shortage: null,
  moves: 0,
  halted: null,
  lives: 0,
  isReminded: false,
  epilogue: null,
  advice: null,
} as const satisfies Partial<Fix>;

export const beginFix = (
  start: Pick<
    Fix,
    'id' | 'repository' | 'issue' | 'requester' | 'requesterId' | 'policy' | 'policyProblem' | 'createdAtMs'
  > &
    Partial<Pick<Fix, 'origin'>>,
): Fix => ({ ...unwritten, ...start });

/** A fix as an earlier version wrote it: what that one did not know yet has its first value. */
export function reviveFix(stored: Fix): Fix {
  const fix: Fix = { ...unwritten, ...stored, policy: revivePolicy(stored.policy), ...publishedOf(stored) };
  const isOlderGate = fix.state === 'awaiting-approval' && fix.gate === null && fix.planDigest !== null;
  return isOlderGate && fix.planDigest !== null
    ? { ...fix, gate: { kind: 'plan', digest: fix.planDigest, reasons: [], words: null } }
    : fix;
}

/** An earlier version did not note what it had published: in `complete` that is the newest candidate. */
function publishedOf({ published, state, candidate, ground }: Fix): Partial<Fix> {
  if (published !== undefined || state !== 'complete' || candidate === null || ground === null) return {};
  return { published: candidate.sha, ground: { ...ground, tip: candidate.sha } };
}
