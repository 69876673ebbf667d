import { type FixState, isOver } from '../../src/domain/fix-facts.ts';
import type { Books } from './books.ts';
import { isLost } from './drill-faults.ts';
import { drillPace } from './drill-pace.ts';
import type { Ask } from './fault-proxy.ts';
import { judgeLosses } from './judge-losses.ts';
import { moneyProblems } from './judge-money.ts';
import { countsOf, judgeReplies } from './judge-replies.ts';
import { requestProblems } from './judge-requests.ts';

/** What a drill came to. */
export interface Verdict {
  readonly ends: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly failedCalls: number;
  readonly outages: number;
  readonly failovers: readonly number[];
  /** Said when one took longer than the policy lets it: a drill that is alone on its machine can be held to it. */
  readonly slowFailover: string | null;
  /** Replies that were recorded, and their tokens by the App's and by the providers' counting. */
  readonly recorded: number;
  readonly recordedTokens: number;
  readonly deliveredTokens: number;
  /** Whole replies that came while the App was being killed. */
  readonly lostByKills: number;
  /** Replies that the providers may charge for and that never came whole. */
  readonly lostOnTheWay: number;
  /** Tokens of replies without a count or without an end: what the providers charge, and what the books hold. */
  readonly billedTokens: number;
  readonly boundedTokens: number;
  /** Turns that went back to a model with what it had thought. */
  readonly thoughtsBack: number;
  readonly usd: number;
  /** Empty when all is right. */
  readonly problems: readonly string[];
}

/** Compares what the App has in its books with what the providers sent. @param lanes How many fixes went on at once. */
export function judge(asks: readonly Ask[], books: Books, killsMs: readonly number[], lanes: number): Verdict {
  const { missing, recordedTokens, deliveredTokens, ...replies } = judgeReplies(asks, books, killsMs, lanes);
  const losses = judgeLosses(asks, books);
  const failed = asks.filter(({ tokens }) => tokens === null).length;
  const problems = [
    ...replies.problems,
    ...losses.problems,
    ...requestProblems(asks, books),
    ...moneyProblems(books, failed + missing.length),
    ...books.fixes.flatMap(({ fix }) => problemsOf(fix.id, fix.state, fix)),
  ];
  const failovers = failoversOf(asks, killsMs);
  const { maxRetryDelayMs, timeoutMs } = drillPace.requests;
  const slowest = failovers.at(-1) ?? 0;
  // One model is asked within the window of the policy, and its last call may take its whole time.
  const mostMs = maxRetryDelayMs + timeoutMs + slackMs;
  return {
    ends: Object.fromEntries(countsOf(books.fixes.map(({ fix }) => fix.state))),
    calls: asks.length,
    failedCalls: failed,
    outages: books.fixes.flatMap(({ events }) => events).filter(({ type }) => type === 'outage').length,
    failovers,
    slowFailover: slowest > mostMs ? `a failover took ${Math.round(slowest)} ms, more than ${mostMs}` : null,
    recorded: books.replies.length,
    recordedTokens,
    deliveredTokens,
    lostByKills: missing.length,
    lostOnTheWay: asks.filter(({ fate }) => isLost(fate)).length,
    billedTokens: losses.billed,
    boundedTokens: losses.inBooks,
    thoughtsBack: asks.reduce((sum, { thoughtTurns }) => sum + thoughtTurns.length, 0),
    usd: books.replies.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    problems,
  };
}

/** A busy machine. */
const slackMs = 3_000;

interface EndedFix {
  readonly attempt: number;
  readonly attemptsBefore: number;
  readonly epilogue: string | null;
}

/** Complete after one attempt, or given up for a reason that says what was away. */
function problemsOf(id: string, state: FixState, { attempt, attemptsBefore, epilogue }: EndedFix): string[] {
  const problems: string[] = [];
  const attempts = attempt - attemptsBefore;
  if (attempts > 1) problems.push(`${id} spent ${attempts} attempts`);
  if (state === 'complete') return problems;
  const isHonest = isOver(state) && /no model (?:answers|can be asked)/.test(epilogue ?? '');
  if (!isHonest) problems.push(`${id} ended as ${state}: ${epilogue ?? 'without a word'}`);
  return problems;
}

/**
 * For each turn that went on at another provider: how long after the first question to the one before. Sorted, and without
 * those in which the App was killed.
 */
function failoversOf(asks: readonly Ask[], killsMs: readonly number[]): number[] {
  const turns = Map.groupBy(asks, ({ conversation, turn }) => `${conversation} ${turn}`);
  const waits = [...turns.values()].flatMap((turn) => {
    const inOrder = turn.toSorted((a, b) => a.startedMs - b.startedMs);
    let first = inOrder[0];
    return inOrder.flatMap((ask) => {
      if (first === undefined || ask.provider === first.provider) return [];
      const { startedMs } = first;
      first = ask;
      const wasKilled = killsMs.some((killMs) => killMs >= startedMs && killMs <= ask.startedMs);
      return wasKilled ? [] : [ask.startedMs - startedMs];
    });
  });
  return waits.toSorted((a, b) => a - b);
}
