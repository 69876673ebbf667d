/** What one step runs: of a set-up, of fixers, or a check. */
export interface CheckScript {
  /** For `bash -eo pipefail`, at the root of the workspace. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of what stands around a step: see `CellOrder`. */
  readonly around?: Readonly<Record<string, string>>;
  readonly hasNetwork?: boolean;
}
