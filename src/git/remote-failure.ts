import { ForgeError } from '../domain/faults.ts';
import type { GitFailure } from './git-command.ts';

interface Reading {
  readonly says: RegExp;
  readonly status?: number;
  readonly isRetryable: boolean;
}

/** git reports the network only in prose (English, by LC_ALL). First match wins. */
const readings: readonly Reading[] = [
  { says: /Authentication failed for|could not read (?:Username|Password) for/, status: 401, isRetryable: false },
  { says: /^fatal: repository '.*' not found/m, status: 404, isRetryable: false },
  { says: /not our ref|couldn't find remote ref|unadvertised object/, isRetryable: false },
  { says: /\[remote rejected\].*(?:cannot lock ref|failed to update ref|internal)/i, isRetryable: true },
  { says: /\[remote rejected\]|\[rejected\]/, isRetryable: false },
  { says: /unable to update url base from redirection/, isRetryable: false },
  { says: /unable to access '|RPC failed|early EOF|hung up unexpectedly|unexpected disconnect/, isRetryable: true },
  // Another process is at the same mirror.
  { says: /shallow\.lock'?: File exists/, isRetryable: true },
];

/** What the remote said or failed to say, or null when the fault lies in the mirror. */
export function remoteFault(failure: GitFailure, what: string): ForgeError | null {
  if (failure.isTimeout) return new ForgeError(`${what}: no answer in time`, { isRetryable: true, cause: failure });
  const message = `${what}: ${explanation(failure.stderr)}`;
  // What the remote itself printed is no evidence of anything.
  const own = failure.stderr.replace(/^remote: .*$/gm, '');
  const status = Number(/(?:returned error: |HTTP )(\d{3})/.exec(own)?.[1]);
  if (!Number.isNaN(status)) {
    return new ForgeError(message, { status, isRetryable: isRetryableStatus(status), cause: failure });
  }
  const reading = readings.find(({ says }) => says.test(own));
  if (reading === undefined) return null;
  return new ForgeError(message, {
    isRetryable: reading.isRetryable,
    cause: failure,
    ...(reading.status !== undefined && { status: reading.status }),
  });
}

const isRetryableStatus = (status: number): boolean => status >= 500 || status === 429 || status === 408;

/** The lines that say why, without the progress around them. */
export function explanation(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => /^(?:fatal:|error:|remote: \S| ! )/.test(line));
  const telling = lines.filter((line) => !/^remote: (?:Enumerating|Counting|Compressing|Total|Resolving)/.test(line));
  return telling.join(' ').slice(0, 1_000) || 'git gave no reason';
}
