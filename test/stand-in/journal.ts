import type { Json } from './json.ts';

export type CallerKind = 'installation' | 'app-jwt' | 'user' | 'anonymous';

export interface JournalEntry {
  readonly method: string;
  /** With the query, without `/api/v3`. */
  readonly path: string;
  readonly by: CallerKind;
  readonly login: string | null;
  readonly operationId: string | null;
  readonly requestBody: Json | undefined;
  /** Null while the request is under way, or when its connection was cut. */
  status: number | null;
  /** What was wrong with the request, by GitHub's description or by the App's manifest. */
  readonly problems: string[];
  readonly responseProblems: string[];
}

/** Every request the stand-in saw, in order of arrival. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  record(entry: JournalEntry): void;
  note(text: string): void;
  readonly notes: readonly string[];
  /** What the App itself asked wrongly; the requests of test users are not judged. */
  requestProblems(): string[];
  /** Where the stand-in's answer differs from GitHub's description. */
  responseProblems(): string[];
  /** Entries of one operation, for instance `git/create-ref`. */
  of(operationId: string): readonly JournalEntry[];
}

export function createJournal(): Journal {
  const entries: JournalEntry[] = [];
  const notes: string[] = [];
  const lines = (chosen: readonly JournalEntry[], kind: 'problems' | 'responseProblems'): string[] =>
    chosen.flatMap((entry) => entry[kind].map((problem) => `${entry.method} ${entry.path}: ${problem}`));
  return {
    entries,
    notes,
    record: (entry) => void entries.push(entry),
    note: (text) => void notes.push(text),
    requestProblems: () =>
      lines(
        entries.filter((entry) => entry.by !== 'user'),
        'problems',
      ),
    responseProblems: () => lines(entries, 'responseProblems'),
    of: (operationId) => entries.filter((entry) => entry.operationId === operationId),
  };
}
