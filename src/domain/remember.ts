import { sayLimit } from './budget.ts';
import type { EventOf, EventType, FixEvent, WaitReason } from './event.ts';
import type { Fix } from './fix-facts.ts';

/** What did not happen in time, as the last comment says it. */
const missed: Partial<Record<WaitReason, string>> = {
  approval: 'nobody approved it in 14 days',
  merge: 'nobody merged or closed the pull request in 30 days',
};

/** What may happen between two outages of one burst; anything else means that it got through. */
const keepsOutages: readonly EventType[] = ['outage', 'deadline-passed', 'attempt-started'];

/** The facts an event adds, whatever comes next. */
export function remember(before: Fix, event: FixEvent): Fix {
  const fix = keepsOutages.includes(event.type) ? before : { ...before, outages: 0 };
  switch (event.type) {
    case 'refused':
      return { ...fix, epilogue: event.reason, advice: event.message };
    case 'opened':
      return { ...fix, ticket: event.ticket, ground: event.ground, pullRequest: event.pullRequest };
    case 'planned':
      return {
        ...fix,
        planDigest: event.digest,
        gate:
          event.waitsBecause === null
            ? null
            : {
                kind: 'plan',
                digest: event.digest,
                reasons: [event.waitsBecause],
                words: event.words ?? null,
                shownIn: event.shownIn ?? null,
              },
      };
    case 'asked':
      return {
        ...fix,
        gate: {
          kind: event.gate,
          digest: event.digest,
          reasons: event.reasons,
          words: event.words,
          shownIn: event.shownIn ?? null,
        },
      };
    case 'attempt-started':
      return { ...fix, attempt: Math.max(fix.attempt, event.attempt) };
    case 'attempt-failed':
      return { ...fix, ground: event.ground, feedback: event.feedback };
    case 'patched':
      return { ...fix, voidRuns: 0, asks: event.asks };
    case 'validation-started':
      return { ...fix, ground: event.ground, candidate: event.candidate, results: [] };
    case 'judged':
      return {
        ...fix,
        results: event.results,
        asks: [...fix.asks, ...(event.asks ?? [])],
        feedback: event.verdict === 'failed' ? event.feedback : fix.feedback,
        voidRuns: event.verdict === 'void' ? fix.voidRuns + 1 : fix.voidRuns,
        epilogue: event.verdict === 'void' ? event.reason : fix.epilogue,
      };
    case 'reviewed':
      return {
        ...fix,
        feedback: event.feedback,
        sendBacks: fix.sendBacks + (event.opinion === 'send-back' ? 1 : 0),
        epilogue: event.opinion === 'accept' ? null : `the reviewer model did not accept the patch: ${event.feedback}`,
      };
    case 'proposed':
      return {
        ...fix,
        pullRequest: fix.pullRequest === null ? null : { ...fix.pullRequest, isDraft: false },
        epilogue: null,
      };
    case 'pull-request-closed':
      return { ...fix, epilogue: `${event.by} ${event.isMerged ? 'merged' : 'closed'} the pull request` };
    case 'stop-requested':
      return { ...fix, epilogue: event.reason };
    case 'budget-reached':
      return { ...fix, epilogue: `${sayLimit(event.limit, fix.policy.budget)} is reached` };
    case 'outage':
      return { ...fix, outages: fix.outages + 1, epilogue: event.reason };
    case 'approved':
      return openGate(fix, event);
    case 'faulted':
      return { ...fix, epilogue: event.reason };
    case 'deadline-passed':
      return { ...fix, epilogue: missed[event.waitingFor] ?? fix.epilogue };
    case 'labelled':
    case 'run-finished':
    case 'still-running':
    case 'farewell-said':
      return fix;
  }
}

/** An approval of something else than what the gate shows opens nothing. */
function openGate(fix: Fix, { by, digest }: EventOf<'approved'>): Fix {
  const { gate } = fix;
  if (gate === null || gate.digest !== digest) return fix;
  const approvals = [...fix.approvals, { gate: gate.kind, digest, by }];
  return { ...fix, approvals, gate: null, confirmedWords: gate.words ?? fix.confirmedWords };
}
