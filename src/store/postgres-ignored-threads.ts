import { fullName } from '../domain/ids.ts';
import type { IgnoredThreads } from '../ports/stores.ts';
import type { Database } from './database.ts';

export function createPostgresIgnoredThreads(database: Database): IgnoredThreads {
  return {
    ignore: async (repository, number, by) => {
      await database
        .insertInto('ignored_threads')
        .values({ repository: fullName(repository), number, by })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    heed: async (repository, number) => {
      await database
        .deleteFrom('ignored_threads')
        .where('repository', '=', fullName(repository))
        .where('number', '=', number)
        .execute();
    },

    has: async (repository, number) => {
      const row = await database
        .selectFrom('ignored_threads')
        .select('by')
        .where('repository', '=', fullName(repository))
        .where('number', '=', number)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
