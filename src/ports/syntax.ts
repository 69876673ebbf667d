/**
 * What a parser can tell of one file's text. Nothing is run and nothing else is read; the text may hold errors
 * anywhere, and was written by somebody nobody knows.
 */
export interface Syntax {
  /** Null where no language of this path is known, or the text is too large or takes too long to parse. */
  outline(path: string, text: string): Promise<Outline | null>;
  /** The first places that no grammar of this language allows, in order; null as for `outline`. */
  problems(path: string, text: string): Promise<readonly SyntaxProblem[] | null>;
}

export interface Outline {
  /** For instance `typescript`. */
  readonly language: string;
  /** In the order of the file; what lies within another follows it. */
  readonly symbols: readonly CodeSymbol[];
  /** As they are written: `./prices.ts`, `django.db.models`, `crate::parse`. Each once. */
  readonly imports: readonly string[];
}

export interface CodeSymbol {
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'type' | 'enum' | 'module' | 'function' | 'method' | 'constant' | 'test';
  /** How many symbols it lies within. */
  readonly depth: number;
  /** Lines count from 1; both belong to it. */
  readonly startLine: number;
  readonly endLine: number;
  /** The line in which it is declared, without its body, cut to a sensible length. */
  readonly signature: string;
}

export interface SyntaxProblem {
  readonly line: number;
  readonly column: number;
  /** For people and models: `unexpected "}"`, `missing ")"`. */
  readonly text: string;
}
