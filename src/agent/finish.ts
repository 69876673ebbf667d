import type { z } from 'zod';
import type { ToolSpec } from '../domain/conversation.ts';
import type { ToolContext } from './tool.ts';
import { parseArguments, toolSpec } from './tool-arguments.ts';

/** The call by which a model ends its conversation and hands over a result. */
export interface FinishTool<Result> {
  readonly spec: ToolSpec;
  /** The arguments of a call that was accepted: by their schema alone, since the record is the decision. */
  read(argumentsJson: string): FinishParse<Result>;
  /**
   * Judges a call. Asked once for each: what it asks may answer otherwise a moment later.
   *
   * @throws {ForgeError} when the tree cannot be read.
   */
  parse(argumentsJson: string, context: ToolContext): Promise<FinishParse<Result>>;
}

type FinishParse<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly correction: string };

interface FinishDefinition<S extends z.ZodType> {
  readonly name: string;
  readonly description: string;
  /** An object, strict. */
  readonly arguments: S;
  /** Why this result is not acceptable yet, told to the model; null when it is. */
  check?(args: z.infer<S>, context: ToolContext): Promise<string | null> | string | null;
}

export function defineFinish<S extends z.ZodType>(definition: FinishDefinition<S>): FinishTool<z.infer<S>> {
  const spec = toolSpec(definition);
  const read = (argumentsJson: string): FinishParse<z.infer<S>> => {
    const parsed = parseArguments(definition.arguments, spec, argumentsJson);
    return parsed.ok ? { ok: true, result: parsed.value } : parsed;
  };
  return {
    spec,
    read,
    async parse(argumentsJson, context) {
      const parsed = read(argumentsJson);
      if (!parsed.ok) return parsed;
      const correction = (await definition.check?.(parsed.result, context)) ?? null;
      return correction === null ? parsed : { ok: false, correction };
    },
  };
}

/** All the ways to end one conversation, with the same kind of result. */
export type Finishes<Result> = readonly [FinishTool<Result>, ...FinishTool<Result>[]];

export const finishNamed = <Result>(finishes: Finishes<Result>, name: string): FinishTool<Result> | undefined =>
  finishes.find(({ spec }) => spec.name === name);
