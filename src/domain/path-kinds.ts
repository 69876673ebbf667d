/**
 * What kind of file a path is, by the conventions of languages and tools.
 *
 * - **test**: tests, and what they compare with or stand on.
 * - **test-config**: what steers a test runner, or is loaded into its process unasked.
 * - **script**: what checks are started by, down to the programs a package runner puts first in `PATH`.
 * - **ci-script**: what other automation is started by.
 * - **lint-config**: what steers linters, formatters, type and coverage gates.
 * - **manifest**, **lockfile**: what is installed and built.
 *
 * In doubt a path has the kind: a product file taken for a script costs an approval, a script taken for a product file
 * costs the verdict. It is the other way only where product code commonly lies (`bin/`, shell code below `src/`).
 */
export type PathKind = 'test' | 'test-config' | 'script' | 'ci-script' | 'lint-config' | 'manifest' | 'lockfile';

/** Every kind of a path, none for most. Letter case counts only where a convention is made of it (`UserTest.java`). */
export function kindsOf(path: string): ReadonlySet<PathKind> {
  const lower = path.toLowerCase();
  const kinds = (Object.keys(rules) as PathKind[]).filter((kind) => isOneOf(rules[kind], lower));
  return new Set(isOneOf(testsByLetterCase, path) ? [...kinds, 'test'] : kinds);
}

/**
 * Whether a tool reads such a file by itself, so that a new one takes part in checks that never named it: a
 * `conftest.py`, a `GNUmakefile` (which `make` prefers to a `Makefile`), a program in `node_modules/.bin`.
 */
export function isReadUnasked(path: string): boolean {
  const lower = path.toLowerCase();
  if (isOneOf(readAnywhere, lower)) return true;
  return !isFixture(path) && isOneOf([...testConfig, ...lintConfig, ...starters], lower);
}

/** Whether a path lies below a folder of fixtures: a configuration there is input of a test and steers no check. */
export const isFixture = (path: string): boolean => isOneOf(fixtures, path.toLowerCase());

const isOneOf = (patterns: readonly RegExp[], path: string): boolean => patterns.some((pattern) => pattern.test(path));

/** Patterns of whole names at any depth, of lower-cased paths. The words are parts of regular expressions. */
const named = (words: string): RegExp => new RegExp(`(?:^|/)(?:${alternatives(words)})$`);
/** The same for everything below folders of such names. */
const below = (words: string): RegExp => new RegExp(`(?:^|/)(?:${alternatives(words)})/`);
/** The same for paths outside folders where code of the product commonly has such names. */
const outsideProduct = (words: string): RegExp =>
  new RegExp(
    `^(?:(?!(?:src|lib|libexec|bin|app|assets|public|static|wwwroot|share|functions)/)[^/]+/)*(?:${alternatives(words)})$`,
  );
const alternatives = (words: string): string => words.trim().split(/\s+/).join('|');

const js = '[cm]?[jt]sx?';
/** An ending that makes of `makefile.<ending>` neither code nor a document. */
const notText = '(?!(?:[cm]?[jt]sx?|mdx?|rst|py|go|rs|rb|java|cs|html?)$)[^/]+';
const config = '(?:[cm]?[jt]s|json[c5]?|ya?ml|toml)';

const tests: readonly RegExp[] = [
  below(String.raw`tests? __tests?__ specs? e2e __snapshots__ __mocks__ __fixtures__ testdata test[-_](?:data|fixtures)
    (?:unit|integration|acceptance|functional|e2e)[-_]?tests? cypress
    [^/]+\.(?:unit|integration|functional|acceptance)?tests?`),
  named(String.raw`[^/]+\.(?:tests?|specs?|e2e|cy)\.[^/]+ [^/]+_(?:tests?|spec)\.[a-z]+ test_[^/]*\.py tests?\.(?:py|rs)
    [^/]+\.(?:snap|ambr|bats|feature) [^/]+\.(?:approved|verified)\.[^/]+ t/[^/]+\.t`),
  // What `node --test` looks for: https://nodejs.org/api/test.html#running-tests-from-the-command-line
  named(String.raw`[^/]+-(?:tests?|spec)\.${js} test-[^/]+\.${js} tests?\.${js}`),
];

/** `UserTest.java`, but not `Latest.java`; `src/androidTest/`, but not `src/contest/`. */
const testsByLetterCase: readonly RegExp[] = [
  /[a-z\d_](?:Tests?|TestCase|TestSuite|IT|ITCase)\.(?:java|kts?|scala|groovy|cs|fs|vb|php|swift|mm?|cpp|cc|hs)$/,
  /[a-z\d_]Spec\.(?:scala|groovy|hs|[jt]s)$/,
  /[a-z\d_](?:UI)?Tests\//,
  /(?:^|\/)src\/(?:test[A-Z]\w*|\w*[a-z\d]Test)\//,
];

/** Loaded by pytest or Jest from wherever they look for tests; Jest puts mocks in the place of packages. */
const readAnywhere: readonly RegExp[] = [named(String.raw`conftest\.py`), below('__mocks__')];
const fixtures: readonly RegExp[] = [below('fixtures? __fixtures__ test[-_]?fixtures testdata')];

const testConfig: readonly RegExp[] = [
  ...readAnywhere,
  named(String.raw`
    (?:jest|vitest|vite|mocha|ava|tap|karma|cypress|playwright|jasmine|wdio|nightwatch|protractor|babel|c8|nyc|codecept|testcafe|web-test-runner)(?:[-.][^/]+)?\.(?:config|conf|workspace)(?:\.[^/]+)?\.${config}
    (?:jest|vite|vitest|babel|karma|cypress|playwright|wdio|ava|tap)[-.](?:config|conf|preset|projects|workspace)\.${config}
    \.(?:mocha|tap|nyc|c8|babel|swc|testcafe|jest)rc(?:\.[^/]+)? cypress(?:\.env)?\.json jasmine\.json
    (?:setup[-_]?(?:tests?|jest|vitest)|tests?[-_]?setup|(?:jest|vitest|mocha)[-_.](?:global[-_.]?)?(?:setup|teardown))\.${js}
    [tj]sconfig[^/]*\.json bunfig\.toml \.env\.test(?:\.[^/]+)?`),
  named(String.raw`\.?pytest\.(?:ini|toml) tox\.(?:ini|toml) setup\.cfg \.coveragerc(?:\.toml)? noxfile\.py [^/]+\.pth
    (?:site|user)customize(?:\.py|/__init__\.py)`),
  // Where .NET learns which test runner there is.
  /^global\.json$/,
  // `python -m pytest` looks in the working folder first.
  /^(?:_?pytest|unittest|doctest|nose2?|pluggy)(?:\.py$|\/)/,
  // A `runner` in Cargo's configuration is started in the place of the tests.
  named(String.raw`\.?nextest\.toml \.cargo/config(?:\.toml)? dart_test\.yaml \.rspec(?:-local)? \.simplecov
    phpunit[^/]*\.xml(?:\.dist)? (?:codeception|behat)[^/]*\.ya?ml junit-platform\.properties testng[^/]*\.xml
    [^/]+\.runsettings xunit\.runner\.json [^/]+\.xctestplan`),
];

/** Scripts that a tool finds by their names. */
const starters: readonly RegExp[] = [
  named(String.raw`(?:gnu|bsd)?makefile(?:\.${notText})? [^/]+\.mk \.?justfile [^/]+\.just taskfile(?:\.dist)?\.ya?ml
    rakefile(?:\.rb)? [^/]+\.rake (?:gulpfile|gruntfile|jakefile)(?:\.[^/]+)? build\.xml magefile\.go earthfile
    (?:mvnw|gradlew)(?:\.(?:cmd|bat))? \.mvn/.+ gradle/wrapper/.+ rust-toolchain(?:\.toml)?
    (?:docker-)?compose(?:[.-][^/]+)?\.ya?ml`),
  // Programs of these folders come before all others in `PATH`, or replace the package runner.
  below(String.raw`node_modules \.?venv \.yarn/(?:releases|plugins|sdks) \.bundle`),
  // Obeyed by package runners: `script-shell` in `.npmrc` replaces the shell of every script.
  named(String.raw`\.npmrc \.yarnrc(?:\.ya?ml)? \.pnp\.[cm]?js \.pnp\.loader\.mjs \.?pnpmfile\.[cm]?js
    package\.(?:json5|yaml) (?:nx|turbo|lerna|rush|angular)\.jsonc? \.moon/.+ moon\.ya?ml`),
  outsideProduct(String.raw`project\.json`),
  /^(?:tasks|dodo)\.py$/,
];

const scripts: readonly RegExp[] = [
  ...starters,
  outsideProduct(String.raw`(?:scripts?|hack)/.+ [^/]+\.(?:sh|bash|zsh|ps1|psm1|bat|cmd)`),
  named(String.raw`
    (?:[^/]*[-_.])?(?:run)?(?:tests?|checks?|lint|ci|verify|validate|coverage)(?:[-_.][^/]*)?\.(?:sh|bash|ps1|bat|cmd)
    bin/(?:rails|rake|rspec|rubocop|minitest|bundle|phpunit|setup|tests?|ci|checks?|lint)`),
];

const ciScripts: readonly RegExp[] = [
  outsideProduct(String.raw`\.?ci/.+`),
  below(String.raw`\.circleci \.buildkite \.woodpecker \.semaphore \.gitlab \.github/(?:workflows|actions)`),
  named(String.raw`action\.ya?ml \.gitlab-ci\.ya?ml azure-pipelines[^/]*\.ya?ml jenkinsfile(?:\.[^/]+)? \.travis\.ya?ml
    \.?appveyor\.ya?ml bitbucket-pipelines\.ya?ml \.drone\.(?:ya?ml|star|jsonnet) \.cirrus\.(?:ya?ml|star)
    \.woodpecker\.ya?ml cloudbuild[^/]*\.ya?ml buildspec[^/]*\.ya?ml codemagic\.ya?ml docker-bake\.[^/]+
    (?:[^/]+\.)?(?:docker|container)file(?:[.-]${notText})? (?:docker-)?compose(?:[.-][^/]+)?\.ya?ml`),
];

const lintConfig: readonly RegExp[] = [
  named(String.raw`
    (?:eslint|oxlint|prettier|stylelint|commitlint|lint-staged|xo|knip|cspell)\.config\.${config} (?:biome|knip|cspell)\.jsonc?
    \.(?:eslint|oxlint|prettier|stylelint|commitlint|lintstaged|jshint|jscs|secretlint|shellcheck|htmlhint|remark)(?:rc|ignore)(?:\.[^/]+)?
    \.dependency-cruiser\.[^/]+ tslint\.json \.markdownlint[^/]* \.editorconfig \.?dprint\.jsonc? \.cspell\.json
     _?typos\.toml`),
  named(String.raw`\.?ruff\.toml \.flake8 \.?pylintrc(?:\.toml)? \.?mypy\.ini pyrightconfig\.json \.bandit bandit\.ya?ml
    \.isort\.cfg \.style\.yapf ty\.toml \.pre-commit-config\.ya?ml \.?lefthook[^/]*\.(?:ya?ml|toml|json)`),
  named(String.raw`\.golangci\.(?:ya?ml|toml|json) staticcheck\.conf \.?clippy\.toml \.?rustfmt\.toml deny\.toml
    \.(?:rubocop[^/]*|standard|reek|erb[-_]lint|swiftlint|hadolint|yamllint|coveralls|codeclimate|semgrep)\.ya?ml \.yamllint
    (?:checkstyle|pmd|phpmd|spotbugs|findbugs)[^/]*\.xml detekt[^/]*\.ya?ml \.scala(?:fmt|fix)\.conf \.clang-(?:tidy|format)
    \.swiftformat [^/]+\.ruleset \.globalconfig stylecop\.json phpstan[^/]*\.neon(?:\.dist)? psalm[^/]*\.xml(?:\.dist)?
    \.?phpcs\.xml(?:\.dist)? \.php-cs-fixer[^/]* \.credo\.exs \.formatter\.exs analysis_options\.yaml \.luacheckrc
    \.?sonar-project\.properties \.?codecov\.ya?ml`),
  below('config/(?:checkstyle|pmd|spotbugs|detekt|codenarc)'),
];

const manifests: readonly RegExp[] = [
  named(String.raw`package\.(?:json5?|yaml) pnpm-workspace\.yaml deno\.jsonc? bower\.json jsr\.json
    pyproject\.toml setup\.(?:py|cfg) [^/]*requirements[^/]*\.(?:txt|in) requirements/[^/]+\.(?:txt|in) pipfile
    pixi\.toml cargo\.toml go\.(?:mod|work) pom\.xml [^/]+\.gradle(?:\.kts)? gradle\.properties
    [^/]+\.versions\.toml [^/]+\.sbt project/build\.properties gemfile gems\.rb [^/]+\.gemspec composer\.json mix\.exs
    pubspec\.yaml package\.swift podfile [^/]+\.(?:cs|fs|vb)proj [^/]+\.slnx? packages\.config \.config/dotnet-tools\.json
    directory\.(?:build|packages)\.(?:props|targets) cmakelists\.txt [^/]+\.cmake meson\.build build\.bazel module\.bazel
    workspace\.bazel conanfile\.(?:txt|py)`),
  /^environment\.ya?ml$/,
  // Runs while building, like `setup.py`, but is written for the product and not for its checks.
  named(String.raw`build\.rs`),
];

const lockfiles: readonly RegExp[] = [
  named(String.raw`package-lock\.json npm-shrinkwrap\.json yarn\.lock pnpm-lock\.yaml bun\.lockb? deno\.lock
    (?:poetry|uv|pdm|pixi|pipfile|cargo|gemfile|composer|mix|pubspec|podfile|flake|conan)\.lock gems\.locked
    pylock[^/]*\.toml go\.(?:work\.)?sum [^/]*gradle\.lockfile gradle/verification-metadata\.xml packages\.lock\.json
    package\.resolved`),
];

const rules: Readonly<Record<PathKind, readonly RegExp[]>> = {
  test: tests,
  'test-config': testConfig,
  script: scripts,
  'ci-script': ciScripts,
  'lint-config': lintConfig,
  manifest: manifests,
  lockfile: lockfiles,
};
