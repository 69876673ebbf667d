export interface PullRequest {
  readonly number: number;
  readonly nodeId: string;
  readonly isDraft: boolean;
  readonly url: string;
}

/** What somebody said about a place in the code, to be answered where they said it. */
export interface ReviewThread {
  /** Of the first comment; answers go there. */
  readonly comment: number;
  /** How the models call it, for instance `T1`. */
  readonly name: string;
}
