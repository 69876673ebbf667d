import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EvaluationOrder, evaluate } from '../../../src/cli/eval/evaluate.ts';
import type { RunChoice } from '../../../src/cli/eval/options.ts';
import { readResults } from '../../../src/cli/eval/results.ts';
import { captureTerminal } from '../../support/captured-terminal.ts';
import { type FakeFix, fakeTry } from '../../support/fake-try.ts';
import {
  falseGreenPatch,
  makeSampleTasks,
  rightPatch,
  type SampleTasks,
  sampleTaskFile,
} from '../../support/sample-tasks.ts';

let tasks: SampleTasks;
let out = '';
beforeEach(() => {
  tasks = makeSampleTasks();
  out = mkdtempSync(join(tmpdir(), 'ai-fix-eval-out-'));
});
afterEach(() => {
  tasks.remove();
  rmSync(out, { recursive: true, force: true });
});

const addTitled = (...ids: readonly string[]): void => {
  for (const id of ids) tasks.add(id, { 'issue.md': `# ${id}\n\nTwo and three are five.\n` });
};

const stop = (): AbortController => new AbortController();

async function run(
  fixOf: Parameters<typeof fakeTry>[0],
  choice: Partial<RunChoice> = {},
  stopped = stop(),
  chains: EvaluationOrder['chains'] = null,
) {
  const terminal = captureTerminal();
  const fake = fakeTry(fixOf);
  const order = {
    tasks: tasks.path,
    choice: { only: [], tags: [] },
    pace: { atOnce: 2, checkTimeoutMs: 5_000 },
    run: {
      ...{ out, repeats: 1, budgetUsd: null, totalUsd: null, model: null, deadlineMs: 60_000 },
      ...{ isFresh: false, retriesErrors: false },
      ...choice,
    },
    tryTask: fake.tryTask,
    chains,
    makeImage: null,
  };
  const end = await evaluate(order, { terminal, signal: stopped.signal });
  const { said, complained } = terminal;
  return { end, said, complained, orders: fake.orders, asked: fake.orders.map(({ issue }) => issue.title) };
}

const by =
  (fixes: Readonly<Record<string, FakeFix>>): Parameters<typeof fakeTry>[0] =>
  ({ issue }) =>
    fixes[issue.title] ?? { patch: rightPatch };

test('a fix whose own checks pass and whose hidden tests fail is a false green, not solved', async () => {
  addTitled('good', 'green');

  const { end, said } = await run(by({ green: { patch: falseGreenPatch } }));

  expect(end).toMatchObject({ kind: 'complete', errors: 0 });
  expect(said).toMatch(/^good +shell +solved +1 +4 +1,000 +\$0\.2500 /m);
  expect(said).toMatch(/^green +shell +false green .* hidden: its checks pass, the hidden tests fail$/m);
  expect(said).toContain('solved 1 of 2 (50%');
  expect(await readResults(out)).toMatchObject([
    { task: expect.any(String), hidden: { tail: expect.stringContaining('2 and 3 are') } },
    { task: expect.any(String) },
  ]);
  expect(readFileSync(join(out, 'tasks/green/hidden-tests.log'), 'utf8')).toContain('2 and 3 are 2');
});

test('the fix is told the issue, the checks and the limits, and nothing of the hidden tests', async () => {
  addTitled('one');
  tasks.add('one', {
    'issue.md': '# one\n\nTwo and three are five.\n',
    'task.yml': `${sampleTaskFile}setup: 'true'\nlimits: { usd: 2, attempts: 3, minutes: 5, tokens: 9000 }\n`,
  });

  const { orders } = await run(by({}), { model: 'openai/gpt-6-sol' });

  const [order] = orders;
  expect(order).toMatchObject({
    issue: { title: 'one', body: 'Two and three are five.' },
    checks: [{ name: 'test', command: 'sh test.sh' }],
    setUp: 'true',
    budget: { usd: 2, attempts: 3, minutes: 5, tokens: 9000 },
    model: 'openai/gpt-6-sol',
  });
  expect(JSON.stringify(order)).not.toContain('hidden');
});

test('while the fix works, no hidden file lies in its repository', async () => {
  addTitled('one');
  const seen: boolean[] = [];

  await run(async ({ repository }) => {
    const { runGit } = await import('../../../src/git/run-git.ts');
    const { output } = await runGit(['cat-file', '--batch-all-objects', '--batch'], { gitDir: repository });
    seen.push(output.includes('2 and 3 are'), output.includes('sum.sh 2 0'));
    return { patch: rightPatch };
  });

  expect(seen).toEqual([false, true]);
});

test('what did not end well is told with its place: no patch, a crash, a time limit', async () => {
  addTitled('crash', 'red', 'slow');
  const limit = { event: { type: 'budget-reached', limit: 'attempts' } };

  const { end, said } = await run(
    by({
      crash: { kind: 'crashed', why: 'the process of the fix was killed' },
      red: { outcome: 'not-solved', why: null, attempts: [{ number: 1, verdict: 'failed' }], events: [limit] },
      slow: { kind: 'timed-out' },
    }),
  );

  expect(end).toMatchObject({ kind: 'complete', errors: 1 });
  expect(said).toMatch(/^crash .* error .* crash: the process of the fix was killed$/m);
  expect(said).toMatch(/^red .* unsolved .* checks: checks red after 1 attempt$/m);
  expect(said).toMatch(/^slow .* unsolved .* time: it did not end within the time of the run$/m);
});

test('a run that was stopped goes on with what is missing, and buys nothing twice', async () => {
  addTitled('a', 'b', 'c', 'd');
  const stopped = stop();

  const first = await run(
    async ({ issue }) => {
      if (issue.title === 'c') stopped.abort();
      return { patch: rightPatch };
    },
    {},
    stopped,
  );
  const done = (await readResults(out)).map(({ task }) => task);
  const second = await run(by({}));

  expect(first.end.kind).toBe('stopped');
  expect(first.said).toContain('the same command goes on with them');
  expect(done).not.toContain('c');
  expect([...second.asked].sort()).toEqual(['a', 'b', 'c', 'd'].filter((id) => !done.includes(id)));
  expect(second.end).toMatchObject({ kind: 'complete' });
  expect(second.said).toContain('solved 4 of 4');
  expect(existsSync(join(out, 'lock'))).toBe(false);
});

test('a third call has nothing to do, and prints the table all the same', async () => {
  addTitled('a');
  await run(by({}));

  const again = await run(by({}));

  expect(again.asked).toEqual([]);
  expect(again.said).toContain('solved 1 of 1');
});

test('a task that has changed is done again', async () => {
  addTitled('a', 'b');
  await run(by({}));
  tasks.add('b', { 'issue.md': '# b\n\nNow with other words.\n' });

  expect((await run(by({}))).asked).toEqual(['b']);
});

test('errors stay what they are until they are to be tried again', async () => {
  addTitled('a', 'b');
  await run(by({ b: { kind: 'crashed', why: 'out of memory' } }));

  expect((await run(by({}))).asked).toEqual([]);
  const again = await run(by({}), { retriesErrors: true });

  expect(again.asked).toEqual(['b']);
  expect(again.said).toContain('solved 2 of 2');
});

test('the total is never exceeded, and the same command with more goes on', async () => {
  addTitled('a', 'b', 'c');

  const first = await run(by({}), { budgetUsd: 1, totalUsd: 1.4 });
  const second = await run(by({}), { budgetUsd: 1, totalUsd: 5 });

  expect(first.end).toMatchObject({ kind: 'budget', left: 1 });
  expect(first.asked).toHaveLength(2);
  expect(first.said).toContain(
    'less than the budget of the next; the same command with a larger --budget-total goes on',
  );
  expect(first.orders.every(({ budget }) => budget.usd === 1)).toBe(true);
  expect([...first.asked, ...second.asked].sort()).toEqual(['a', 'b', 'c']);
  expect(second.end.kind).toBe('complete');
});

test('a crash counts with its whole budget, since nobody knows what it spent', async () => {
  addTitled('a', 'b');

  const { end } = await run(
    ({ issue }) => (issue.title === 'a' ? { kind: 'crashed', why: 'killed' } : { patch: rightPatch }),
    {
      budgetUsd: 1,
      totalUsd: 1.5,
    },
  );

  expect(end).toMatchObject({ kind: 'budget', left: 1 });
});

test('repeats are counted each, and their spread is told', async () => {
  addTitled('a', 'b');
  const times = new Map<string, number>();

  const { said } = await run(
    ({ issue }) => {
      const time = (times.get(issue.title) ?? 0) + 1;
      times.set(issue.title, time);
      return issue.title === 'b' && time === 2 ? { patch: falseGreenPatch } : { patch: rightPatch };
    },
    { repeats: 2 },
  );

  expect(said).toMatch(/^b #2 .* false green/m);
  expect(said).toContain('solved 3 of 4 (75%');
  expect(said).toContain('repeats from 50% to 100%');
  expect(existsSync(join(out, 'tasks/b-2/try.json'))).toBe(true);
});

test('a task whose program is not there is left out and named, in the table and in the summary', async () => {
  addTitled('a');
  tasks.add('go-task', { 'task.yml': sampleTaskFile.replace('[sh]', '[golang-of-nobody]') });

  const { said, asked } = await run(by({}));

  expect(asked).toEqual(['a']);
  expect(said).toContain('left out: go-task: needs golang-of-nobody: not found in the sandbox');
  expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))).toMatchObject({ leftOut: [{ task: 'go-task' }] });
});

test('what a stopped fix spent counts for the total of the run that goes on', async () => {
  addTitled('a');
  const stopped = stop();

  const first = await run(
    async () => {
      stopped.abort();
      return { patch: rightPatch };
    },
    { budgetUsd: 1, totalUsd: 1.5 },
    stopped,
  );
  const second = await run(by({}), { budgetUsd: 1, totalUsd: 1.5 });

  expect(first.end).toMatchObject({ kind: 'stopped', left: 1 });
  expect(second.end).toMatchObject({ kind: 'budget', left: 1 });
  expect(second.asked).toEqual([]);
});

test('hidden tests whose program or set-up is missing are an error of the run, not a false green', async () => {
  addTitled('a', 'b');
  tasks.add('a', {
    'issue.md': '# a\n\nTwo and three are five.\n',
    'task.yml': sampleTaskFile.replace('sh hidden.sh', 'program-of-nobody'),
  });
  tasks.add('b', { 'issue.md': '# b\n\nTwo and three are five.\n', 'task.yml': `${sampleTaskFile}setup: exit 3\n` });

  const { end } = await run(by({}));

  expect(end).toMatchObject({ kind: 'complete', errors: 2 });
  expect(await readResults(out)).toMatchObject([
    { outcome: 'error', at: 'sandbox', usd: 0.25, hidden: { conclusion: 'not-run' } },
    { outcome: 'error', at: 'sandbox', usd: 0.25, hidden: { conclusion: 'not-run' } },
  ]);
});

test('the fault of one task is its own error, with what was spent on it, and the others go on', async () => {
  addTitled('a', 'b');

  const { end, said } = await run(({ issue }) =>
    issue.title === 'a' ? { outcome: 'solved', commit: 'f'.repeat(40) } : { patch: rightPatch },
  );

  expect(end).toMatchObject({ kind: 'complete', errors: 1 });
  expect(said).toMatch(/^a +shell +error +1 +4 +1,000 +\$0\.2500 .* crash: /m);
  expect(said).toMatch(/^b +shell +solved/m);
});

test('results of other models of the environment do not mix', async () => {
  addTitled('a');
  await run(by({}), {}, stop(), { coder: ['openai/gpt-6-sol'] });

  await expect(run(by({}), {}, stop(), { coder: ['anthropic/claude-opus-5-5'] })).rejects.toMatchObject({
    problems: [expect.stringContaining('chains: this run was made with')],
  });
});
