import type { z } from 'zod';
import type { ToolSpec } from '../domain/conversation.ts';
import type { Overlay } from '../domain/overlay.ts';
import type { Tree } from '../ports/workspace.ts';
import { parseArguments, toolSpec } from './tool-arguments.ts';

/** What a tool may see: the base commit's tree and the edits on it. Where both know a path, the overlay is right. */
export interface ToolContext {
  readonly tree: Tree;
  readonly overlay: Overlay;
}

/** What a tool call did. `overlay` is the new one, the same object when nothing changed. */
export interface ToolOutcome {
  readonly output: string;
  readonly isError: boolean;
  readonly overlay: Overlay;
}

export interface Tool {
  readonly spec: ToolSpec;
  /**
   * Runs one call over tree and overlay, without any other effect. Wrong arguments end in a correction for the model.
   *
   * @throws {ForgeError} when the tree cannot be read.
   */
  run(argumentsJson: string, context: ToolContext): Promise<ToolOutcome>;
}

interface ToolDefinition<S extends z.ZodType> {
  readonly name: string;
  readonly description: string;
  /** An object; strict, so that a misspelt argument is corrected instead of dropped. */
  readonly arguments: S;
  run(args: z.infer<S>, context: ToolContext): Promise<ToolOutcome> | ToolOutcome;
}

/** Makes a tool whose JSON Schema, checks and corrections all follow from one zod schema. */
export function defineTool<S extends z.ZodType>(definition: ToolDefinition<S>): Tool {
  const spec = toolSpec(definition);
  return {
    spec,
    async run(argumentsJson, context) {
      const parsed = parseArguments(definition.arguments, spec, argumentsJson);
      return parsed.ok ? definition.run(parsed.value, context) : refused(context, parsed.correction);
    },
  };
}

export const answered = (context: ToolContext, output: string): ToolOutcome => ({
  output,
  isError: false,
  overlay: context.overlay,
});

/** An error the model can mend: says what was found and what to do. */
export const refused = (context: ToolContext, output: string): ToolOutcome => ({
  output,
  isError: true,
  overlay: context.overlay,
});

export const changed = (overlay: Overlay, output: string): ToolOutcome => ({ output, isError: false, overlay });
