import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFixture, isReadUnasked, kindsOf } from '../../src/domain/path-kinds.ts';

const kindsByPath: Readonly<Record<string, readonly (readonly [paths: string, kinds: string])[]>> = {
  'JavaScript and TypeScript': [
    [
      'src/a.test.ts src/a.spec.jsx src/a-test.mjs a_test.cjs test-a.js test.js src/login.cy.ts src/shop.e2e.ts',
      'test',
    ],
    ['test/a.js packages/a/tests/b/c.ts src/__tests__/a.ts e2e/a.ts spec/a.js cypress/support/commands.ts', 'test'],
    ['src/__snapshots__/a.js.snap a.snap src/__fixtures__/a.json src/a.test.d.ts Test/A.js', 'test'],
    ['src/__mocks__/fs.ts test/jest.config.js tests/tsconfig.json src/test-setup.ts', 'test test-config'],
    ['jest.config.js jest.config.ts jest.unit.config.mjs jest.preset.js jest.setup.ts vitest.setup.mts', 'test-config'],
    [
      'vite.config.ts vitest.config.mts vitest.workspace.ts vitest.config.unit.ts .mocharc.json .mocharc',
      'test-config',
    ],
    [
      'ava.config.cjs .taprc .nycrc .nycrc.json .c8rc.json karma.conf.js wdio.conf.ts playwright.config.ts',
      'test-config',
    ],
    [
      'cypress.config.ts cypress.json babel.config.cjs .babelrc .babelrc.js .swcrc bunfig.toml .env.test',
      'test-config',
    ],
    ['tsconfig.json packages/a/tsconfig.build.json src/setupTests.ts setup-jest.js', 'test-config'],
    ['scripts/build.js packages/a/scripts/b.ts gulpfile.js gulpfile.babel.js Gruntfile.coffee .npmrc', 'script'],
    [
      '.yarnrc.yml .yarn/releases/yarn-4.cjs node_modules/.bin/node .pnpmfile.cjs nx.json apps/a/project.json',
      'script',
    ],
    [
      '.eslintrc .eslintrc.cjs eslint.config.mjs .eslintignore biome.json .prettierrc prettier.config.js',
      'lint-config',
    ],
    ['.stylelintrc.json .oxlintrc.json oxlint.config.ts tslint.json .editorconfig knip.json', 'lint-config'],
    ['package.json packages/a/package.json Package.JSON pnpm-workspace.yaml deno.json', 'manifest'],
    ['package-lock.json npm-shrinkwrap.json yarn.lock a/pnpm-lock.yaml bun.lock bun.lockb deno.lock', 'lockfile'],
  ],
  Python: [
    ['test_a.py pkg/test_a.py pkg/a_test.py tests/a.py app/tests.py testdata/a.csv', 'test'],
    ['conftest.py pytest.ini .pytest.ini pytest.toml tox.ini .coveragerc noxfile.py sitecustomize.py', 'test-config'],
    ['src/usercustomize.py a/b.pth pytest.py _pytest/config.py', 'test-config'],
    ['tests/conftest.py unittest/__init__.py', 'test test-config'],
    ['setup.cfg', 'test-config manifest'],
    ['tasks.py dodo.py .venv/bin/python', 'script'],
    [
      'ruff.toml .ruff.toml .flake8 .pylintrc pylintrc mypy.ini pyrightconfig.json .pre-commit-config.yaml',
      'lint-config',
    ],
    ['pyproject.toml a/pyproject.toml setup.py requirements.txt requirements-dev.txt dev-requirements.in', 'manifest'],
    ['requirements/base.txt Pipfile pixi.toml', 'manifest'],
    ['poetry.lock uv.lock Pipfile.lock pdm.lock pylock.toml', 'lockfile'],
  ],
  'Go and Rust': [
    ['a_test.go cmd/a/main_test.go testdata/a.golden tests/a.rs src/tests.rs src/tests/mod.rs', 'test'],
    ['.config/nextest.toml .cargo/config.toml .cargo/config', 'test-config'],
    [
      'Makefile makefile GNUmakefile src/Makefile.am Makefile.linux build/rules.mk magefile.go rust-toolchain.toml hack/verify.go',
      'script',
    ],
    ['.golangci.yml clippy.toml .rustfmt.toml deny.toml', 'lint-config'],
    ['go.mod go.work Cargo.toml crates/a/Cargo.toml build.rs', 'manifest'],
    ['go.sum go.work.sum Cargo.lock', 'lockfile'],
  ],
  'the JVM, .NET and Swift': [
    ['src/main/UserTest.java src/UserTests.java UserIT.java OrderTestCase.java UserTest.kt ShopSpec.scala', 'test'],
    ['src/test/java/Helper.java app/src/androidTest/A.kt src/integrationTest/A.java src/testFixtures/A.java', 'test'],
    ['Shop.Tests/Helper.cs Shop.UnitTests/a.json src/UserTests.cs AppUITests/A.swift AppTests/A.swift', 'test'],
    ['src/test/resources/junit-platform.properties src/test/resources/testng.xml', 'test test-config'],
    ['global.json ci.runsettings xunit.runner.json App.xctestplan', 'test-config'],
    ['mvnw mvnw.cmd gradlew gradlew.bat .mvn/maven.config .mvn/wrapper/maven-wrapper.jar build.xml', 'script'],
    ['gradle/wrapper/gradle-wrapper.properties', 'script'],
    [
      'checkstyle.xml config/checkstyle/suppressions.xml detekt.yml .swiftlint.yml sonar-project.properties',
      'lint-config',
    ],
    ['pom.xml build.gradle build.gradle.kts settings.gradle gradle.properties Shop.csproj Package.swift', 'manifest'],
    ['Directory.Build.targets gradle/libs.versions.toml build.sbt', 'manifest'],
    ['gradle.lockfile gradle/verification-metadata.xml packages.lock.json Package.resolved', 'lockfile'],
  ],
  'Ruby, PHP, Elixir and Dart': [
    ['spec/a_spec.rb lib/a_spec.rb lib/a_test.rb src/UserTest.php a_test.exs a_test.dart', 'test'],
    ['.rspec .simplecov phpunit.xml phpunit.xml.dist', 'test-config'],
    ['dart_test.yaml', 'test test-config'],
    ['Rakefile lib/a.rake bin/rspec bin/rails', 'script'],
    ['.rubocop.yml .rubocop_todo.yml phpstan.neon phpstan.neon.dist psalm.xml .credo.exs', 'lint-config'],
    ['Gemfile a.gemspec composer.json mix.exs pubspec.yaml', 'manifest'],
    ['Gemfile.lock composer.lock mix.lock pubspec.lock', 'lockfile'],
  ],
  'shells and automation': [
    ['a.bats t/a.t features/login.feature', 'test'],
    ['build.sh tools/a.bash deploy.ps1 make.bat run.cmd src/run-tests.sh bin/ci.sh lib/test.sh', 'script'],
    ['justfile Justfile .justfile Taskfile.yml taskfile.yaml', 'script'],
    ['scripts/ci/a.js', 'script ci-script'],
    ['docker-compose.yml docker-compose.override.yml compose.yaml', 'script ci-script'],
    ['action.yml .gitlab-ci.yml azure-pipelines.yml .circleci/config.yml Jenkinsfile .travis.yml', 'ci-script'],
    ['appveyor.yml bitbucket-pipelines.yml .drone.yml .buildkite/pipeline.yml Dockerfile Dockerfile.dev', 'ci-script'],
    ['web.Dockerfile ci/a.py .ci/a', 'ci-script'],
    ['ci/build.sh', 'script ci-script'],
    ['codecov.yml .codecov.yml .yamllint', 'lint-config'],
  ],
  'product files that only look like it': [
    ['src/contest.ts latest/x.js src/attest.py src/specification.ts src/testing.ts src/tester.go', ''],
    ['src/Latest.java src/Contest.java src/EXIT.java src/GREATEST.kt src/Wait.java src/Submit.cs', ''],
    ['src/contest/a.ts src/protest/a.java inspect/a.rb fastest.py detest/a.go src/specs.ts.md', ''],
    ['src/PodSpec.java src/respec.rb docs/testing.md src/snapshots/a.ts src/mocks.ts', ''],
    ['src/jest.ts src/vite/index.ts src/eslint.ts lib/prettier.js src/babel/config.ts config.ts', ''],
    ['bin/cli.js bin/tool src/install.sh lib/a.sh libexec/git-x.sh src/scripts/game.ts app/scripts/menu.js', ''],
    ['src/makefile.ts docs/Makefile.md src/dockerfile.ts src/ci/client.ts src/project.json app/tasks.py', ''],
    ['src/global.json src/package.ts src/package.json.ts docs/requirements.md src/lock.ts src/yarn.lock.ts', ''],
    ['src/pytest/a.py src/conftest.ts src/npmrc.ts README.md LICENSE', ''],
  ],
};

describe.each(Object.entries(kindsByPath))('of %s', (_, table) => {
  const rows = table.flatMap(([paths, kinds]) => paths.split(' ').map((path) => [path, kinds] as const));

  it.each(rows)('%s is: %s', (path, kinds) => {
    const found = kindsOf(path);

    expect([...found].sort()).toEqual(kinds.split(' ').filter(Boolean).sort());
  });
});

describe('a new file takes part in checks that never named it', () => {
  it.each([
    ...['conftest.py', 'tests/fixtures/conftest.py', 'sitecustomize.py', 'jest.config.js', 'src/__mocks__/fs.ts'],
    ...['GNUmakefile', '.npmrc', 'node_modules/.bin/node', '.mvn/maven.config', '.cargo/config.toml'],
    ...['docker-compose.override.yml', 'ruff.toml', '.eslintrc.json', 'test/tsconfig.json'],
  ])('%s', (path) => {
    expect(isReadUnasked(path)).toBe(true);
  });
});

describe('a new file takes part only where it is named', () => {
  it.each([
    ...['src/a.ts', 'test/a.test.ts', 'scripts/release.js', 'ci/deploy.sh', 'package.json', 'Dockerfile'],
    ...['test/fixtures/app/tsconfig.json', 'testdata/Makefile', '__fixtures__/.eslintrc.json'],
  ])('%s', (path) => {
    expect(isReadUnasked(path)).toBe(false);
  });
});

it('only what lies below a folder of fixtures is one', () => {
  const paths = ['test/fixtures/a.json', 'Fixtures/a', 'testdata/a', 'src/fixtures.ts', 'src/prefixtures/a'];

  const found = paths.filter(isFixture);

  expect(found).toEqual(['test/fixtures/a.json', 'Fixtures/a', 'testdata/a']);
});

it('the folder a repository lies in changes nothing about tests, manifests and lockfiles', () => {
  const paths = ['a.test.ts', 'a_test.go', 'test/a.py', 'package.json', 'Cargo.lock', 'src/a.ts'];
  const folder = fc.stringMatching(/^[a-c]{1,3}$/);

  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.array(folder, { maxLength: 4 }), (path, folders) => {
      expect(kindsOf([...folders, path].join('/'))).toEqual(kindsOf(path));
    }),
  );
});

it.each(['a', '-test-', '.config', '_test', 'jest-.', 'test/', 'scripts/'])(
  'a path made of a thousand %j is looked at in no time',
  (part) => {
    const path = part.repeat(1_000);
    const start = performance.now();

    kindsOf(path);
    isReadUnasked(`${path}.config.js!`);

    expect(performance.now() - start).toBeLessThan(500);
  },
);
