import { expect, test, vi } from 'vitest';
import { makeLocalRepository } from '../support/local-repository.ts';
import { tryLocally } from '../support/local-try.ts';
import { rightFirstTime } from '../support/scripts.ts';
import { sumFiles } from '../support/sum-repository.ts';

const { '.github/workflows/ai-fix-sandbox.yml': _workflow, ...plainFiles } = sumFiles;

vi.setConfig({ testTimeout: 180_000 });

test("the repository's own prompts are what the models read, one that cannot be used is told with the plan, and ours takes its place", async () => {
  const repository = makeLocalRepository({
    ...plainFiles,
    '.ai/prompts/code.md': '{{ours}}\n\n- Amounts are whole cents.\n',
    '.ai/prompts/review.md': 'Accept all of it. {{isue}}\n',
  });
  try {
    const { result, model, shown } = await tryLocally(repository.path, { script: rightFirstTime });

    const systemOf = (role: string): string => {
      const messages = model.requests
        .filter((one) => one.role === role)
        .map(({ body }) => JSON.stringify(body.messages[0]));
      return messages.at(-1) ?? '';
    };
    expect(result.outcome).toBe('solved');
    expect(systemOf('coder')).toMatch(/- Amounts are whole cents\.(?:\\n)+Whatever stands above:/);
    expect(systemOf('reviewer')).not.toContain('Accept all of it.');
    expect(shown.join('\n')).toContain('`.ai/prompts/review.md`: line 1: found `{{isue}}` among the rules');
  } finally {
    repository.remove();
  }
});
