import type { FailingCheck, FailingCommit } from '../domain/failing-checks.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { FailingWords } from '../domain/recipe.ts';
import type { IssueSnapshot } from '../domain/ticket.ts';
import type { Ports } from '../ports/ports.ts';
import { checksBody, checksTitle, type FailureWords } from '../thread/checks-text.ts';
import { tellFailures } from './tell-failures.ts';

const maxBodyLength = 22_000;
/** Of further ones only the names are told. */
const maxDescribed = 12;
const maxLogBytes = 2 * 1024 * 1024;
/** The App by which GitHub runs workflows. */
const actionsApp = 'github-actions';

export interface DescribedFailures {
  readonly issue: IssueSnapshot;
  /** The same of each failing check, for whoever looks for what could mend it. */
  readonly words: readonly FailingWords[];
  /** Whether `words` tell of all that fails. */
  readonly isWhole: boolean;
}

/** What fails and how, as the models will read it: one ticket for a commit, however many of its checks fail. */
export async function describeFailures(
  ports: Pick<Ports, 'checks' | 'sandbox'>,
  fix: Fix,
  failing: FailingCommit,
  { failures, flaky }: { readonly failures: readonly FailingCheck[]; readonly flaky: readonly string[] },
): Promise<DescribedFailures> {
  const described = failures.slice(0, maxDescribed);
  const share = Math.floor(maxBodyLength / Math.max(1, described.length));
  const words: FailureWords[] = [];
  for (const failure of described) words.push(await wordsOf(ports, fix, failure, share));
  const more = failures
    .slice(maxDescribed)
    .map((failure) => ({ failure, failedSteps: [], annotations: [], log: null }));
  const issue = {
    ...fix.issue,
    title: checksTitle(failing),
    body: checksBody(failing, [...words, ...more], flaky, maxBodyLength),
  };
  return { issue, words: words.map(toWords), isWhole: more.length === 0 };
}

const toWords = ({ failure: { check }, failedSteps, annotations, log }: FailureWords): FailingWords => ({
  names: [check.name, ...failedSteps],
  said: [...annotations.map(({ message }) => message), log ?? check.said].join('\n'),
});

async function wordsOf(
  { checks, sandbox }: Pick<Ports, 'checks' | 'sandbox'>,
  { repository }: Fix,
  failure: FailingCheck,
  share: number,
): Promise<FailureWords> {
  const { check, run } = failure;
  const annotations = check.annotations === 0 ? [] : await checks.annotations(repository, check.id);
  // Of other Apps GitHub keeps no log.
  if (check.app !== actionsApp || run === null) return { failure, failedSteps: [], annotations, log: null };
  const job = (await sandbox.jobs(repository, run.id)).find(({ id }) => id === check.id);
  const log = await sandbox.logTail(repository, check.id, maxLogBytes);
  return {
    failure,
    failedSteps: job?.failedSteps ?? [],
    annotations,
    log: log === null ? null : tellFailures(log, share).text,
  };
}
