import type { ListedRepository } from '../domain/signal.ts';

/** What an installation may reach, as GitHub says it now. */
export interface Reach {
  /**
   * Null where the installation is gone. Not complete where there are more than anybody wants to read.
   *
   * @throws {ForgeError} when it is suspended, or GitHub does not answer.
   */
  repositories(installationId: number): Promise<Reachable | null>;
}

export interface Reachable {
  readonly repositories: readonly ListedRepository[];
  readonly isComplete: boolean;
}
