import type { JsonObject } from './json.ts';

export interface Rename {
  readonly at: string;
  readonly by: string;
  readonly from: string;
  readonly to: string;
}

export interface Labelling {
  readonly at: string;
  readonly by: string;
  readonly label: string;
}

/** A change of the title is a rename, which leaves `lastEditedAt` alone. */
export interface IssueEdits {
  readonly body: { readonly at: string; readonly by: string } | null;
  /** Oldest first. */
  readonly renames: readonly Rename[];
}

/**
 * What emulate forgets: what a text was before, who changed an issue's words or labelled it and when, and through which App a person
 * wrote.
 */
export interface History {
  /** Title and body as last told, by address. */
  readonly texts: Map<string, JsonObject>;
  /** By the issue's address. */
  readonly issueEdits: Map<string, IssueEdits>;
  /** Every labelling of an issue, by the issue's address, oldest first. */
  readonly labellings: Map<string, readonly Labelling[]>;
  /** Slug of the App, by the address of the issue or comment. */
  readonly throughApps: Map<string, string>;
  /** Who labelled which issue or pull request, oldest first. */
  readonly labelled: {
    readonly repositoryId: number;
    readonly number: number;
    readonly name: string;
    readonly by: string;
    readonly at: string;
  }[];
  /** Times that a test wants for what happens next. */
  readonly plannedMs: Map<string, number>;
}

export const createHistory = (): History => ({
  texts: new Map(),
  issueEdits: new Map(),
  labellings: new Map(),
  throughApps: new Map(),
  labelled: [],
  plannedMs: new Map(),
});
