/** The stacks that there is a sandbox workflow for. */
export const stacks = ['node', 'python', 'go', 'java', 'rust'] as const;
export type Stack = (typeof stacks)[number];

/** What a project of the stack has at its root; the first that matches wins, so the less ambiguous stand first. */
const marks: readonly (readonly [Stack, RegExp])[] = [
  ['rust', /^Cargo\.toml$/],
  ['go', /^go\.mod$/],
  ['java', /^(?:pom\.xml|(?:build|settings)\.gradle(?:\.kts)?)$/],
  ['python', /^(?:pyproject\.toml|setup\.(?:py|cfg)|requirements[\w.-]*\.txt|Pipfile|tox\.ini)$/],
  ['node', /^package\.json$/],
];

/**
 * The stack of a repository by the names of the files at its root, or null where none is known.
 *
 * A `package.json` decides last: projects in other languages often have one for their tooling.
 */
export const detectStack = (rootFiles: readonly string[]): Stack | null =>
  marks.find(([, mark]) => rootFiles.some((name) => mark.test(name)))?.[0] ?? null;
