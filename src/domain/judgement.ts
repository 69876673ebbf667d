import type { Ask } from './gate.ts';
import { compareInventories, type Inventory, sayComparison } from './inventory.ts';

/** What ran of one check in each tree; undefined where there is no report. */
export interface Reports {
  readonly check: string;
  readonly base: Inventory | undefined;
  readonly candidate: Inventory | undefined;
  /** Undefined also where the candidate is its own judge's tree. */
  readonly judge: Inventory | undefined;
}

/**
 * - `passed`: nothing of the base was lost. `asks` is what a person has to allow all the same.
 * - `failed`: the checks are green and yet mean less than on the base.
 */
export type Judgement =
  | { readonly kind: 'passed'; readonly asks: readonly Ask[]; readonly evidence: readonly string[] }
  | { readonly kind: 'failed'; readonly because: readonly string[] };

export interface JudgeFacts {
  /** Null where the patch touches nothing that judges it. */
  readonly judge: 'passed' | 'failed' | null;
  readonly reports: readonly Reports[];
  /** The writer's reason why tests or what runs them had to change: then a person decides, not this. */
  readonly whyTestsChange: string | null;
}

const maxNames = 10;

/**
 * Whether green means green: every check of the candidate has passed when this is asked.
 *
 * A patch that touches existing tests, scripts or test configuration must pass with the base's own too, and every test
 * that passed on the base must have run and passed. Where the writer says why that cannot be, a person is asked.
 */
export function judgeGreen({ judge, reports, whyTestsChange }: JudgeFacts): Judgement {
  const lost = reports.flatMap((report) => lossesOf(report, judge !== null));
  const because = [
    ...(judge === 'failed' ? ['with the tests, scripts and test configuration of the base, the checks fail'] : []),
    ...lost.filter(({ isHard }) => isHard).map(({ text }) => text),
  ];
  if (because.length > 0 && whyTestsChange === null) return { kind: 'failed', because };
  const soft = lost.filter(({ isHard }) => !isHard).map(({ text }) => text);
  const asks = [...because, ...soft].map((why): Ask => ({ path: 'the checks', why }));
  return { kind: 'passed', asks, evidence: reports.flatMap(evidenceOf) };
}

interface Loss {
  readonly text: string;
  /** In the tree that has to keep every test. A test that is lost only in the candidate was renamed or taken out. */
  readonly isHard: boolean;
}

function lossesOf({ check, base, candidate, judge }: Reports, hasJudge: boolean): Loss[] {
  if (base === undefined) return [];
  const hard = compareInventories(base, hasJudge ? judge : candidate);
  const soft = compareInventories(base, candidate);
  if (hard.kind === 'lost') return [{ text: sayComparison(check, hard, maxNames), isHard: true }];
  return soft.kind === 'lost' ? [{ text: sayComparison(check, soft, maxNames), isHard: false }] : [];
}

function evidenceOf({ check, base, candidate }: Reports): string[] {
  if (base === undefined || candidate === undefined) return [];
  return [sayComparison(check, compareInventories(base, candidate), maxNames)];
}
