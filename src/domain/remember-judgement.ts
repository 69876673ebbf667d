import type { EventOf } from './event.ts';
import type { Fix } from './fix-facts.ts';
import type { Ask } from './gate.ts';
import { limits } from './next.ts';
import { judgeRecipe } from './remember-recipe.ts';

/** What the checks and the reviewer model say of a patch. */
export function rememberJudgement(fix: Fix, event: EventOf<'judged' | 'partly-passed' | 'reviewed'>): Fix {
  switch (event.type) {
    case 'judged':
      return judgeRecipe(judged(fix, event), event);
    case 'partly-passed':
      return {
        ...fix,
        results: event.results,
        // What the patch was sent back for is not settled by some of the checks.
        soFar: event.word,
        partialPasses: fix.partialPasses + 1,
        // The attempt goes on under another number; it is not spent, within bounds.
        attemptsBefore: fix.attemptsBefore + (fix.partialPasses < limits.partial ? 1 : 0),
      };
    case 'reviewed':
      return judgeRecipe(reviewed(fix, event), event);
  }
}

const judged = (fix: Fix, event: EventOf<'judged'>): Fix => ({
  ...fix,
  results: event.results,
  asks: [...fix.asks, ...(event.asks ?? [])],
  feedback: event.verdict === 'failed' ? event.feedback : fix.feedback,
  unproven: fix.unproven + (event.isUnproven === true ? 1 : 0),
  voidRuns: event.verdict === 'void' ? fix.voidRuns + 1 : fix.voidRuns,
  epilogue: event.verdict === 'void' ? event.reason : fix.epilogue,
  halted: fix.burst,
});

/** A patch that is sent back once too often goes to a person all the same, with the objections. */
function reviewed(fix: Fix, { opinion, feedback }: EventOf<'reviewed'>): Fix {
  const sendBacks = fix.sendBacks + (opinion === 'send-back' ? 1 : 0);
  if (opinion === 'accept') return { ...fix, feedback, epilogue: null };
  if (opinion === 'send-back' && sendBacks > limits.sendBacks)
    return {
      ...fix,
      feedback,
      sendBacks,
      epilogue: null,
      asks: [...fix.asks.filter(({ path }) => path !== dispute.path), dispute],
    };
  const epilogue = `the reviewer model did not accept the patch: ${feedback}`;
  // A patch that the reviewer refused is no place to go on from.
  return { ...fix, feedback, sendBacks, epilogue, halted: 'attempt' };
}

const dispute: Ask = {
  path: 'the review',
  why: `the reviewer model would send it back again, after ${limits.sendBacks} times`,
};

/** Whether the reviewer model still objects to the patch: then only a person may say that it is good enough. */
export const isDisputed = ({ gate, asks }: Pick<Fix, 'gate' | 'asks'>): boolean =>
  gate?.kind === 'patch' && asks.some(({ path }) => path === dispute.path);
