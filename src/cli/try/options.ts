import type { Budget } from '../../domain/budget.ts';
import type { Confine } from '../../local/cell.ts';
import type { HostModels } from '../../models/host-models.ts';
import type { RosterOptions } from '../../models/roster.ts';

/** What is to be tried, and how far it may go. */
export interface TryOptions {
  /** A folder of a git repository, or one inside of it. */
  readonly repository: string;
  readonly issue: IssueWords;
  /** What fails on the base is to be mended, in place of an issue: its words are then only a name. */
  readonly fixesChecks?: boolean;
  /** Branch, tag or commit; null is `HEAD`. */
  readonly base: string | null;
  /** Commands, or `name: command`; none lets the repository say. */
  readonly checks: readonly string[];
  readonly setUp: string | null;
  /** For every role; null leaves it to the repository's configuration and the environment. */
  readonly model: string | null;
  readonly budget: Partial<Budget>;
  /** Opens every gate but that of a patch which the reviewer model still objects to; else the desk is asked. */
  readonly mayProceed: boolean;
  /** Begins although every check fails on the base and none says what fails; else the desk is asked. */
  readonly mayBeginBroken?: boolean;
  /** Folders that checks see read-only at the same place. */
  readonly tools: readonly string[];
  readonly checkTimeoutMs: number;
  /** Keeps the run's folder: logs, database, depot. */
  readonly keep: boolean;
  readonly models: HostModels;
  /** Values that must never leave the process. */
  readonly secrets: readonly string[];
  /** Aborted by Ctrl-C: everything then ends as by `/ai-fix stop`. */
  readonly signal: AbortSignal;
  readonly tuning?: TryTuning;
}

export interface IssueWords {
  readonly title: string;
  readonly body: string;
}

/** What tests and `eval` set otherwise. */
export interface TryTuning {
  /** A folder with a prepared `postgres`, which saves some seconds (`AI_FIX_DATABASE_IMAGE`). */
  readonly databaseImage?: string;
  /** A database of this run alone on a server, rather than the embedded one. */
  readonly databaseUrl?: string;
  readonly modelRequests?: RosterOptions['requests'];
  readonly confine?: Confine;
  /** Checks at work at the same time; half of the processors where it is left out. */
  readonly checksAtOnce?: number;
  /** How long models that do not answer are left alone, after so many times in a row. */
  readonly outagePauseMs?: (outages: number) => number;
}

/** Whoever watches a try, and answers for it. */
export interface TryDesk {
  /** One line about what happens. */
  progress(line: string): void;
  /** Something longer to read: a plan document, a patch with what is to be decided. */
  show(markdown: string): void;
  /** The answer to a gate; null when nobody is there. */
  ask(question: string, signal: AbortSignal): Promise<string | null>;
}

export const defaultCheckTimeoutMs = 25 * 60_000;
