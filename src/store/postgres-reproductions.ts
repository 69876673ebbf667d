import type { ReproducingTests } from '../domain/attempt.ts';
import type { FixId } from '../domain/ids.ts';
import type { ReproductionStore } from '../ports/stores.ts';
import { type Database, toJson } from './database.ts';
import type { Seal } from './seal.ts';

export const createPostgresReproductions = (database: Database, seal: Seal): ReproductionStore => ({
  find: async (fix, number) => {
    const row = await database
      .selectFrom('reproductions')
      .select('body')
      .where('fix_id', '=', fix)
      .where('number', '=', number)
      .executeTakeFirst();
    return row === undefined ? null : (seal.open(row.body, placeOf(fix, number)) as ReproducingTests);
  },
  put: async (fix, tests) => {
    const body = toJson(seal.close(tests, placeOf(fix, tests.number)));
    await database
      .insertInto('reproductions')
      .values({ fix_id: fix, number: tests.number, body })
      .onConflict((conflict) => conflict.columns(['fix_id', 'number']).doUpdateSet({ body }))
      .execute();
  },
});

const placeOf = (fix: FixId, number: number): string => `reproductions.body:${fix}:${number}`;
