import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GitFailure } from '../../../src/git/git-command.ts';
import { startScriptedModel } from '../../stand-in/scripted-model.ts';
import { fakeRecordCache } from '../../support/fake-record-cache.ts';
import { fakeSyntax } from '../../support/fake-syntax.ts';
import { type Clone, lacking, openClone } from './clone.ts';
import { pastFixes } from './fixes.ts';
import { measure } from './measure.ts';
import { createModelOrder, type ModelOrder } from './model-order.ts';

let dir: string;
let clone: Clone | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bench-measure-'));
  git('init', '--quiet', '--initial-branch=main');
  mkdirSync(join(dir, 'src'));
  commit('Begin', { 'price.ts': 'export const price = 1;\n', 'cart.ts': 'export const cart = [];\n' });
  for (let at = 0; at < 4; at++)
    commit(`Fix rounding of the price ${at}`, { 'price.ts': `export const price = ${at}.5;\n` });
});
afterEach(() => {
  clone?.close();
  clone = undefined;
  rmSync(dir, { recursive: true, force: true });
});

function git(...args: string[]): string {
  const person = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  return execFileSync('git', ['-C', dir, ...person, ...args], { encoding: 'utf8' }).trim();
}
function commit(message: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, 'src', name), content);
  git('add', '-A');
  git('commit', '--quiet', '-m', message);
}

interface Options {
  readonly signal?: AbortSignal;
  readonly tell?: (done: number) => void;
  readonly model?: ModelOrder;
}
async function measured(folder: string, options: Options = {}) {
  const { signal = new AbortController().signal, tell = () => undefined, model = null } = options;
  clone = await openClone(folder);
  const fixes = await pastFixes(clone, 10);
  const parts = { cache: fakeRecordCache(), syntax: fakeSyntax(), ablations: [], model, signal };
  return measure(clone, fixes, parts, tell);
}

it('each fix is ranked by every way, among the sources of its parent', async () => {
  const { fixes, sourceFiles, outcomes } = await measured(dir);

  expect(fixes).toHaveLength(4);
  expect(sourceFiles).toBe(2);
  expect(Object.keys(outcomes)).toEqual(['ai-fix', 'BM25', 'path and grep']);
  for (const all of Object.values(outcomes)) expect(all).toEqual(Array.from({ length: 4 }, () => ({ ranks: [0] })));
});

it('with a model each fix is asked about once, and ranked once more in the order of the reply', async () => {
  commit(
    'More',
    Object.fromEntries(Array.from({ length: 45 }, (_, at) => [`price${at}.ts`, `export const price = ${at};\n`])),
  );
  commit('Fix the price of the seventh', { 'price7.ts': 'export const price = 7.5;\n' });
  const reply = { tools: [{ name: 'rank_files', arguments: { paths: ['src/price7.ts'] } }] };
  const server = await startScriptedModel({ fast: [[reply]] });
  const model = createModelOrder({ OPENAI_BASE_URL: `${server.url}/v1`, AI_FIX_MODEL: 'small' });

  const { outcomes, asked } = await measured(dir, { model });
  await server.close();

  // The older ones had two files to choose from.
  expect(server.requests).toHaveLength(1);
  expect(asked).toEqual({ answered: 1, tokens: expect.any(Number) });
  expect(outcomes['ai-fix, one call']).toEqual(Array.from({ length: 5 }, () => ({ ranks: [0] })));
});

it('what was measured before it was stopped is the result', async () => {
  const stopping = new AbortController();

  const { fixes, found, outcomes } = await measured(dir, {
    signal: stopping.signal,
    tell: (done) => void (done === 2 && stopping.abort()),
  });

  expect(fixes).toHaveLength(2);
  expect(found).toBe(4);
  for (const all of Object.values(outcomes)) expect(all).toHaveLength(2);
});

it('a fix whose file git lacks is passed over', async () => {
  const [blob = ''] = git('rev-parse', 'HEAD~1:src/price.ts').split('\n');
  rmSync(join(dir, '.git/objects', blob.slice(0, 2), blob.slice(2)));

  const { fixes, found, unreadable } = await measured(dir);

  expect({ measured: fixes.length, found, unreadable }).toEqual({ measured: 3, found: 4, unreadable: 1 });
});

it('a partial clone is refused with what to fetch', async () => {
  git('config', 'uploadpack.allowFilter', 'true');
  execFileSync('git', ['clone', '--quiet', '--bare', '--filter=blob:none', `file://${dir}`, join(dir, 'partial.git')]);

  const failure = await measured(join(dir, 'partial.git')).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(GitFailure);
  expect(clone && lacking(clone, failure as GitFailure).message).toMatch(
    /git -C .*partial.git fetch --refetch --no-filter/,
  );
});
