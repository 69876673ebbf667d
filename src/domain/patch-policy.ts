/**
 * What a patch may not touch, whoever asks for it. The models are told, and this decides.
 *
 * Such a change could give the patch power over its own judgement (workflows), over people's machines (git's
 * configuration, hooks) or over later models (instruction files).
 */
const forbidden: readonly { readonly paths: RegExp; readonly why: string }[] = [
  { paths: /^\.github\//i, why: 'workflows and settings of the repository on GitHub are for people' },
  { paths: /(^|\/)codeowners$/i, why: 'who must review is for people to decide' },
  { paths: /(^|\/)\.git[^/]*$/i, why: "git's own configuration is for people" },
  { paths: /(^|\/)\.(husky|githooks)\//i, why: 'hooks run on the machines of others' },
  { paths: /(^|\/)(agents|claude|gemini)\.md$/i, why: 'instructions for agents are for people to write' },
  { paths: /(^|\/)\.(cursor|claude|aider)[^/]*(\/|$)/i, why: 'instructions for agents are for people to write' },
];

export interface PolicyFinding {
  readonly path: string;
  readonly why: string;
}

/** Every path of the patch that must not be in it. */
export function refusedPaths(paths: readonly string[]): readonly PolicyFinding[] {
  return paths.flatMap((path) => {
    const rule = forbidden.find((candidate) => candidate.paths.test(path));
    return rule === undefined ? [] : [{ path, why: rule.why }];
  });
}
