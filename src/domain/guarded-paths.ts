import type { Finding, Rule } from './finding.ts';
import type { PathKind } from './path-kinds.ts';
import { foldPath } from './portable-paths.ts';

interface PathRule extends Pick<Finding, 'grade' | 'rule' | 'why'> {
  /** Of folded paths, so that no spelling of a name gets past. */
  readonly paths: RegExp;
}

/**
 * Never: what gives a patch power over its own judgement, over later models, or over people's machines before they
 * have run anything (opening a folder, entering it in a shell, committing, fetching packages).
 */
const refused: readonly PathRule[] = [
  rule('refuse', 'github-settings', /^\.github\//, 'workflows and settings of the repository on GitHub are for people'),
  rule('refuse', 'code-owners', /(?:^|\/)codeowners$/, 'who must review is for people to decide'),
  rule('refuse', 'git-hooks', /(?:^|\/)\.(?:husky|git-?hooks)\//, 'hooks run on the machines of others'),
  rule('refuse', 'workflow-documents', /^\.ai(?:$|\/workflow(?:$|\/))/, 'ai-fix itself keeps its documents there'),
  rule('refuse', 'sandbox-file', /(?:^|\/)ai-fix-(?:junit|recipe)[^/]*(?:\/|$)/, 'the sandbox writes this file itself'),
  ...agentInstructions(),
  rule(
    'refuse',
    'editor-settings',
    /(?:^|\/)\.(?:vscode|idea|devcontainer|zed|fleet|vs|idx)\/|\.code-workspace$/,
    'editors run what it says on the machines of others',
  ),
  rule(
    'refuse',
    'editor-settings',
    /(?:^|\/)\.(?:devcontainer\.json|gitpod\.(?:ya?ml|dockerfile)|envrc|exrc|n?vimrc|lvimrc|nvim\.lua|dir-locals(?:-2)?\.el|(?:gdb|lldb)init|replit)$/,
    'editors and shells run what it says on the machines of others',
  ),
  rule(
    'refuse',
    'package-source',
    /(?:^|\/)(?:\.npmrc|\.pnpmrc|\.yarnrc[^/]*|pip\.(?:conf|ini)|\.pypirc|[._]netrc|nuget\.config|\.condarc|\.bowerrc)$/,
    'where packages come from, and with whose credentials, is for people to decide',
  ),
  rule(
    'refuse',
    'git-settings',
    /(?:^|\/)\.git(?!(?:ignore|keep|lab-ci\.ya?ml|leaks\.toml|leaksignore|-blame-ignore-revs)$)[^/]*$/,
    "git's own configuration is for people",
  ),
];

function agentInstructions(): PathRule[] {
  const why = 'instructions for agents are for people to write';
  return [
    /(?:^|\/)(?:agents|agents\.override|claude|claude\.local|gemini|copilot-instructions)\.md$/,
    /^(?:agent|qwen|warp|crush)\.md$/,
    /(?:^|\/)\.(?:cursor|claude|aider|windsurf|cline|continue|goose|augment|copilot)[^/]*(?:\/|$)/,
    /(?:^|\/)\.(?:ai|agents?|codex|gemini|qwen|junie|kiro|amazonq|trae|opencode|openhands|factory|roo)\//,
    /(?:^|\/)(?:\.mcp\.json|\.roo(?:rules|modes|ignore)[^/]*|\.rules|opencode\.jsonc?)$/,
  ].map((paths) => rule('refuse', 'agent-instructions', paths, why));
}

/** What a person may allow, beside what `path-kinds.ts` knows. */
const asked: readonly PathRule[] = [
  rule(
    'ask',
    'ignore-file',
    /(?:^|\/)\.git(?:ignore|-blame-ignore-revs)$/,
    'what git leaves out is also hidden from reviews and checks',
  ),
  rule(
    'ask',
    'environment-file',
    /(?:^|\/)\.env(?:$|\.(?!(?:example|sample|template|dist)$)[^/]*$)/,
    'it changes under which settings everything runs, checks included',
  ),
  rule('ask', 'agent-instructions', /(?:^|\/)skill\.md$/, 'agents take it as instructions'),
  rule('ask', 'lint-config', /(?:^|\/)\.gitleaks(?:\.toml|ignore)$/, 'it steers a scanner for secrets'),
  rule(
    'ask',
    'ci-script',
    /(?:^|\/)\.(?:github|gitea|forgejo)\/|(?:^|\/)\.(?:overcommit\.ya?ml|lintstagedrc[^/]*)$/,
    'automation runs it',
  ),
];

/** The first that a path has decides the words. */
const kindsAsked: readonly (readonly [PathKind, Rule, string])[] = [
  ['lockfile', 'lockfile', 'it decides which packages are installed'],
  ['manifest', 'manifest', 'it decides what is installed, built and run'],
  ['test-config', 'test-config', 'it steers how tests are run'],
  ['lint-config', 'lint-config', 'it steers linters, formatters or coverage'],
  ['script', 'script', 'checks or builds may be started by it'],
  ['ci-script', 'ci-script', 'automation runs it'],
];

/** What the place of a file alone says about a change of it: at most one finding, the gravest. */
export function guardedPath(path: string, kinds: ReadonlySet<PathKind>): Omit<Finding, 'path'> | null {
  const listed = firstOf([...refused, ...asked], path);
  if (listed !== null) return listed;
  const known = kindsAsked.find(([kind]) => kinds.has(kind));
  return known === undefined ? null : { grade: 'ask', rule: known[1], why: known[2] };
}

function firstOf(rules: readonly PathRule[], path: string): Omit<Finding, 'path'> | null {
  const folded = foldPath(path);
  const found = rules.find(({ paths }) => paths.test(folded));
  return found === undefined ? null : { grade: found.grade, rule: found.rule, why: found.why };
}

function rule(grade: PathRule['grade'], id: Rule, paths: RegExp, why: string): PathRule {
  return { grade, rule: id, paths, why };
}
