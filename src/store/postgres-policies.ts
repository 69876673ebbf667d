import { sql } from 'kysely';
import { fullName, type RepositoryRef } from '../domain/ids.ts';
import { revivePolicy } from '../domain/policy.ts';
import type { PolicyStore } from '../ports/stores.ts';
import { type Database, toJson } from './database.ts';

export function createPostgresPolicies(database: Database): PolicyStore {
  return {
    put: async (repository, policy) => {
      const row = { policy: toJson(policy), at: new Date() };
      await database
        .insertInto('policies')
        .values({ repository: keyOf(repository), ...row })
        .onConflict((conflict) =>
          conflict
            .column('repository')
            .doUpdateSet(row)
            // Every label asks for the policy, and hardly any finds another one: nothing is then written.
            .where('policies.policy', 'is distinct from', sql<never>`excluded.policy`),
        )
        .execute();
    },
    find: async (repository) => {
      const row = await database
        .selectFrom('policies')
        .select('policy')
        .where('repository', '=', keyOf(repository))
        .executeTakeFirst();
      return row === undefined ? null : revivePolicy(row.policy);
    },
  };
}

/** A repository that is moved to another installation keeps its configuration. */
const keyOf = (repository: RepositoryRef): string => fullName(repository).toLowerCase();
