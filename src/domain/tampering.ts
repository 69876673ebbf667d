import type { Line } from './changed-lines.ts';
import { type Finding, linesText, type Rule } from './finding.ts';
import { isProse, type TextChange } from './patched-file.ts';

interface LineRule {
  readonly rule: Rule;
  readonly why: string;
  /** Each linear in the length of a line: no repetition stands next to another that could take the same text. */
  readonly patterns: readonly RegExp[];
  readonly isAbout: (change: TextChange) => boolean;
  /** Whether a marker that only moved along with an edited line counts for nothing. */
  readonly isNet?: boolean;
}

const isAnyCode = (): boolean => true;
const isAroundTests = ({ kinds }: TextChange): boolean =>
  (['test', 'test-config', 'script', 'ci-script', 'manifest'] as const).some((kind) => kinds.has(kind));
/** Configuration is asked about already for what it is, and asks for the environment as a rule. */
const isNoConfiguration = ({ kinds }: TextChange): boolean =>
  (['test-config', 'lint-config', 'manifest', 'script', 'ci-script'] as const).every((kind) => !kinds.has(kind));

const lineRules: readonly LineRule[] = [
  {
    rule: 'switched-off-check',
    why: 'it switches a check of the code off',
    patterns: [
      /\b(?:eslint|tslint|oxlint|stylelint|rubocop|swiftlint|pylint|shellcheck|ktlint)[-: ]{0,2}disable\b|\/\*\s*eslint\s/i,
      /\b(?:biome|deno-lint|istanbul|c8|v8|psalm|phpstan|hadolint|codespell|coverage)[-: ]+(?:ignore|suppress)/i,
      /@ts-(?:ignore|nocheck)\b|@(?:phpstan-ignore|psalm-suppress|codeCoverageIgnore)|@Suppress(?:Warnings|Lint|FBWarnings)?\b/,
      /#\s*(?:noqa|nosec|nosemgrep|type:\s*ignore|pyright:\s*ignore|mypy:\s*ignore|pragma:\s*no\s*(?:cover|branch)|(?:ruff|flake8):\s*noqa)\b/i,
      /\/[/*]\s*(?:nolint|nosec|lint:ignore|NOSONAR|NOLINT)|:nocov:|\bLCOV_EXCL|\bcheckov:skip/,
      /#!?\[(?:allow|expect)\(|#!?\[coverage\(off|#pragma\s+warning\s*(?:\(\s*)?disable|\bSuppressMessage\b|\bExcludeFromCodeCoverage\b/,
    ],
    isAbout: isAnyCode,
    isNet: true,
  },
  {
    rule: 'switched-off-check',
    why: 'it switches a check of the code off',
    // In a test it says that the wrong use is the point.
    patterns: [/@ts-expect-error\b/],
    isAbout: ({ kinds }) => !kinds.has('test'),
    isNet: true,
  },
  {
    rule: 'runner-files',
    why: 'it mentions files or variables by which a run is steered or judged',
    // https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    patterns: [
      /\b(?:GITHUB_(?:ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)|ACTIONS_(?:RUNTIME|CACHE|RESULTS|ID_TOKEN)_\w+|RUNNER_(?:TEMP|TOOL_CACHE))\b/,
      /\b(?:NODE_OPTIONS|BASH_ENV|LD_(?:PRELOAD|AUDIT)|DYLD_INSERT_LIBRARIES|PYTHONSTARTUP|PYTEST_(?:ADDOPTS|PLUGINS)|_?JAVA_(?:TOOL_)?OPTIONS|RUBYOPT|PERL5OPT|GOFLAGS|RUSTC_(?:WORKSPACE_)?WRAPPER)\b/,
      /\b(?:site|user)customize\b|ai-fix-(?:junit|recipe)|\/proc\/(?:self|\d+)\/(?:environ|mem|fd)\b/,
      /::(?:set-output|set-env|add-path|add-mask|stop-commands|save-state)\b/i,
    ],
    isAbout: isAnyCode,
  },
  {
    rule: 'exit-as-passed',
    why: 'it ends the process of the tests as if they had passed',
    patterns: [
      /\bprocess\.(?:exit|reallyExit)\s*\(\s*(?:0\s*)?\)|\bprocess\.exitCode\s*=\s*(?:0\b|undefined\b)/,
      /\b(?:os\._exit|sys\.exit|SystemExit)\s*\(\s*(?:0\s*)?\)|\braise SystemExit(?![\w(])|\bpytest\.exit\b/,
      /(?<![\w.$])(?:_?exit|quick_exit|quit|exitProcess)\s*\(\s*(?:(?:0|true|EXIT_SUCCESS)\s*)?\)|(?<![\w.$-])exit\s+(?:0|true)\b|^[ \t]*exit!/m,
      /\b(?:os|syscall|System|Environment|Deno|Kernel|process:)[.:](?:Exit|exit)\s*\(\s*(?:0\s*)?\)|\bEnvironment\.ExitCode\s*=\s*0\b/,
    ],
    isAbout: isAroundTests,
  },
  {
    rule: 'exit-as-passed',
    why: 'it ends the process at once and as if all were well, past whatever would still speak up',
    patterns: [/\bos\._exit\s*\(\s*0\s*\)|\bprocess\.reallyExit\b|\bgetRuntime\(\)\.halt\s*\(\s*0\s*\)/],
    isAbout: (change) => !isAroundTests(change),
  },
  {
    // On import it ends the tests of the module, and what it writes before may pass for their report.
    rule: 'exit-as-passed',
    why: 'it ends the process as if all were well, outside of a command line',
    patterns: [/\bprocess\.exit\s*\(\s*(?:0\s*)?\)|\bSystem\.exit\s*\(\s*0\s*\)|\bos\.Exit\s*\(\s*0\s*\)/],
    isAbout: (change) => !isAroundTests(change) && !/(?:^|\/)(?:bin|cli|cmd|main)(?:[./-]|$)/i.test(change.path),
  },
  {
    rule: 'patched-framework',
    why: 'it replaces a part of the test framework or of its assertions',
    patterns: [
      /\bassert(?:\.strict)?\.\w+\s*=(?![=>])|\bObject\.is\s*=(?![=>])|\bexpect\.prototype\b|\bAssertion\.(?:prototype|overwrite\w+)\b/,
      /\b(?:globalThis|global)(?:\.|\[['"])(?:expect|assert|it|test|describe|suite)(?:['"]\])?\s*=(?![=>])/,
      /\bdefineProperty\s*\(\s*(?:(?:globalThis|global)\s*,\s*['"](?:expect|assert|it|test|describe)['"]|(?:assert|expect)\s*,)/,
      /\.(?:mock|doMock|setMock|unstable_mockModule|module)\s*\(\s*['"](?:node:)?(?:assert|test|expect|vitest|jest|chai|@jest\/globals|@vitest\/expect)(?:\/strict)?['"]/,
      /\bpytest_(?:runtest_\w+|sessionfinish|report_\w+|collection_modifyitems|pyfunc_call|exception_interact|unconfigure)\b|\b_pytest\.\w/,
      /\.(?:longrepr|exitstatus|force_result)\s*=(?!=)|\b(?:rep|report)\.outcome\s*=(?!=)|\bbuiltins\.\w+\s*=(?!=)/,
      /\b(?:TestCase|TestResult)\.(?:assert|fail|run|add|was)\w*\s*=(?!=)|\b(?:np|numpy)\.testing\.\w+\s*=(?!=)/,
      /\bsys\.modules\[['"](?:_?pytest|unittest)\b|\b(?:setattr|patch|object)\s*\(\s*['"]?(?:_?pytest|unittest)\b/,
      /\bflag\.Set\(\s*"test\.|\/\/go:linkname\b|\bmockStatic\s*\(\s*Assert(?:ions)?\b|\bTestExecutionExceptionHandler\b/,
      /\bmacro_rules!\s*(?:assert|assert_eq|assert_ne|panic)\b|\b(?:Minitest::Assertions|RSpec::Expectations)\.(?:prepend|class_eval|module_eval|define_method|alias_method)\b/,
    ],
    isAbout: isAnyCode,
  },
  {
    rule: 'patched-framework',
    why: 'it defines anew what the test framework defines',
    patterns: [
      /(?<![\w.$])function\s+expect\s*\(|\bdef\s+assert(?:Equals?|True|False|Raises|_equal|_true)?\s*[(:]|\bclass\s+(?:AssertionError|AlwaysEqual)\b/,
    ],
    isAbout: ({ kinds }) => kinds.has('test') || kinds.has('test-config'),
  },
  {
    rule: 'knows-its-judge',
    why: 'it asks whether it runs in CI or under a test runner, and so may behave differently there',
    patterns: [
      /\b(?:GITHUB_(?:ACTIONS|RUN_ID|WORKFLOW)|PYTEST_CURRENT_TEST|JEST_WORKER_ID|VITEST_(?:WORKER|POOL)_ID|NODE_TEST_CONTEXT)\b/,
      /\benv(?:iron)?\??\.(?:CI|VITEST)\b|\{[^{}]{0,80}\bCI\b[^{}]{0,80}\}\s*=\s*process\.env\b/,
      /\b(?:env|environ|environ\.get|getenv|Getenv|LookupEnv|ENV|ENV\.fetch|var|var_os|GetEnvironmentVariable|env\.get)\s*[([]\s*['"](?:CI|VITEST)['"]/,
      /['"](?:is-ci|ci-info|std-env)['"]|['"]pytest['"]\s+(?:not\s+)?in\s+sys\.modules|\btesting\.Testing\(\)|\btypeof\s+(?:jest|describe|it|expect)\b/,
    ],
    isAbout: isNoConfiguration,
  },
];

/** Added lines that work on what judges the patch. Prose may speak of all of it, and a lockfile is nobody's text. */
export function tampering(change: TextChange): Finding[] {
  if (change.after === null || change.kinds.has('lockfile') || isProse(change)) return [];
  const found = lineRules.flatMap((rule) => (rule.isAbout(change) ? findingOf(rule, change) : []));
  const equal = alwaysEqual(change);
  return equal === null ? found : [...found, equal];
}

function findingOf({ rule, why, patterns, isNet = false }: LineRule, { path, lines }: TextChange): Finding[] {
  const present = patterns.filter((pattern) => pattern.test(lines.after.text));
  if (present.length === 0) return [];
  const hits = hitsOf(present, lines.gained);
  const isOld = isNet && hits.length <= hitsOf(present, lines.lost).length;
  return hits.length === 0 || isOld ? [] : [asked(rule, path, why, hits)];
}

const hitsOf = (patterns: readonly RegExp[], lines: readonly Line[]): Line[] =>
  lines.filter(({ text }) => patterns.some((pattern) => pattern.test(text)));

/** A value that equals everything makes every comparison true, in a test or in what it tests. */
function alwaysEqual({ path, lines }: TextChange): Finding | null {
  const hits = lines.gained.filter(({ number, text }, index) => {
    const next = lines.gained[index + 1];
    if (/\bboolean equals\([^)]{0,80}\)\s*\{\s*return true\b/.test(text)) return true;
    if (!/\bdef __eq__\s*\(/.test(text)) return false;
    return /:\s*return True$/.test(text) || (next?.number === number + 1 && next.text === 'return True');
  });
  if (hits.length === 0) return null;
  return asked('patched-framework', path, 'it makes a value that equals every other', hits);
}

const asked = (rule: Rule, path: string, why: string, lines: readonly Line[]): Finding => ({
  grade: 'ask',
  rule,
  path,
  why: `${why} (${linesText(lines.map(({ number }) => number))})`,
});
