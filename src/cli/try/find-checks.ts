import { detectStack, type Stack } from '../../domain/stack.ts';
import { checksOfManifest, testScriptOf } from '../../steps/adapt-workflow.ts';
import { UsageError } from '../command.ts';
import type { FoundCheck, FoundChecks } from './found-checks.ts';
import { cargoTest, goTest, reportingTest } from './reporters.ts';
import { readWorkflowChecks } from './workflow-checks.ts';

/** The base commit, as far as checks are told by it. */
export interface CheckFiles {
  readonly rootFiles: readonly string[];
  read(path: string): Promise<string | null>;
}

const maxChecks = 50;

/**
 * The checks that are named, else those of the repository's own sandbox workflow, else what its files say.
 *
 * @throws {UsageError} where none are found, or what is named is no check.
 */
export async function findChecks(
  named: readonly string[],
  setUp: string | null,
  workflowPath: string,
  files: CheckFiles,
): Promise<FoundChecks> {
  const own = setUp === null ? [] : [{ script: setUp, environment: {} }];
  if (named.length > 0) return { checks: readNamed(named), setUp: own };
  const workflow = await files.read(workflowPath);
  if (workflow !== null) {
    const found = readWorkflowChecks(workflow, workflowPath);
    if (found.kind === 'found') return { checks: found.checks, setUp: setUp === null ? found.setUp : own };
    throw new UsageError(`${found.why}; name the checks instead: --check "npm test"`);
  }
  const checks = await detected(files);
  if (checks.length > 0) return { checks, setUp: own };
  throw new UsageError(
    'no check found (looked for package.json, pyproject.toml, go.mod, Cargo.toml, pom.xml, build.gradle and Makefile); name one: --check "make test"',
  );
}

/** `name: command`, or a command that names itself; `NAME=value command` is one, as for the shell. */
function readNamed(named: readonly string[]): FoundCheck[] {
  if (named.length > maxChecks) throw new UsageError(`--check: found ${named.length} of them; allowed: ${maxChecks}`);
  const checks = named.map((text): FoundCheck => {
    const [, given, command] = /^\s*([A-Za-z0-9][A-Za-z0-9._-]{0,59}):\s+(.+)$/s.exec(text) ?? [];
    const script = (command ?? text).trim();
    if (script === '') throw new UsageError('--check: found an empty command; allowed: for instance "npm test"');
    if (onlyAssigns.test(script))
      throw new UsageError(
        `--check: found ${JSON.stringify(script.slice(0, 80))}, which only sets variables and would always pass; allowed: a command, and a name with a colon and a space before it: "types: npx tsc -p ."`,
      );
    return { name: given ?? nameOf(script), command: script, script, environment: {}, from: '--check' };
  });
  return checks.map((check, index) => ({ ...check, name: uniqueName(checks, index) }));
}

const onlyAssigns = /^(?:[A-Za-z_][A-Za-z0-9_]*=[^\s;&|'"`$(]*\s*)+$/;

/** Letters, digits, spaces and `._-`: what a check may be called anywhere. */
const nameOf = (command: string): string =>
  command
    .replaceAll(/[^A-Za-z0-9._-]+/g, ' ')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 50)
    .trim() || 'check';

function uniqueName(checks: readonly FoundCheck[], index: number): string {
  const { name } = checks[index] ?? { name: 'check' };
  const before = checks.slice(0, index).filter((other) => other.name.toLowerCase() === name.toLowerCase()).length;
  return before === 0 ? name : `${name} ${before + 1}`;
}

async function detected({ rootFiles, read }: CheckFiles): Promise<FoundCheck[]> {
  const stack = detectStack(rootFiles);
  const ofStack = stack === null ? [] : await checksOfStack[stack](rootFiles, read);
  if (ofStack.length > 0) return ofStack;
  const makefile = rootFiles.find((name) => /^(?:GNU)?[Mm]akefile$/.test(name));
  const rules = makefile === undefined ? '' : ((await read(makefile)) ?? '');
  const target = ['test', 'check'].find((name) => new RegExp(`^${name}\\s*:(?!=)`, 'm').test(rules));
  return target === undefined ? [] : [{ ...plain('test', `make ${target}`), from: makefile ?? '' }];
}

const plain = (name: string, script: string): Omit<FoundCheck, 'from'> => ({
  name,
  command: script,
  script,
  environment: {},
});

const checksOfStack: Readonly<
  Record<Stack, (rootFiles: readonly string[], read: CheckFiles['read']) => Promise<FoundCheck[]>>
> = {
  node: async (_rootFiles, read) => {
    const manifest = (await read('package.json')) ?? '';
    const from = 'package.json';
    return checksOfManifest(manifest).map((name) =>
      name === 'test'
        ? { ...plain(name, 'npm test'), ...reportingTest(testScriptOf(manifest)), from }
        : { ...plain(name, `npm run ${name}`), from },
    );
  },
  python: async (rootFiles) => {
    const from = rootFiles.find((name) => /^(?:pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|requirements)/.test(name));
    const script = 'python3 -m pytest --junitxml="$AI_FIX_REPORTS/pytest.xml"';
    return [{ ...plain('test', script), command: 'python3 -m pytest', from: from ?? 'the files at the root' }];
  },
  go: async () => [
    { ...plain('test', goTest), command: 'go test ./...', from: 'go.mod' },
    { ...plain('vet', 'go vet ./...'), from: 'go.mod' },
  ],
  rust: async () => [{ ...plain('test', cargoTest), command: 'cargo test --offline', from: 'Cargo.toml' }],
  java: async (rootFiles) => {
    if (rootFiles.includes('pom.xml'))
      return [
        { ...plain('test', rootFiles.includes('mvnw') ? './mvnw -o -B test' : 'mvn -o -B test'), from: 'pom.xml' },
      ];
    const script = rootFiles.includes('gradlew') ? './gradlew --offline test' : 'gradle --offline test';
    return [{ ...plain('test', script), from: 'build.gradle' }];
  },
};
