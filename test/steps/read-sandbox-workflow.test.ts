import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSandboxWorkflow } from '../../src/steps/read-sandbox-workflow.ts';

const path = '.github/workflows/ai-fix-sandbox.yml';
const templates = new URL('../../src/sandbox-workflows/', import.meta.url);
const nodeTemplate = readFileSync(new URL('node.yml', templates), 'utf8');

/** The template for Node with one place changed. */
function changed(from: string | RegExp, to: string): string {
  const text = nodeTemplate.replace(from, () => to);
  if (text === nodeTemplate) throw new Error(`the template no longer contains ${from}`);
  return text;
}

const reasonOf = (text: string): string => {
  const reading = readSandboxWorkflow(text, path);
  return reading.ok ? 'accepted' : reading.reason;
};

describe('a workflow the app can work with', () => {
  test.each(readdirSync(templates))('our template %s is one', (file) => {
    const reading = readSandboxWorkflow(readFileSync(new URL(file, templates), 'utf8'), path);

    expect(reading).toMatchObject({ ok: true, keepsReports: true });
  });

  test('its checks are the default of the input, in that order', () => {
    const reading = readSandboxWorkflow(changed(`'["test", "lint"]'`, `'["unit tests", "lint", "e2e.chrome"]'`), path);

    expect(reading).toMatchObject({ ok: true, checks: ['unit tests', 'lint', 'e2e.chrome'] });
  });

  test('its fixers are the default of their input, in that order; none where it has no such input', () => {
    const fixers = (text: string) => readSandboxWorkflow(text, path);
    const listed = changed(`'["lockfile", "lint", "format"]'`, `'["format", "our own"]'`);

    expect(fixers(listed)).toMatchObject({ ok: true, fixers: ['format', 'our own'] });
    expect(fixers(changed(`'["lockfile", "lint", "format"]'`, `'[]'`))).toMatchObject({ ok: true, fixers: [] });
    expect(fixers(changed(/^ {6}fixers:\n(?: {8}.*\n)+/m, ''))).toMatchObject({ ok: true, fixers: [] });
  });

  test.each([
    ['no list', 'format', 'gives the input fixers no usable default'],
    ['a name that bash would read', '["format; curl evil.test"]', 'gives the input fixers no usable default'],
    ['one name twice', '["format", "Format"]', 'gives the input fixers no usable default'],
  ])('is refused with %s for its fixers', (_what, fixers, reason) => {
    expect(reasonOf(changed(`'["lockfile", "lint", "format"]'`, `'${fixers}'`))).toContain(reason);
  });

  test.each([
    [
      'jobs of their own instead of a matrix',
      changed(/ {4}name: \$\{\{ matrix\.check \}\}\n/, '')
        .replace('  check:\n', '  test:\n')
        .replace(`'["test", "lint"]'`, `'["test"]'`),
    ],
    ['no permission at all', changed('permissions:\n  contents: read', 'permissions: {}')],
    [
      'other spacing inside the expressions',
      changed(`\${{ inputs.nonce }} \${{ inputs.sha }}`, `\${{inputs.nonce}} \${{  inputs.sha  }}`),
    ],
    [
      'an optional input more',
      changed('    inputs:\n', '    inputs:\n      verbose: { type: boolean, default: false }\n'),
    ],
    [
      'the word secrets in a quoted text',
      changed(`AI_FIX_NETWORK: 'off'`, `NOTE: \${{ format('no secrets {0}', inputs.sha) }}`),
    ],
    [
      'the word secrets outside an expression',
      changed('No dependencies, nothing', `No secrets \${{ runner.os }}, nothing`),
    ],
  ])('may have %s', (_what, text) => {
    expect(reasonOf(text)).toBe('accepted');
  });
});

describe('a foreign workflow under that name is refused, with what to change', () => {
  test.each([
    ['no dispatch trigger', changed('workflow_dispatch:', 'workflow_call:'), 'no workflow_dispatch'],
    [
      'a trigger without inputs',
      'on: workflow_dispatch\njobs: { check: {} }',
      'no workflow_dispatch trigger with inputs',
    ],
    ['a list of triggers', 'on: [workflow_dispatch]\njobs: { check: {} }', 'no workflow_dispatch trigger with inputs'],
    ['a missing input', changed('      nonce:', '      token:'), 'lacks the inputs nonce'],
    [
      'an input the app does not send',
      changed('    inputs:\n', '    inputs:\n      region: { required: true }\n'),
      '"region"',
    ],
    ['a mode without validate', changed('[validate, base-tests, recipe]', '[base-tests]'), '"validate"'],
    [
      'another run-name',
      changed(/run-name: .*/, `run-name: sandbox \${{ inputs.nonce }}`),
      `run-name: ai-fix \${{ inputs.nonce }} \${{ inputs.sha }}`,
    ],
    ['no run-name', changed(/run-name: .*\n/, ''), 'run-name: ai-fix'],
    ['a run-name that is no text', changed(/run-name: .*/, 'run-name: [ai-fix]'), 'run-name: ai-fix'],
    [
      'no job named after the check',
      changed(`name: \${{ matrix.check }}`, `name: check \${{ matrix.check }}`),
      'no job for the check "test"',
    ],
  ])('%s', (_what, text, reason) => {
    expect(reasonOf(text)).toContain(reason);
    expect(reasonOf(text)).toMatch(new RegExp(`^${path}`));
  });

  test.each([
    ['', 'nothing'],
    [`default: ''`, 'an empty text'],
    [`default: 'test, lint'`, 'no JSON'],
    [`default: '{"test": true}'`, 'a map'],
    [`default: '[]'`, 'an empty list'],
    [`default: '["test", "test"]'`, 'a name twice'],
    [`default: '["test", "Test"]'`, 'names that differ by case alone'],
    [`default: '["a/b"]'`, 'a name that is no artifact name'],
    [`default: '["$(id)"]'`, 'a name that means something to a shell'],
    [`default: '[1]'`, 'a number'],
    [`default: [test, lint]`, 'a YAML list'],
    [`default: '${JSON.stringify(Array.from({ length: 51 }, (_, index) => `c${index}`))}'`, 'too many names'],
  ])('the default of checks is %j: %s', (line) => {
    expect(reasonOf(changed(`default: '["test", "lint"]'`, line))).toContain('JSON list of all check names');
  });

  test.each([
    ['none said', changed('permissions:\n  contents: read\n', '')],
    ['everything', changed('permissions:\n  contents: read', 'permissions: write-all')],
    ['everything readable', changed('permissions:\n  contents: read', 'permissions: read-all')],
    ['writing contents', changed('  contents: read', '  contents: write')],
    ['one thing more', changed('  contents: read', '  contents: read\n  id-token: write')],
    ['an empty value', changed('permissions:\n  contents: read', 'permissions:')],
    ['more for the job', changed('    timeout-minutes: 30', '    permissions: { contents: read, actions: write }')],
  ])('permissions: %s', (_what, text) => {
    expect(reasonOf(text)).toContain('permissions: { contents: read }');
  });

  test.each([
    ['a secret in an environment variable', changed(`AI_FIX_NETWORK: 'off'`, `TOKEN: \${{ secrets.NPM_TOKEN }}`)],
    [
      'all secrets, in other letters, after a brace',
      changed(`AI_FIX_NETWORK: 'off'`, `TOKEN: \${{ format('{0}', toJSON(Secrets)) }}`),
    ],
    ['a secret behind a quoted end', changed(`AI_FIX_NETWORK: 'off'`, `TOKEN: \${{ format('}}{0}', secrets.TOKEN) }}`)],
    ['a deployment environment', changed('    timeout-minutes: 30', '    environment: production')],
    ['inherited secrets', changed('    timeout-minutes: 30', '    secrets: inherit')],
  ])('%s', (_what, text) => {
    expect(reasonOf(text)).toContain('it may have none');
  });
});

describe('hostile text is answered, never expanded', () => {
  const bomb = `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}]`).join('\n')}`;

  test.each([
    ['a megabyte', `# ${'x'.repeat(1024 * 1024)}`, 'at most 65536'],
    ['many bytes in few letters', `# ${'\u{1F980}'.repeat(20_000)}`, 'at most 65536'],
    ['an alias bomb', bomb, 'uses YAML aliases'],
    ['an alias of itself', 'on: &a [*a]', 'uses YAML aliases'],
    ['a tab as indentation', 'on:\n\tworkflow_dispatch:', 'is not valid YAML'],
    ['deep brackets', '['.repeat(60_000), 'is not valid YAML'],
    ['deep sequences', `${'- '.repeat(30_000)}a`, 'is not valid YAML'],
    ['two documents', `${nodeTemplate}\n---\n${nodeTemplate}`, 'is not valid YAML'],
    ['a key twice', `${nodeTemplate}\non: push\n`, 'is not valid YAML'],
    ['nothing', '', 'is not a workflow'],
    ['a sentence', 'Please run my tests.', 'is not a workflow'],
    ['a list', '- on\n- jobs', 'is not a workflow'],
    ['jobs that are no map', 'on: {}\njobs: [1]', 'is not a workflow'],
    ['a job that is no map', 'on: {}\njobs: { check: 1 }', 'is not a workflow'],
  ])('%s', (_what, text, reason) => {
    expect(reasonOf(text)).toContain(reason);
  });

  test("an input named like an object's own inheritance is still missing", () => {
    const reading = readSandboxWorkflow(
      'on: { workflow_dispatch: { inputs: { __proto__: { nonce: 1 } } } }\njobs: {}',
      path,
    );

    expect(reading).toMatchObject({ ok: false, reason: expect.stringContaining('lacks the inputs protocol') });
  });

  test('any text gets an answer of bounded length', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((noise) => `${noise}${nodeTemplate}`),
        ),
        (text) => {
          expect(reasonOf(text).length).toBeLessThan(400);
        },
      ),
    );
  });
});
