import { z } from 'zod';
import type { Held } from './held.ts';
import { answerProperties } from './properties-of-answers.ts';
import { grammarProperties } from './properties-of-grammar.ts';
import { patchProperties } from './properties-of-patches.ts';
import { nonEmpty } from './property.ts';

/** What prompts have to bring about, by name. Each is judged on the conversation alone, by code. */
const properties = { ...grammarProperties, ...patchProperties, ...answerProperties };
export type PropertyName = keyof typeof properties;
export const propertyNames = nonEmpty(Object.keys(properties) as PropertyName[]);

/** Those of every conversation. */
const always: readonly PropertyName[] = Object.keys(grammarProperties) as PropertyName[];

const shape = Object.fromEntries(
  Object.entries(properties).map(([name, { argument }]) => [name, argument.optional()]),
) as { [Name in PropertyName]: z.ZodOptional<(typeof properties)[Name]['argument']> };
export const keepsSchema = z.strictObject(shape);
export type Keeps = z.infer<typeof keepsSchema>;

export interface Judgement {
  readonly property: PropertyName;
  /** Why it is not kept; null where it is. */
  readonly fault: string | null;
}

/** @throws {TypeError} for a property whose argument is missing: a case without it asks for nothing. */
export function judge(held: Held, keeps: Keeps): readonly Judgement[] {
  return propertyNames.flatMap((name) => {
    const given = keeps[name];
    if (given === undefined && !always.includes(name)) return [];
    const { argument, judge: faultOf } = properties[name];
    const parsed: unknown = argument.parse(given);
    return [{ property: name, fault: (faultOf as (held: Held, argument: unknown) => string | null)(held, parsed) }];
  });
}
