import { createHash } from 'node:crypto';

/** How far a check came: what does not build says nothing of its tests yet. */
export type FailureNature = 'build' | 'test' | 'lint';

/** One thing that failed, as a tool told it. Every text of it was printed by code that nobody has read. */
export interface Failure {
  /** For instance `vitest`. */
  readonly tool: string;
  readonly nature: FailureNature;
  /** Suites and name; left out where it is no test that failed. */
  readonly test?: string;
  readonly path?: string;
  readonly line?: number;
  /** One line. */
  readonly message: string;
  /** Its own part of the log. */
  readonly excerpt: string;
}

/** What is kept of a failure with its attempt, to know it again. */
export interface KnownFailure {
  readonly check: string;
  readonly nature: FailureNature;
  readonly name: string;
  readonly fingerprint: string;
  /** It fails without the patch as well. */
  readonly isOnBase?: boolean;
}

const maxNameLength = 160;

export function knownFailure(check: string, failure: Failure, isOnBase = false): KnownFailure {
  const { nature } = failure;
  return {
    check,
    nature,
    name: nameOf(failure),
    fingerprint: fingerprintOf(check, failure),
    ...(isOnBase ? { isOnBase } : {}),
  };
}

/** How a failure is called in one line: the test, else the place, else what was said. */
export function nameOf({ test, path, line, message }: Failure): string {
  const place = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}`;
  const name = test ?? (place === '' ? message : `${place}: ${message}`);
  const flat = name.replaceAll(/\s+/g, ' ').trim();
  return (flat.length <= maxNameLength ? flat : `${flat.slice(0, maxNameLength - 1)}…`).toWellFormed();
}

/**
 * The same for the same failure in another run: numbers, addresses and temporary folders of its message do not count,
 * nor does the line. The name of a test keeps its small numbers, or the cases of one table would be one failure.
 */
export function fingerprintOf(check: string, { nature, test, path, message }: Failure): string {
  const parts = [check, nature, withoutRun(test ?? ''), withoutRun(path ?? ''), withoutNumbers(withoutRun(message))];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

const maxComparedLength = 1_000;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const temporary = /(?:[A-Za-z]:)?[\\/](?:private[\\/])?(?:tmp|var[\\/]folders|Temp)[\\/][^\s'"`:;,)\]}>]*/g;
const address = /\b0x[0-9a-f]{4,16}\b/gi;
const longNumber = /\d{5,}/g;

const withoutRun = (text: string): string =>
  text
    .slice(0, maxComparedLength)
    .replaceAll(uuid, '#')
    .replaceAll(temporary, '<temporary>')
    .replaceAll(address, '#')
    .replaceAll(longNumber, '#')
    .replaceAll(/\s+/g, ' ')
    .trim();

const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, '#');
