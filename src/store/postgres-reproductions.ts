import type { ReproducingTests } from '../domain/attempt.ts';
import type { ReproductionStore } from '../ports/stores.ts';
import { type Database, toJson } from './database.ts';

export const createPostgresReproductions = (database: Database): ReproductionStore => ({
  find: async (fix, number) => {
    const row = await database
      .selectFrom('reproductions')
      .select('body')
      .where('fix_id', '=', fix)
      .where('number', '=', number)
      .executeTakeFirst();
    return row === undefined ? null : (row.body as ReproducingTests);
  },
  put: async (fix, tests) => {
    await database
      .insertInto('reproductions')
      .values({ fix_id: fix, number: tests.number, body: toJson(tests) })
      .onConflict((conflict) => conflict.columns(['fix_id', 'number']).doUpdateSet({ body: toJson(tests) }))
      .execute();
  },
});
