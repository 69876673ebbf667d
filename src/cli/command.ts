import type { Terminal } from './terminal.ts';

/**
 * sysexits.h calls 64 and 78 EX_USAGE and EX_CONFIG; supervisors should not restart a process for ever on them. A gate
 * that nobody opened is no fault, and 130 is what shells say of Ctrl-C.
 */
export const exits = { good: 0, fault: 1, waiting: 3, usage: 64, config: 78, interrupted: 130 } as const;
export type ExitCode = (typeof exits)[keyof typeof exits];

export interface Command {
  /** What `--help` shows. */
  readonly help: string;
  /** Null while it goes on: the process then ends by a signal. @throws {UsageError} {ConfigError} */
  run(args: readonly string[], terminal: Terminal): Promise<ExitCode | null>;
}

/** The command line says something that no command understands. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
