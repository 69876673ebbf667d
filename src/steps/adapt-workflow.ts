import { z } from 'zod';
import type { Stack } from '../domain/stack.ts';
import { readSandboxWorkflow } from './read-sandbox-workflow.ts';

/** Scripts that judge code and need neither network nor secrets where people mean what their names say. */
const checkScripts = ['test', 'lint', 'typecheck', 'type-check', 'types', 'build'] as const;

const manifestSchema = z.object({ scripts: z.record(z.string(), z.unknown()).optional() });

/** What `npm init` writes; it always fails. */
const noTest = /no test specified/;

export const scriptsOf = (manifest: string) => manifestSchema.safeParse(parseJson(manifest)).data?.scripts ?? {};

/** The command of its script `test`; empty where there is none. */
export function testScriptOf(manifest: string): string {
  const scripts = scriptsOf(manifest);
  const script = Object.hasOwn(scripts, 'test') ? scripts.test : undefined;
  return typeof script === 'string' ? script.trim() : '';
}

/** Of the scripts in a `package.json`, those that make good checks. None where it cannot be read. */
export function checksOfManifest(manifest: string): string[] {
  const scripts = scriptsOf(manifest);
  return checkScripts.filter((name) => {
    const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
    return typeof script === 'string' && script.trim() !== '' && !noTest.test(script);
  });
}

/** The files at the root by which a template is adapted. */
export const filesToAdaptBy: Readonly<Record<Stack, readonly string[]>> = {
  node: ['package.json'],
  python: [],
  go: [],
  java: ['pom.xml', 'build.gradle', 'build.gradle.kts'],
  rust: [],
};

/**
 * The template of a stack with what such files say in its place, or as it is where that is not plainly right: its owner
 * adapts it anyway. Only names of ours get into it, nothing of the files' text.
 *
 * @param files Text by name; those that are not there are left out.
 */
export function adaptWorkflow(stack: Stack, template: string, files: ReadonlyMap<string, string>): string {
  switch (stack) {
    case 'node':
      return adaptNodeWorkflow(template, checksOfManifest(files.get('package.json') ?? ''));
    case 'java':
      return adaptJavaWorkflow(template, files);
    case 'python':
    case 'go':
    case 'rust':
      return template;
  }
}

/** The workflow for Node with these checks in the place of the template's. */
export function adaptNodeWorkflow(template: string, checks: readonly string[]): string {
  if (checks.length === 0) return template;
  const list = `'${JSON.stringify(checks).replaceAll(',', ', ')}'`;
  const lines = checks.map((name) => `              ${name}) ${commandOf(name)} ;;`).join('\n');
  const adapted = template
    .replace(/^( +default: )'\["test", "lint"\]'$/m, (_, before: string) => `${before}${list}`)
    .replace(/^ {14}test\) .*\n {14}lint\) .*$/m, () => lines);
  const reading = readSandboxWorkflow(adapted, 'the adapted template');
  const isRight = reading.ok && reading.checks.join() === checks.join() && adapted.includes(lines);
  return isRight ? adapted : template;
}

/** Only `node --test` reads these options; to others they mean nothing. */
const commandOf = (name: string): string => (name === 'test' ? 'NODE_OPTIONS="$junit" npm test' : `npm run ${name}`);

/** How a build file names Spotless, and the line of the fixer that is for such builds. */
const spotless: readonly (readonly [string, RegExp, RegExp])[] = [
  ['pom.xml', /<artifactId>\s*spotless-maven-plugin\s*</, /^( {14})# (format\) mvn .*)$/m],
  ['build.gradle', /["']com\.diffplug\.spotless["']/, /^( {14})# (format\) \.\/gradlew .*)$/m],
  ['build.gradle.kts', /"com\.diffplug\.spotless"/, /^( {14})# (format\) \.\/gradlew .*)$/m],
];

/** The workflow for Java with the fixer `format`, where the build has Spotless. */
function adaptJavaWorkflow(template: string, files: ReadonlyMap<string, string>): string {
  const found = spotless.find(([name, names]) => names.test(files.get(name) ?? ''));
  if (found === undefined) return template;
  const [name, , itsLine] = found;
  const withFixer = template
    .replace(/^( +default: )'\[\]'$/m, (_, before: string) => `${before}'["format"]'`)
    .replace(itsLine, '$1$2')
    .replace(/^ {14}# (?:With the plugin Spotless|format\)) .*\n/gm, '');
  // The installation of another build tool is for people to write, this line of it too.
  const isMaven = name === 'pom.xml';
  const adapted = isMaven ? withFixer.replace(/^( {10})# (mvn --batch-mode spotless:check .*)$/m, '$1$2') : withFixer;
  const reading = readSandboxWorkflow(adapted, 'the adapted template');
  return reading.ok && reading.fixers.join() === 'format' && /^ {14}format\) /m.test(adapted) ? adapted : template;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
