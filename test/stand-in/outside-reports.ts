/** What was reported so far of commits, by others than the runner. */
export interface OutsideCheck {
  readonly sha: string;
  readonly name: string;
  /** Short name of the App that reports it. */
  readonly app: string;
  readonly conclusion: 'success' | 'failure' | 'timed_out' | 'neutral';
  readonly summary?: string;
  readonly annotations?: readonly { readonly path: string; readonly line: number; readonly message: string }[];
}

export interface OutsideStatus {
  readonly sha: string;
  readonly context: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly description?: string;
}

export interface OutsideReports {
  readonly checks: { readonly id: number; readonly repositoryId: number; readonly check: OutsideCheck }[];
  readonly statuses: { readonly id: number; readonly repositoryId: number; readonly status: OutsideStatus }[];
}

export const createOutsideReports = (): OutsideReports => ({ checks: [], statuses: [] });
