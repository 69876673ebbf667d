import type { Attempt } from '../domain/attempt.ts';
import { type Evidence, noReportsReason } from '../domain/evidence.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { SeenTest } from '../domain/tested-base.ts';
import { codeOfLine, quoteInSentence } from './outgoing.ts';

/** What a patch shows beyond passing checks, in the words that people and the reviewer model read. */

const maxRows = 10;
const maxNames = 5;
const maxNameLength = 160;
const maxMessageLength = 200;

/**
 * A table of the tests that failed without the change and pass with it, or the sentence that says why there is none.
 * Empty where nobody would expect one. Names and messages are what code under test printed: they stand as code, cut.
 */
export function evidenceText(
  fix: Pick<Fix, 'ticket' | 'origin' | 'reproduction' | 'candidate' | 'policy' | 'issue'>,
  attempt: Pick<Attempt, 'evidence'> | undefined,
): string {
  const evidence = attempt?.evidence;
  const isBug = fix.ticket?.kind === 'bug';
  // Of failing checks, what failed there is what was to be mended.
  const needsProof = isBug && fix.origin.kind === 'issue';
  switch (evidence?.kind) {
    case 'seen':
      return seenText(evidence, isBug, fix.candidate?.runUrl ?? null);
    case 'unproven': {
      const where = linked('the run of the base', evidence.failedIn);
      const names = namesText(evidence.passing);
      return needsProof
        ? `**No test proves this fix.** The new tests pass without the change as well, in ${where}: ${names}.`
        : `The new tests pass without the change as well, in ${where}: ${names}.`;
    }
    case 'mended':
      return mendedText(evidence, fix.candidate?.runUrl ?? null);
    case 'none':
    case undefined:
      return needsProof ? nothingText(fix, evidence ?? null) : '';
  }
}

function seenText(
  { tests, passing, failedIn }: Extract<Evidence, { kind: 'seen' }>,
  isBug: boolean,
  passedIn: string | null,
): string {
  const title = isBug
    ? 'Seen failing without the change, and passing with it:'
    : 'The new tests fail without the change:';
  const also = passing.length === 0 ? '' : `\n\nNew, but passing on the base as well: ${namesText(passing)}.`;
  return `${title}\n\n${tableOf(tests, failedIn, passedIn)}${also}`;
}

function mendedText({ tests, failedIn }: Extract<Evidence, { kind: 'mended' }>, passedIn: string | null): string {
  const where = failedIn === null ? 'an earlier run of the base' : 'a run of the base';
  const title = `Failed in ${where}, and pass with the patch. They were not run without the change again, so a test that fails only now and then would look the same:`;
  return `${title}\n\n${tableOf(tests, failedIn, passedIn)}`;
}

function tableOf(tests: readonly SeenTest[], failedIn: string | null, passedIn: string | null): string {
  const head = `| Test | ${linked('On the base', failedIn)} | ${linked('With the patch', passedIn)} |\n|---|---|---|`;
  const rows = tests.slice(0, maxRows).map(rowOf);
  const left = tests.length - rows.length;
  return `${[head, ...rows].join('\n')}${left > 0 ? `\n\nAnd ${left} more.` : ''}`;
}

const rowOf = ({ name, message }: SeenTest): string =>
  `| ${codeOfLine(name, maxNameLength)} | failed${message === '' ? '' : `: ${codeOfLine(message, maxMessageLength)}`} | passed |`;

const namesText = (names: readonly string[]): string => {
  const shown = names.slice(0, maxNames).map((name) => codeOfLine(name, maxNameLength));
  const left = names.length - shown.length;
  return `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
};

const linked = (text: string, url: string | null): string => (url === null || url === '' ? text : `[${text}](${url})`);

/** Why a bug has no failing test: the reason of whoever tried first, else what the runs could not tell. */
function nothingText(
  { reproduction, policy, issue }: Pick<Fix, 'reproduction' | 'policy' | 'issue'>,
  evidence: Extract<Evidence, { kind: 'none' }> | null,
): string {
  if (policy.evidence.testFirst === 'off')
    return '**No test proves this fix**, because `evidence.test_first` is `off` in `.github/ai-fix.yml`.';
  const end = reproduction?.end ?? null;
  const reason = end?.kind === 'none' ? end.reason : (evidence?.reason ?? noReportsReason);
  const where = issue.isLocal === true ? '`$AI_FIX_REPORTS` in docs/try.md' : '"Evidence" in docs/sandbox-workflow.md';
  const how = `How to turn that on: ${where} of ai-fix.`;
  return `**No test proves this fix**, because ${quoteInSentence(reason, 600)}.${reason === noReportsReason ? ` ${how}` : ''}`;
}
