import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exits } from '../../../src/cli/command.ts';
import { maxOwnWordsBytes, withOwnWords } from '../../../src/prompts/own-words.ts';
import { readTemplate } from '../../../src/prompts/template.ts';
import type { ModelScript, ScriptedReply } from '../../stand-in/model-script.ts';
import { type ScriptedModel, startScriptedModel } from '../../stand-in/scripted-model.ts';
import { captureTerminal } from '../../support/captured-terminal.ts';
import { carryOut } from './command.ts';
import { readOrder } from './options.ts';

const profiled = (complexity: string): ScriptedReply => ({
  tools: [
    {
      name: 'profile_ticket',
      arguments: {
        kind: 'bug',
        complexity,
        urgency: 'normal',
        value: 'normal',
        title: 'Start the discount above the tier',
        reason: 'One comparison.',
      },
    },
  ],
});

let right: ScriptedModel;
let wrong: ScriptedModel;
let folder = '';
beforeAll(async () => {
  right = await startScriptedModel({ fast: [[profiled('small')]] } satisfies ModelScript);
  wrong = await startScriptedModel({ fast: [[profiled('large')]] } satisfies ModelScript);
  folder = mkdtempSync(join(tmpdir(), 'ai-fix-own-prompts-'));
});
afterAll(async () => {
  await right.close();
  await wrong.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(args: readonly string[], model: ScriptedModel | null = null, modelName = 'gpt-6-sol') {
  const terminal = captureTerminal();
  const environment =
    model === null
      ? {}
      : { OPENAI_API_KEY: 'sk-scripted-0000', OPENAI_BASE_URL: `${model.url}/v1`, AI_FIX_MODEL: modelName };
  const code = await carryOut(readOrder(args), terminal, environment, new AbortController().signal);
  return { code, said: terminal.said, complained: terminal.complained };
}

const one = ['--only', 'profile-small-bug'];

describe('npm run prompts', () => {
  it('scripted, says what each prompt kept, and that no model thought', async () => {
    const { code, said } = await run(one);

    expect(code).toBe(exits.good);
    expect(said).toMatch(/^profile 2 {2}profiles-rightly +1 of 1$/m);
    expect(said).toContain('SCRIPTED: no model thought here. Of 1 planted conversations 1 were told rightly.');
  });

  it('live, says first what it will cost, asks each conversation so often, and adds up', async () => {
    const before = right.requests.length;

    const { code, said } = await run([...one, '--live', '--repeat', '2'], right);

    expect(code).toBe(exits.good);
    expect(said.indexOf('never more than $2.00 (--budget)')).toBeLessThan(said.indexOf('profile-small-bug: keeps all'));
    expect(said).toMatch(/LIVE: 2 conversations with fast: openai\/gpt-6-sol\nabout \$0\.\d+ /);
    expect(said).toMatch(/^profile 2 {2}profiles-rightly +2 of 2$/m);
    expect(said).toMatch(/\n\$0\.\d+ for 2 conversations\n$/);
    expect(right.requests.length - before).toBe(2);
  });

  it('live, promises no amount for a model whose price nobody knows', async () => {
    const { said } = await run([...one, '--live', '--repeat', '2'], right, 'gpt-of-ours');

    const promise = said.slice(said.indexOf('LIVE:'), said.indexOf('profile-small-bug: keeps'));
    expect(promise).toContain('LIVE: 2 conversations with fast: openai/gpt-of-ours\ncost unknown\n');
    expect(promise).toMatch(
      /there the limit is tokens and not money, ([\d,]+) for a conversation and at most [\d,]+ in all/,
    );
    expect(promise).not.toContain('$');
  });

  it('live, a prompt that does not keep a property is a fault with its case', async () => {
    const { code, said } = await run([...one, '--live'], wrong);

    expect(code).toBe(exits.fault);
    expect(said).toContain('profile-small-bug: breaks profiles-rightly: complexity is large');
    expect(said).toMatch(/^profile 2 {2}profiles-rightly +0 of 1 {2}profile-small-bug$/m);
  });

  it('live, asks nothing that could cost more than the budget', async () => {
    const before = right.requests.length;

    const { code, said, complained } = await run(['--only', 'profile', '--live', '--budget', '0.01'], right);

    expect(right.requests.length).toBe(before);
    expect(code).toBe(exits.fault);
    expect(said).toContain('not judged: budget-reached');
    expect(complained).toContain('came to no end that could be judged');
  });

  it('live, needs a key', async () => {
    await expect(run([...one, '--live'])).rejects.toMatchObject({
      problems: [expect.stringContaining('none is set')],
    });
  });

  it("asks in a repository's own words, and says so", async () => {
    writeFileSync(join(folder, 'profile.md'), '{{ours}}\n\n- Shouting is no urgency.\n');
    const { code, said } = await run([...one, '--live', '--prompts', folder], right);

    expect(code).toBe(exits.good);
    expect(said).toContain('profile 2, own words');
    expect(JSON.stringify(right.requests.at(-1)?.body.messages)).toContain('- Shouting is no urgency.');
  });

  it.each<[string, string, RegExp]>([
    ['profile.md', '{{our}}', /`.*\/profile\.md`: line 1: found `\{\{our\}\}`/],
    ['profil.md', 'x', /did you mean `profile\.md`/],
    ['profile.md', 'x'.repeat(maxOwnWordsBytes + 1), /allowed: at most 16,384/],
  ])('refuses own words that could not be used: %s', async (file, text, problem) => {
    rmSync(folder, { recursive: true, force: true });
    folder = mkdtempSync(join(tmpdir(), 'ai-fix-own-prompts-'));
    writeFileSync(join(folder, file), text);

    await expect(run([...one, '--prompts', folder])).rejects.toMatchObject({
      problems: [expect.stringMatching(problem)],
    });
  });

  it.each<[string, RegExp]>([
    ['--only profle', /did you mean profile\?/],
    ['--show coder', /did you mean code\?/],
    ['--budget 1', /--budget is for --live/],
    ['--live --model gpt', /allowed: provider\/model/],
    ['--live --repeat 0', /a whole number from 1 to 100/],
    ['--live --budget -1', /--budget/],
    ['--liv', /live/],
  ])('says what is wrong with %s', async (args, problem) => {
    await expect(run(args.split(' '))).rejects.toThrow(problem);
  });
});

describe('docs/prompts.md', () => {
  const page = readFileSync(new URL('../../../docs/prompts.md', import.meta.url), 'utf8');
  const blocks = (language: string): string[] =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

  it('shows commands that do what it says', async () => {
    const commands = blocks('sh').flatMap((block) => block.trim().split('\n'));
    const orders = commands.map((command) => {
      const [, args = ''] = command.split(/npm run (?:--silent )?prompts(?: -- )?/);
      return readOrder(args.split(' ').filter(Boolean));
    });

    expect(orders.map(({ kind }) => kind)).toEqual(['show', 'scripted', 'live', 'scripted', 'live']);
    expect(orders[2]).toMatchObject({ choice: { only: ['review'] }, repeats: 3, totalUsd: 1 });
    const shown = await run(['--show', 'review']);
    expect(withOwnWords(readTemplate('review'), shown.said)).toEqual({
      kind: 'usable',
      template: readTemplate('review'),
    });
  });

  it('shows an own prompt that can be used', () => {
    const [example = ''] = blocks('markdown');

    expect(withOwnWords(readTemplate('review'), example)).toMatchObject({ kind: 'usable' });
  });
});
