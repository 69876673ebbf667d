import { expect, test } from 'vitest';
import { moveFileTool } from '../../../src/agent/tools/move-file.ts';
import { call, write } from './call.ts';

test('a file moves with its content and its mode', async () => {
  const outcome = await call(
    moveFileTool,
    { from: 'run.sh', to: 'bin/run' },
    { 'run.sh': { mode: '100755', bytes: 'x\r\n' } },
  );

  expect(outcome.isError).toBe(false);
  expect(outcome.overlay).toEqual({
    'run.sh': { kind: 'delete' },
    'bin/run': { kind: 'write', text: 'x\r\n', mode: '100755' },
  });
});

test('an edited file moves as it was edited, and a new one leaves nothing behind', async () => {
  const edited = await call(moveFileTool, { from: 'a', to: 'b' }, { a: 'old\n' }, { a: write('new\n') });
  const fresh = await call(moveFileTool, { from: 'a', to: 'b' }, {}, { a: write('new\n') });

  expect(edited.overlay).toEqual({ a: { kind: 'delete' }, b: write('new\n') });
  expect(fresh.overlay).toEqual({ b: write('new\n') });
});

test('there and back again leaves the base', async () => {
  const there = await call(moveFileTool, { from: 'a', to: 'b' }, { a: 'x\n' });
  const back = await call(moveFileTool, { from: 'b', to: 'a' }, { a: 'x\n' }, there.overlay);

  expect(back.overlay).toEqual({});
});

test('a file may move into a folder of its own name, and out of one that it was alone in', async () => {
  const into = await call(moveFileTool, { from: 'a', to: 'a/index' }, { a: 'x\n' });
  const out = await call(moveFileTool, { from: 'a/index', to: 'a' }, { 'a/index': 'x\n' });

  expect(into.overlay).toEqual({ a: { kind: 'delete' }, 'a/index': write('x\n') });
  expect(out.overlay).toEqual({ 'a/index': { kind: 'delete' }, a: write('x\n') });
});

test.each([
  { from: 'none', to: 'b', says: 'no file none' },
  { from: 'a', to: 'b', says: 'b exists' },
  { from: 'a', to: 'a', says: 'a exists' },
  { from: 'a', to: 'd', says: 'd is a folder' },
  { from: 'a', to: 'b/c', says: 'b is a file' },
  { from: 'd', to: 'e', says: 'one by one' },
  { from: 'link', to: 'e', says: 'symlink' },
  { from: 'binary', to: 'e', says: 'binary' },
])('$from to $to is refused and changes nothing', async ({ from, to, says }) => {
  const files = {
    a: '1\n',
    b: '2\n',
    'd/x': '3\n',
    link: { mode: '120000', bytes: 'a' } as const,
    binary: Buffer.from([0]),
  };

  const outcome = await call(moveFileTool, { from, to }, files);

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
  expect(outcome.output).toContain(says);
});
