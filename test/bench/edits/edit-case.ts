/** One thing a model might send, and what is right to do with it. */
export interface EditCase {
  readonly kind: string;
  readonly path: string;
  readonly file: string;
  /** One call after the other. */
  readonly edits: readonly { readonly old: string; readonly new: string }[];
  /** Texts that are right afterwards; none when only a refusal is. */
  readonly right: readonly string[];
  /** Whether a refusal is as good as the edit: what was sent can be read in two ways. */
  readonly mayRefuse?: boolean;
}

export type Judgement = 'right' | 'refused' | 'corrupted';

/** Null: the edit was refused. */
export type Apply = (path: string, text: string, old: string, fresh: string) => Promise<string | null>;

/** A series of calls ends at its first refusal, as a model would stop and look. */
export async function judge(edit: EditCase, apply: Apply): Promise<Judgement> {
  let text = edit.file;
  for (const { old, new: fresh } of edit.edits) {
    const next = await apply(edit.path, text, old, fresh);
    if (next === null) return edit.right.length === 0 || edit.mayRefuse === true ? 'right' : 'refused';
    text = next;
  }
  return edit.right.includes(text) ? 'right' : 'corrupted';
}
