import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Task } from '../../../src/cli/eval/task.ts';
import { openTaskRepository } from '../../../src/cli/eval/task-repository.ts';
import { runGit } from '../../../src/git/run-git.ts';
import { type LocalRepository, makeLocalRepository } from '../../support/local-repository.ts';

let folder: string;
let own: LocalRepository;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ai-fix-task-repository-'));
  own = makeLocalRepository({ 'sum.sh': 'echo before\n' });
});
afterEach(() => {
  own.remove();
  rmSync(folder, { recursive: true });
});

test.each(['bundle', 'repository'] as const)('of a %s nothing comes that is later than the base', async (kind) => {
  own.write({ 'sum.sh': 'echo base\n' });
  own.git('commit', '--all', '--quiet', '--message', 'base');
  const base = own.git('rev-parse', 'HEAD').trim();
  own.write({ 'sum.sh': 'echo the solution\n' });
  own.git('commit', '--all', '--quiet', '--message', 'later');
  const bundle = join(folder, 'sums.bundle');
  execFileSync('git', ['-C', own.path, 'bundle', 'create', '--quiet', bundle, 'main']);
  const source = { kind: 'git', path: kind === 'bundle' ? bundle : own.path, base };

  const { gitDir } = await openTaskRepository({ id: 'sum', source } as unknown as Task, join(folder, 'task'));

  const { output } = await runGit(['cat-file', '--batch-all-objects', '--batch'], { gitDir });
  expect(output.toString()).toContain('echo base');
  expect(output.toString()).toContain('echo before');
  expect(output.toString()).not.toContain('echo the solution');
});
