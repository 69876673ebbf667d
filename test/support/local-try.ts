import { inject } from 'vitest';
import type { TryOptions } from '../../src/cli/try/options.ts';
import type { TryResult } from '../../src/cli/try/result.ts';
import { tryFix } from '../../src/cli/try/try-fix.ts';
import type { ModelScript } from '../stand-in/model-script.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { readyImage } from './database-image.ts';
import type { RoleScripts } from './scripts.ts';
import { sumIssue } from './sum-repository.ts';
import { createTestDatabase } from './test-database.ts';

const scriptedKey = 'sk-scripted-model-needs-no-key-0000';

export interface TriedLocally {
  readonly result: TryResult;
  readonly lines: readonly string[];
  readonly shown: readonly string[];
  readonly questions: readonly string[];
  readonly model: ScriptedModel;
}

export interface LocalOrder extends Partial<Omit<TryOptions, 'repository'>> {
  readonly script: RoleScripts | ModelScript;
  /** What the person says at each gate, in their order; then nobody is there any more. */
  readonly answers?: readonly string[];
  readonly onLine?: (line: string) => void;
  /** With the database that a person's run has; else one of the shared server takes half of the time. */
  readonly isEmbedded?: boolean;
}

/** Tries to fix a repository with scripted models, in this process; the real sandbox runs the checks. */
export async function tryLocally(repository: string, order: LocalOrder): Promise<TriedLocally> {
  const { script, answers = [], onLine, isEmbedded = false, ...options } = order;
  const own = isEmbedded ? null : await createTestDatabase();
  const model = await startScriptedModel(script as ModelScript);
  const lines: string[] = [];
  const shown: string[] = [];
  const questions: string[] = [];
  try {
    const result = await tryFix(
      {
        repository,
        issue: sumIssue,
        base: null,
        checks: [],
        setUp: null,
        model: null,
        budget: {},
        mayProceed: false,
        tools: [],
        checkTimeoutMs: 60_000,
        keep: false,
        models: {
          providers: { openai: { apiKey: scriptedKey, baseUrl: `${model.url}/v1` } },
          everyRole: { provider: 'openai', model: 'gpt-6-sol' },
        },
        secrets: [scriptedKey],
        signal: new AbortController().signal,
        ...options,
        tuning: {
          ...(own === null ? { databaseImage: await readyImage(inject('databaseImage')) } : { databaseUrl: own.url }),
          modelRequests: { timeoutMs: 10_000, maxRetryDelayMs: 500 },
          outagePauseMs: () => 200,
          ...options.tuning,
        },
      },
      {
        progress: (line) => {
          lines.push(line);
          onLine?.(line);
        },
        show: (markdown) => void shown.push(markdown),
        ask: async (question) => {
          questions.push(question);
          return answers[questions.length - 1] ?? null;
        },
      },
    );
    return { result, lines, shown, questions, model };
  } finally {
    await model.close();
    await own?.drop();
  }
}
