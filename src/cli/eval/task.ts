import { z } from 'zod';

/**
 * A task: a repository with something to be fixed, the words of the issue, the checks that the fix sees, and hidden
 * tests that it never sees. The format is documented in docs/eval.md.
 */
export interface Task {
  /** The name of its folder. */
  readonly id: string;
  readonly folder: string;
  readonly language: string;
  readonly issue: { readonly title: string; readonly body: string };
  readonly source: TaskSource;
  readonly checks: readonly TaskCheck[];
  /** Run with network before checks, once for a state of the lockfiles. */
  readonly setUp: string | null;
  readonly hidden: { readonly folder: string; readonly command: string };
  /** Patches, for `--check-tasks`: one that solves it, and ones that only look as if they did. */
  readonly solution: string | null;
  readonly traps: readonly { readonly name: string; readonly path: string }[];
  /** Programs that the sandbox must have. */
  readonly needs: readonly string[];
  readonly limits: TaskLimits;
  readonly tags: readonly string[];
  /** Names everything that a result depends on: with another digest it is another task. */
  readonly digest: string;
}

export type TaskSource =
  | { readonly kind: 'folder'; readonly path: string }
  /** A repository or a bundle of somebody's own. */
  | { readonly kind: 'git'; readonly path: string; readonly base: string };

export interface TaskCheck {
  readonly name: string;
  readonly command: string;
}

export interface TaskLimits {
  readonly usd?: number | undefined;
  readonly attempts?: number | undefined;
  readonly minutes?: number | undefined;
  readonly tokens?: number | undefined;
}

/** What a language needs where a task says nothing. */
const programsOf: Readonly<Record<string, readonly string[]>> = {
  javascript: ['node'],
  typescript: ['node'],
  python: ['python3'],
  java: ['javac', 'java'],
  go: ['go'],
  rust: ['cargo'],
  c: ['make', 'cc'],
};

export const neededBy = (language: string): readonly string[] => programsOf[language] ?? [];

/** Each type says, as its error, what is allowed at its place. */
const words = (pattern: RegExp, allowed: string) => z.string({ error: allowed }).regex(pattern, allowed);

const command = z.string({ error: 'a command of the shell' }).trim().min(1, 'a command of the shell').max(4_000);
const ownPath = z
  .string({ error: 'a path below the folder of the task' })
  .max(300)
  .refine(
    (path) => path !== '' && !path.startsWith('/') && !path.split('/').includes('..'),
    'a path below the folder of the task',
  );
const checkNames = 'names of letters, digits, dot and dash, each with a command';
const program = words(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,60}$/, 'the name of a program, as it is typed');
const tag = words(/^[a-z0-9][a-z0-9-]{0,40}$/, 'lower-case letters, digits and dashes');
const list = <T extends z.ZodType>(item: T, most: number, of: string) =>
  z.array(item, { error: `a list of at most ${most} ${of}` }).max(most, `a list of at most ${most} ${of}`);
const positive = (most: number) =>
  z
    .number({ error: `a number above 0, at most ${most}` })
    .positive(`a number above 0, at most ${most}`)
    .max(most, `a number above 0, at most ${most}`);
const whole = (most: number) => {
  const allowed = `a whole number from 1 to ${most}`;
  return z.number({ error: allowed }).int(allowed).min(1, allowed).max(most, allowed);
};

const groups = {
  repository: z.strictObject({
    path: z
      .string({ error: 'the path of a git repository or bundle' })
      .min(1, 'the path of a git repository or bundle'),
    base: words(/^[0-9a-f]{40}$/, 'the 40 hex digits of a commit'),
  }),
  hidden: z.strictObject({ files: ownPath.optional(), command }, { error: 'the group { command: …, files: … }' }),
  limits: z.strictObject(
    {
      usd: positive(1_000).optional(),
      attempts: whole(20).optional(),
      minutes: positive(24 * 60).optional(),
      tokens: whole(1_000_000_000).optional(),
    },
    { error: 'a group of the keys usd, attempts, minutes, tokens' },
  ),
};

export const taskSchema = z.strictObject({
  language: words(/^[a-z][a-z0-9+#-]{0,30}$/, 'the name of a language in lower case, for instance python'),
  title: z
    .string({ error: 'a text of 3 to 250 characters' })
    .trim()
    .min(3, 'a text of 3 to 250 characters')
    .max(250)
    .optional(),
  issue: ownPath.optional(),
  repository: z.union([ownPath, groups.repository]).optional(),
  checks: z
    .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,40}$/, checkNames), command, { error: checkNames })
    .refine((checks) => Object.keys(checks).length > 0 && Object.keys(checks).length <= 10, `1 to 10 ${checkNames}`),
  setup: command.optional(),
  hidden: groups.hidden,
  solution: ownPath.optional(),
  traps: ownPath.optional(),
  needs: list(program, 20, 'programs').optional(),
  limits: groups.limits.optional(),
  script: ownPath.optional(),
  tags: list(tag, 20, 'tags').optional(),
});
export type TaskText = z.infer<typeof taskSchema>;

/** The keys of the file, and of each group in it. */
export const taskKeys = (place: string): readonly string[] =>
  Object.keys(place in groups ? groups[place as keyof typeof groups].shape : taskSchema.shape);
