import { expect, test } from 'vitest';
import type { Overlay } from '../../src/domain/overlay.ts';
import { syntaxFault } from '../../src/steps/syntax-fault.ts';
import { write } from '../agent/tools/call.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';
import { fakeTree } from '../support/fake-tree.ts';

const faultOf = (overlay: Overlay) =>
  syntaxFault(fakeSyntax(), { tree: fakeTree({ 'a.ts': 'one\n@@ old\n' }), overlay });

test('errors that the patch brings are told with their places and the way past them', async () => {
  const fault = await faultOf({ 'a.ts': write('@@ old\n@@ new\n'), 'b.ts': write('@@\n'), 'c.md': write('@@\n') });

  expect(fault).toContain('- a.ts:2:1: unexpected "@@"\n- b.ts:1:1: unexpected "@@"');
  expect(fault).toContain('despite_syntax_errors');
  expect(fault).not.toContain('c.md');
});

test.each([
  { what: 'errors that the base has', overlay: { 'a.ts': write('zero\none\n@@ old\n') } },
  { what: 'deleted files', overlay: { 'a.ts': { kind: 'delete' } } as const },
  { what: 'no change', overlay: {} },
])('$what are not the fault of the patch', async ({ overlay }) => {
  expect(await faultOf(overlay)).toBeNull();
});

test('at most ten are told', async () => {
  const fault = await faultOf({ 'b.ts': write('@@\n'.repeat(30)) });

  expect(fault?.split('\n')).toHaveLength(11);
});
