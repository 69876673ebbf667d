import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { ModelScript } from '../stand-in/model-script.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { plainEnvironment, thisProject } from '../support/app-process.ts';
import { readyImage } from '../support/database-image.ts';
import { unformattedFiles } from '../support/fixers-repository.ts';
import { makeLocalRepository } from '../support/local-repository.ts';
import { rightFirstTime } from '../support/scripts.ts';
import { sumFiles } from '../support/sum-repository.ts';

const { '.github/workflows/ai-fix-sandbox.yml': _workflow, ...plainFiles } = sumFiles;
const page = readFileSync('docs/try.md', 'utf8');
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.trim().split('\n'));

/** What each command is for: an issue, or a check that a formatter of the repository mends. */
const issueFiles = { ...plainFiles, 'issue.md': '# sum subtracts\n\nsum(2, 3) is -1.\n' };
const failingFiles = Object.fromEntries(
  Object.entries(unformattedFiles())
    .filter(([path]) => !path.startsWith('.github/'))
    .map(([path, text]) => [path, text.replace('"check-format"', '"lint"')]),
);
const expectedOf = (command: string) =>
  command.includes('--fix-checks')
    ? { files: failingFiles, branch: 'ai-fix/checks-main', text: 'a - b;\n' }
    : { files: issueFiles, branch: 'ai-fix/add-in-sum-instead-of-subtracting', text: 'a + b' };

let model: ScriptedModel;
let bin: string;
beforeAll(async () => {
  model = await startScriptedModel(rightFirstTime as ModelScript);
  bin = mkdtempSync(join(tmpdir(), 'ai-fix-bin-'));
  // The node of these tests, as a person's would be.
  symlinkSync(process.execPath, join(bin, 'node'));
});
afterAll(async () => {
  await model.close();
  rmSync(bin, { recursive: true });
});

test('the page has a command for each way to use it', () => {
  expect(commands.length).toBeGreaterThanOrEqual(6);
  expect(commands.filter((command) => !/npx ai-fix try \./.test(command))).toEqual([]);
});

test.each(commands)(
  '%s does what the page says',
  async (command) => {
    const { files, branch, text } = expectedOf(command);
    const repository = makeLocalRepository(files);
    const line = command.replace('npx ai-fix', `node ${join(thisProject, 'src/cli.ts')}`);
    const env = {
      ...plainEnvironment(),
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      AI_FIX_DATABASE_IMAGE: await readyImage(inject('databaseImage')),
      OPENAI_API_KEY: 'sk-scripted-model-needs-no-key-0000',
      OPENAI_BASE_URL: `${model.url}/v1`,
      AI_FIX_MODEL: 'gpt-6-sol',
    };
    const child = spawn('bash', ['-euo', 'pipefail', '-c', line], { cwd: repository.path, env, stdio: 'pipe' });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });

    const code = await new Promise((resolve) => child.on('close', resolve));

    expect(code, output).toBe(0);
    expect(repository.git('show', `${branch}:sum.js`)).toContain(text);
    repository.remove();
  },
  240_000,
);
