import { z } from 'zod';
import { readSandboxWorkflow } from './read-sandbox-workflow.ts';

/** Scripts that judge code and need neither network nor secrets where people mean what their names say. */
const checkScripts = ['test', 'lint', 'typecheck', 'type-check', 'types', 'build'] as const;

const manifestSchema = z.object({ scripts: z.record(z.string(), z.unknown()).optional() });

/** What `npm init` writes; it always fails. */
const noTest = /no test specified/;

const scriptsOf = (manifest: string) => manifestSchema.safeParse(parseJson(manifest)).data?.scripts ?? {};

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

/**
 * The workflow for Node with these checks in the place of the template's, or the template as it is where that is not
 * plainly right: its owner adapts it anyway. Only names of ours get into the file, never a script's text.
 */
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
