import type { Terminal } from './terminal.ts';

/** sysexits.h calls the last two EX_USAGE and EX_CONFIG; supervisors should not restart a process for ever on them. */
export const exits = { good: 0, fault: 1, usage: 64, config: 78 } as const;
export type ExitCode = (typeof exits)[keyof typeof exits];

export interface Command {
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** What `--help` shows. */
  readonly help: string;
  /** Null while it goes on: the process then ends by a signal. @throws {UsageError} {ConfigError} */
  run(args: readonly string[], terminal: Terminal): Promise<ExitCode | null>;
}

/** The command line says something that no command understands. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
