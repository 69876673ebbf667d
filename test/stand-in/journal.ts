import { createHash } from 'node:crypto';
import type { Json } from './json.ts';

export type CallerKind = 'installation' | 'app-jwt' | 'user' | 'anonymous';

export interface JournalEntry {
  readonly method: string;
  /** With the query, without `/api/v3`. */
  readonly path: string;
  readonly by: CallerKind;
  readonly login: string | null;
  /** Which installation token was used, as `tokenDigest` names it; null for everybody else's. */
  readonly token: string | null;
  /** Permissions that the request can be allowed by, for instance `issues:write`: any one in REST, all in GraphQL. */
  readonly needs: string[];
  readonly operationId: string | null;
  readonly requestBody: Json | undefined;
  /** Null while the request is under way, or when its connection was cut. */
  status: number | null;
  /** What was wrong with the request, by GitHub's description or by the App's manifest. */
  readonly problems: string[];
  readonly responseProblems: string[];
}

/** An installation token as it was handed out. The token itself is never kept here. */
export interface MintedToken {
  readonly token: string;
  readonly installationId: number;
  /** What was asked for; null where nothing was, which gives everything. */
  readonly askedPermissions: Readonly<Record<string, string>> | null;
  /** Names or ids. */
  readonly askedRepositories: readonly (string | number)[] | null;
  readonly permissions: Readonly<Record<string, string>>;
  /** Full names, lower case; null for all of the installation. */
  readonly repositories: readonly string[] | null;
}

/** Every request the stand-in saw, in order of arrival. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  record(entry: JournalEntry): void;
  note(text: string): void;
  readonly notes: readonly string[];
  /** Every installation token, in order. */
  readonly tokens: readonly MintedToken[];
  recordToken(token: MintedToken): void;
  /** What the App itself asked wrongly; the requests of test users are not judged. */
  requestProblems(): string[];
  /** Where the stand-in's answer differs from GitHub's description. */
  responseProblems(): string[];
  /** Entries of one operation, for instance `git/create-ref`. */
  of(operationId: string): readonly JournalEntry[];
  /** Entries that used this token, by its digest. */
  usesOf(token: string): readonly JournalEntry[];
  /**
   * Permissions that tokens had and no request of theirs can have needed, one line for each. `metadata: read`, which
   * GitHub always gives, is left out; where one of several permissions would do, every one that was granted counts.
   */
  unusedGrants(): string[];
}

/** Names a token without giving it away. */
export const tokenDigest = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 16);

export function createJournal(): Journal {
  const entries: JournalEntry[] = [];
  const notes: string[] = [];
  const tokens: MintedToken[] = [];
  const lines = (chosen: readonly JournalEntry[], kind: 'problems' | 'responseProblems'): string[] =>
    chosen.flatMap((entry) => entry[kind].map((problem) => `${entry.method} ${entry.path}: ${problem}`));
  const usesOf = (token: string): JournalEntry[] => entries.filter((entry) => entry.token === token);
  return {
    entries,
    notes,
    tokens,
    record: (entry) => void entries.push(entry),
    recordToken: (token) => void tokens.push(token),
    note: (text) => void notes.push(text),
    requestProblems: () =>
      lines(
        entries.filter((entry) => entry.by !== 'user'),
        'problems',
      ),
    responseProblems: () => lines(entries, 'responseProblems'),
    of: (operationId) => entries.filter((entry) => entry.operationId === operationId),
    usesOf,
    unusedGrants: () =>
      tokens.flatMap((minted) => {
        const needed = new Set(usesOf(minted.token).flatMap((entry) => entry.needs));
        return Object.entries(minted.permissions)
          .filter(([name, level]) => name !== 'metadata' && !needed.has(`${name}:${level}`))
          .map(([name, level]) => `token ${minted.token}: ${name}:${level} was never needed`);
      }),
  };
}
