import type { z } from 'zod';
import type { Held } from './held.ts';

export interface Property<Argument extends z.ZodType> {
  readonly argument: Argument;
  /** Why a conversation does not keep it, in a few words; null where it does. */
  judge(held: Held, argument: z.infer<Argument>): string | null;
}

export const property = <Argument extends z.ZodType>(
  argument: Argument,
  judge: Property<Argument>['judge'],
): Property<Argument> => ({ argument, judge });

export function nonEmpty<T>(list: readonly T[]): [T, ...T[]] {
  const [first, ...others] = list;
  if (first === undefined) throw new TypeError('the list is empty');
  return [first, ...others];
}
