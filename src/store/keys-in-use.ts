import { sql } from 'kysely';
import type { FixId } from '../domain/ids.ts';
import type { Database } from './database.ts';

const atOnce = 50;

/** Every column that `seal.ts` writes. */
const sealedColumns = [
  ['turns', 'reply'],
  ['turns', 'results'],
  ['turns', 'overlay_changes'],
  ['attempts', 'body'],
  ['reproductions', 'body'],
] as const;

/**
 * How many texts of these fixes are encrypted with each key, by its name. Reads all of them, a few fixes at a time, so that
 * others get their turn at the embedded database.
 */
export async function keysInUse(database: Database, fixes: readonly FixId[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let from = 0; from < fixes.length; from += atOnce) {
    const some = fixes.slice(from, from + atOnce);
    for (const [table, column] of sealedColumns) {
      const { rows } = await sql<{ key: string; texts: number }>`
        select ${sql.ref(column)} ->> 'key' as key, count(*)::int as texts from ${sql.table(table)}
        where fix_id in (${sql.join(some)}) and jsonb_exists(${sql.ref(column)}, 'sealed') group by 1`.execute(
        database,
      );
      for (const { key, texts } of rows) if (key !== null) found.set(key, (found.get(key) ?? 0) + texts);
    }
  }
  return found;
}
