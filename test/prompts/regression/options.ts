import { readArguments } from '../../../src/cli/arguments.ts';
import { UsageError } from '../../../src/cli/command.ts';
import { nearestOf } from '../../../src/domain/nearest.ts';
import { type TemplateName, templateNames } from '../../../src/prompts/template.ts';

export const help = `Usage: npm run prompts [-- options]

Holds the conversations of fixtures/prompts with the prompts of src/prompts and judges by code what they keep. The models
are SCRIPTED: their right replies have to keep every property, and planted ones have to break theirs. That is a test of
the cases and the judges; what a prompt brings about is seen with --live.

  --only a,b        these prompts or cases
  --prompts folder  with a repository's own prompts (code.md, review.md, …) from this folder
  --show name       prints what of a prompt a repository may write itself, to begin from
  --live            asks the models of the environment (docs/configuration.md) and pays for it
  --model p/m       one model for all roles
  --repeat N        each conversation so often (default: 1)
  --budget USD      for all of them: never more (default: 2)

Exit code: 0 when everything is kept, 1 when something is not or could not be asked, 64 and 78 when the command line or
the settings are wrong, 130 when it was stopped.`;

export type Order =
  | { readonly kind: 'help' }
  | { readonly kind: 'show'; readonly name: TemplateName }
  | { readonly kind: 'scripted'; readonly choice: Choice }
  | {
      readonly kind: 'live';
      readonly choice: Choice;
      readonly model: string | null;
      readonly repeats: number;
      readonly totalUsd: number;
    };

export interface Choice {
  /** Prompts and cases; all where it is empty. */
  readonly only: readonly string[];
  /** The folder of own prompts. */
  readonly prompts: string | null;
}

const kinds = {
  only: 'string',
  prompts: 'string',
  show: 'string',
  live: 'boolean',
  model: 'string',
  repeat: 'string',
  budget: 'string',
} as const;

/** @throws {UsageError} */
export function readOrder(args: readonly string[]): Order {
  const { options, wantsHelp } = readArguments(args, kinds, 0);
  if (wantsHelp) return { kind: 'help' };
  const { only = '', prompts = null, show, live = false, model = null, repeat, budget } = options;
  if (show !== undefined) return { kind: 'show', name: nameOf(show) };
  const names = only.split(',').map((name) => name.trim());
  const choice = { only: names.filter(Boolean), prompts };
  if (!live) {
    const [stray] = Object.entries({ model, repeat, budget }).flatMap(([name, value]) => (value == null ? [] : [name]));
    if (stray !== undefined) throw new UsageError(`--${stray} is for --live: scripted models cost nothing`);
    return { kind: 'scripted', choice };
  }
  if (model !== null && !/^[^\s/]+\/\S+$/.test(model))
    throw new UsageError(`--model: found ${JSON.stringify(model.slice(0, 80))}; allowed: provider/model`);
  return {
    kind: 'live',
    choice,
    model,
    repeats: amount('repeat', repeat, 1, { least: 1, most: 100, isWhole: true }),
    totalUsd: amount('budget', budget, 2, { least: 0.01, most: 1_000, isWhole: false }),
  };
}

function nameOf(said: string): TemplateName {
  const name = templateNames.find((one) => one === said);
  if (name !== undefined) return name;
  const meant = nearestOf(said, templateNames);
  const hint = meant === null ? '' : `; did you mean ${meant}?`;
  throw new UsageError(
    `--show: found ${JSON.stringify(said.slice(0, 80))}; allowed: ${templateNames.join(', ')}${hint}`,
  );
}

function amount(
  name: string,
  text: string | undefined,
  usual: number,
  { least, most, isWhole }: { readonly least: number; readonly most: number; readonly isWhole: boolean },
): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if ((isWhole ? /^\d+$/ : /^\d+(?:\.\d+)?$/).test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `--${name}: found ${JSON.stringify(text.slice(0, 40))}; allowed: a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`,
  );
}

/** @throws {UsageError} for a name that no prompt and no case has. */
export function chosen<Case extends { readonly id: string; readonly prompt: string }>(
  cases: readonly Case[],
  { only }: Choice,
): readonly Case[] {
  const known = [...templateNames, ...cases.map(({ id }) => id)];
  const strange = only.find((name) => !known.includes(name));
  if (strange !== undefined) {
    const meant = nearestOf(strange, known);
    const hint = meant === null ? '' : `; did you mean ${meant}?`;
    throw new UsageError(`--only: found ${JSON.stringify(strange.slice(0, 80))}; allowed: ${known.join(', ')}${hint}`);
  }
  return only.length === 0 ? cases : cases.filter(({ id, prompt }) => only.includes(id) || only.includes(prompt));
}
