import { existsSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeLocalRepository } from '../support/local-repository.ts';
import { tryLocally } from '../support/local-try.ts';
import { calls, rightFirstTime } from '../support/scripts.ts';

/** A whole fix with real checks: beside other tests it takes a while. */
vi.setConfig({ testTimeout: 180_000 });

const module = {
  'go.mod': 'module example.com/sum\n\ngo 1.19\n',
  'sum.go': 'package sum\n\nfunc Sum(a, b int) int { return a - b }\n',
};
const mend = ['edit_file', { path: 'sum.go', old_text: 'a - b', new_text: 'a + b' }] as [
  string,
  Record<string, unknown>,
];
const content = [
  'package sum\n\nimport "testing"\n',
  'func TestFive(t *testing.T) {\n\tif got := Sum(2, 3); got != 5 {\n\t\tt.Errorf("Sum(2, 3) = %d", got)\n\t}\n}\n',
].join('\n');

test.runIf(existsSync('/usr/bin/go'))(
  'in Go a bug is seen failing first, by the name of its test, with what is installed',
  async () => {
    const repository = makeLocalRepository(module);
    onTestFinished(() => repository.remove());
    const script = {
      ...rightFirstTime,
      reproducer: [
        [
          calls(
            ['create_file', { path: 'sum_test.go', content }],
            ['reproduce', { tests: ['TestFive'], why: 'Two and three come to minus one.' }],
          ),
        ],
      ],
      coder: [[calls(mend, ['finish', { summary: '`Sum` adds now.', tests_added: ['TestFive', 'TestNowhere'] }])]],
    };

    const { result } = await tryLocally(repository.path, { script });

    expect(result).toMatchObject({ outcome: 'solved', checks: [{ name: 'test' }, { name: 'vet' }] });
    expect(result.files.map(({ path }) => path)).toEqual(['sum.go', 'sum_test.go']);
    expect(result.report).toMatch(
      /Seen failing without the change[\s\S]*`example\.com\/sum › TestFive` \| failed: `Sum\(2, 3\) = -1`/,
    );
    expect(result.report).toContain('Tests added: `TestFive`.');
  },
);

test('where no check keeps a report no failing test is asked for, and people read how to turn that on', async () => {
  const repository = makeLocalRepository({ 'sum.js': 'export const sum = (a, b) => a - b;\n', 'a.txt': 'a\n' });
  onTestFinished(() => repository.remove());
  const { result, lines, model } = await tryLocally(repository.path, {
    script: rightFirstTime,
    checks: ['node --check sum.js'],
  });

  expect(result.outcome).toBe('solved');
  expect(lines.join('\n')).toContain('no failing test is asked for first');
  expect(model.requests.map(({ role }) => role)).not.toContain('reproducer');
  expect(result.report).toContain(
    'because no check keeps a test report. How to turn that on: `$AI_FIX_REPORTS` in docs/try.md',
  );
});
