import type { Ask, Candidate, GateKind, Ground, PullRequest, WaitReason } from './event.ts';
import type { FixId, RepositoryRef } from './ids.ts';
import { type Policy, revivePolicy } from './policy.ts';
import type { IssueSnapshot, Ticket } from './ticket.ts';
import type { CheckResult } from './verdict.ts';

/** What there is to know of a fix; `fix.ts` tells what happens to it. */

export const fixStates = [
  'created',
  'planning',
  'awaiting-approval',
  'approved',
  'in-progress',
  'review',
  'complete',
  'archived',
  'stopped',
  'abandoned',
  'expired',
] as const;
export type FixState = (typeof fixStates)[number];

export const burstKinds = ['open', 'plan', 'attempt', 'validate', 'judge', 'review', 'propose', 'conclude'] as const;
export type BurstKind = (typeof burstKinds)[number];

/** What the events so far add up to. Small: texts, patches and turns lie in their own rows. */
export interface Fix {
  readonly id: FixId;
  readonly repository: RepositoryRef;
  readonly issue: IssueSnapshot;
  readonly requester: string;
  /** GitHub's number of the requester, by which a co-author is recognised. */
  readonly requesterId?: number;
  readonly policy: Policy;
  readonly createdAtMs: number;
  readonly state: FixState;
  readonly wait: Wait | null;
  /** The newest burst the story asked for; after an outage the same one runs again. */
  readonly burst: BurstKind | null;
  readonly ticket: Ticket | null;
  readonly ground: Ground | null;
  readonly pullRequest: PullRequest | null;
  readonly planDigest: string | null;
  /** The gate at which it waits. */
  readonly gate: Gate | null;
  /** Gates that a person opened, oldest first. */
  readonly approvals: readonly Approval[];
  /** The issue's words of now that a person has seen and let be, by digest. */
  readonly confirmedWords: string | null;
  /** What a person has to allow in the newest patch. */
  readonly asks: readonly Ask[];
  /** Attempts begun so far; the newest one's number. */
  readonly attempt: number;
  /** What the last attempt, verdict or review taught; the next attempt starts from it. */
  readonly feedback: string | null;
  readonly candidate: Candidate | null;
  readonly results: readonly CheckResult[];
  /** Validation runs in a row that gave no verdict. */
  readonly voidRuns: number;
  readonly sendBacks: number;
  /** Times in a row that a burst met an outage. */
  readonly outages: number;
  /** Why it rests, for the last comment. */
  readonly epilogue: string | null;
  /** What a person can do about it, when there is something. */
  readonly advice: string | null;
}

export interface Wait {
  readonly for: WaitReason;
  readonly untilMs: number;
}

/** An approval has to carry the digest: whoever approves, approves exactly what was shown. */
export interface Gate {
  readonly kind: GateKind;
  readonly digest: string;
  readonly reasons: readonly string[];
  readonly words: string | null;
  /** The comment that shows it. GitHub counts comments upwards: one with a smaller number cannot mean this gate. */
  readonly shownIn?: number | null;
}

export interface Approval {
  readonly gate: GateKind;
  readonly digest: string;
  readonly by: string;
}

const unwritten = {
  state: 'created',
  wait: null,
  burst: null,
  ticket: null,
  ground: null,
  pullRequest: null,
  planDigest: null,
  gate: null,
  approvals: [],
  confirmedWords: null,
  asks: [],
  attempt: 0,
  feedback: null,
  candidate: null,
  results: [],
  voidRuns: 0,
  sendBacks: 0,
  outages: 0,
  epilogue: null,
  advice: null,
} as const satisfies Partial<Fix>;

export const beginFix = (
  start: Pick<Fix, 'id' | 'repository' | 'issue' | 'requester' | 'requesterId' | 'policy' | 'createdAtMs'>,
): Fix => ({ ...start, ...unwritten });

/** A fix as an earlier version wrote it: what that one did not know yet has its first value. */
export function reviveFix(stored: Fix): Fix {
  const fix: Fix = { ...unwritten, ...stored, policy: revivePolicy(stored.policy) };
  const isOlderGate = fix.state === 'awaiting-approval' && fix.gate === null && fix.planDigest !== null;
  return isOlderGate && fix.planDigest !== null
    ? { ...fix, gate: { kind: 'plan', digest: fix.planDigest, reasons: [], words: null } }
    : fix;
}

/** States in which nothing more is expected; the same issue may then start a new fix. */
export const isOver = (state: FixState): boolean =>
  state === 'archived' || state === 'stopped' || state === 'abandoned' || state === 'expired';
