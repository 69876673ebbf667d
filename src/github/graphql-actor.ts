import { z } from 'zod';

/** Null where the account is gone. */
export const actorSchema = z
  .object({ __typename: z.string(), login: z.string(), databaseId: z.number().nullable().optional() })
  .nullable()
  .optional();

/** GraphQL leaves the suffix out, by which a bot is told from a person of the same name. */
export const loginOf = (actor: z.infer<typeof actorSchema>): string | null =>
  actor == null ? null : `${actor.login}${actor.__typename === 'Bot' ? '[bot]' : ''}`;
