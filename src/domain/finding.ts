/** `refuse`: never, whoever asks. `ask`: only once a person has allowed it. */
export type Grade = 'refuse' | 'ask';

/** A problem of a patch. */
export interface Finding {
  readonly grade: Grade;
  /** Stable: tests and records go by it. */
  readonly rule: Rule;
  /** As the patch has it, and so anybody's text. `wholePatch` where no single file is at fault. */
  readonly path: string;
  /** A short clause in words of ours: nothing of the patch stands in it. */
  readonly why: string;
}

export const wholePatch = 'the patch';

export type Rule =
  // Paths.
  | 'malformed-path'
  | 'unportable-path'
  | 'path-collision'
  | 'forbidden'
  | 'protected'
  | 'github-settings'
  | 'code-owners'
  | 'git-settings'
  | 'git-hooks'
  | 'sandbox-file'
  | 'agent-instructions'
  | 'workflow-documents'
  | 'editor-settings'
  | 'package-source'
  | 'ignore-file'
  | 'environment-file'
  | 'manifest'
  | 'lockfile'
  | 'script'
  | 'ci-script'
  | 'test-config'
  | 'lint-config'
  // What is no text, too much text, or text that hides something.
  | 'submodule'
  | 'symlink'
  | 'binary'
  | 'executable'
  | 'encoding'
  | 'patch-size'
  | 'control-characters'
  | 'hidden-characters'
  | 'secret'
  // Lines that work on what judges the patch.
  | 'switched-off-check'
  | 'runner-files'
  | 'exit-as-passed'
  | 'patched-framework'
  | 'knows-its-judge'
  // Tests that judge less than before.
  | 'deleted-test'
  | 'removed-test'
  | 'changed-assertion'
  | 'changed-expectation'
  | 'loosened-limit'
  | 'trivial-assertion'
  | 'skipped-test'
  | 'focused-test'
  | 'sidestepped-assertion'
  | 'changed-snapshot'
  | 'changed-fixture';

/** A stable order, whatever the order of the files: the most severe first, then by path. */
export function mostSevereFirst(findings: readonly Finding[]): Finding[] {
  const gravity = ({ grade }: Finding) => (grade === 'refuse' ? 0 : 1);
  return findings.toSorted(
    (a, b) => gravity(a) - gravity(b) || compare(a.path, b.path) || compare(a.rule, b.rule) || compare(a.why, b.why),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const maxShownLines = 3;

/** `line 3`, `lines 3, 8 and 12`, `lines 3, 8, 12 and 4 more`. */
export function linesText(numbers: readonly number[]): string {
  const shown = [...new Set(numbers)].sort((a, b) => a - b);
  const first = shown.slice(0, maxShownLines);
  if (shown.length === 1) return `line ${first.join()}`;
  if (shown.length > maxShownLines) return `lines ${first.join(', ')} and ${shown.length - maxShownLines} more`;
  return `lines ${first.slice(0, -1).join(', ')} and ${first.at(-1)}`;
}
