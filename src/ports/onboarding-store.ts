import type { RepositoryRef } from '../domain/ids.ts';
import type { Onboarding } from '../domain/onboarding.ts';
import type { ListedRepository } from '../domain/signal.ts';

/** How repositories stand with the App. Those that it was installed on before it kept this have no row. */
export interface OnboardingStore {
  /** Idempotent. One that is closed or on stays so; what was given up is tried again. The number of rows touched. */
  want(installationId: number, repositories: readonly ListedRepository[]): Promise<number>;
  /** Wakes what was put off with its installation. */
  resume(installationId: number): Promise<number>;
  /** Puts repositories off, or all of an installation where none are named. One that is closed stays so. */
  putOff(installationId: number, ids: readonly number[] | null, note: string): Promise<number>;
  /** By its number where that is known: another repository may have had its name. Else by its name. */
  find(repository: RepositoryRef): Promise<Onboarding | null>;
  ofInstallation(installationId: number): Promise<readonly Onboarding[]>;
  /** The next one to look at, kept from everybody else for a while; null where none is due, or the pace forbids it. */
  claim(): Promise<Onboarding | null>;
  set(id: number, change: OnboardingChange): Promise<void>;
}

export type OnboardingChange = Partial<Omit<Onboarding, 'repository'>> & {
  /** Null: not again. */
  readonly lookAtMs?: number | null;
  /** True where nothing was written after all, so that the pace does not count it. */
  readonly isFree?: boolean;
  /** Its name and installation as they are now. */
  readonly repository?: RepositoryRef;
};

/** Installations that the App has seen from their first day, and when it counts their repositories next. */
export interface InstallationStore {
  /** Idempotent. */
  follow(id: number): Promise<void>;
  /** One that is due; nobody else gets it before the next time. */
  claim(): Promise<number | null>;
  forget(id: number): Promise<void>;
}
