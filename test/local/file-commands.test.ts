import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hearStep, noWords } from '../../src/local/file-commands.ts';

const heard = (env: string, path = '', before = noWords) => hearStep(before, env, path);

test('variables are text, whatever a shell would make of it', () => {
  const env = 'FOO=a b c\r\n\nX=$(touch y)=z\nLONG<<END OF IT\none\n\nA=b\nEND OF IT\nEMPTY=\nQ=a<<b\n__proto__=p\n';

  expect(heard(env)).toEqual({
    ok: true,
    words: {
      path: [],
      variables: Object.fromEntries([
        ['FOO', 'a b c'],
        ['X', '$(touch y)=z'],
        ['LONG', 'one\n\nA=b'],
        ['EMPTY', ''],
        ['Q', 'a<<b'],
        ['__proto__', 'p'],
      ]),
    },
  });
});

test.each([
  ['just words', 'neither NAME=value'],
  ['=x', 'neither NAME=value'],
  ['A<<', 'neither NAME=value'],
  ['A<<END\nx', 'no line "END" ends the value of "A"'],
  ['A=\0', 'zero byte'],
  [`A=${'x'.repeat(70_000)}`, 'more than 65536 characters'],
])('%j is no variable, and it says why', (env, why) => {
  expect(heard(env)).toEqual({ ok: false, why: expect.stringContaining(why) });
});

test('later steps win, and the folder that was added last stands first', () => {
  const first = heard('A=1\nB=1\n', '/a\n/b\n');
  const second = heard('B=2\n', '/c\n/a\n', first.ok ? first.words : noWords);

  expect(second).toEqual({ ok: true, words: { variables: { A: '1', B: '2' }, path: ['/a', '/c', '/b'] } });
});

test('any text for a heredoc is given back as it was', () => {
  const line = fc.string({ maxLength: 20 }).filter((text) => !/[\r\n\0]/.test(text) && text !== 'EOF');
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
      expect(heard(`V<<EOF\n${lines.join('\n')}\nEOF\n`)).toEqual({
        ok: true,
        words: { path: [], variables: { V: lines.join('\n') } },
      });
    }),
  );
});
