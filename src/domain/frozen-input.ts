import { createHash } from 'node:crypto';
import type { IssueSnapshot } from './ticket.ts';

/**
 * What the models see is frozen when somebody labels the issue: most issues come from outsiders, and the maintainer's
 * label is the consent to exactly those words. Words that changed around or after the label ask for a new consent.
 */
export interface FrozenInput {
  /** The words as the models see them: of the issue and of the comments that were let in, without what is hidden. */
  readonly text: string;
  /** SHA-256 of `text`. */
  readonly digest: string;
  /** What the sanitizer took out and which comments stayed out, in a person's words; empty when nothing did. */
  readonly leftOut: readonly string[];
}

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The issue as it stands on GitHub now. */
export interface IssueNow {
  readonly isOpen: boolean;
  readonly labels: readonly string[];
  readonly title: string;
  readonly body: string;
  /** The newest edit of title or body; null when there was none. */
  readonly edited: { readonly atMs: number; readonly by: string | null } | null;
}

/** An edit this short before the label may be one that the labeller never saw. */
const suspiciousEditMs = 60_000;

export interface Doubt {
  readonly reason: string;
  /** Names the words that stand on GitHub now: a confirmation binds them, so a further edit asks again. */
  readonly words: string;
}

/** Why somebody has to confirm the frozen words, or null. `requester` is who labelled. */
export function doubtAbout(frozen: IssueSnapshot, now: IssueNow, requester: string): Doubt | null {
  const words = wordsOf(now);
  const by = now.edited?.by ?? 'somebody';
  if (wordsOf(frozen) !== words)
    return { reason: `${by} edited the issue after it was labelled; the work goes by the words of before`, words };
  const { labelledAtMs } = frozen;
  if (now.edited === null || labelledAtMs === undefined || by === requester) return null;
  if (now.edited.atMs < labelledAtMs - suspiciousEditMs) return null;
  const isLater = now.edited.atMs > labelledAtMs;
  const when = isLater
    ? 'after it was labelled; the work goes by the words of now'
    : 'less than a minute before it was labelled';
  return { reason: `${by} edited the issue ${when}`, words };
}

/** Browsers send CRLF, the API may answer LF; and what was frozen has been in a database, which takes no NUL. */
const wordsOf = ({ title, body }: { readonly title: string; readonly body: string }): string =>
  digestOf(JSON.stringify([title, body].map((text) => kept(text).replaceAll('\r\n', '\n').trim())));

const kept = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');
