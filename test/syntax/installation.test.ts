import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const wasm = 'node_modules/@vscode/tree-sitter-wasm';
const script = `
import { createTreeSitterSyntax } from './src/syntax/tree-sitter-syntax.ts';
const warnings: string[] = [];
const syntax = createTreeSitterSyntax((text) => warnings.push(text));
const known = await syntax.outline('a.ts', 'function f() {}');
const unknown = [await syntax.outline('a.py', 'def f(): pass'), await syntax.outline('b.py', 'def g(): pass')];
await syntax.close();
console.log(JSON.stringify({ names: known?.symbols.map(({ name }) => name), unknown, warnings }));
`;

test('code is parsed wherever the app lies, and a grammar that cannot be loaded is told of once', () => {
  const home = mkdtempSync(join(tmpdir(), 'an app at ä-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  cpSync(join(root, 'src/syntax'), join(home, 'src/syntax'), { recursive: true });
  cpSync(join(root, wasm), join(home, wasm), { recursive: true, filter: (path) => !path.endsWith('-python.wasm') });
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
  writeFileSync(join(home, 'main.ts'), script);

  const said = JSON.parse(execFileSync(process.execPath, [join(home, 'main.ts')], { timeout: 60_000 }).toString());

  expect(said).toEqual({
    names: ['f'],
    unknown: [null, null],
    warnings: [expect.stringContaining('tree-sitter-python.wasm cannot be loaded')],
  });
}, 90_000);
