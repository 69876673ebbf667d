import { sql } from 'kysely';
import type { FixId } from '../domain/ids.ts';
import type { Database } from './database.ts';

const atOnce = 50;

/**
 * Takes the words out of the turns of fixes that ended before a moment; what can be counted stays. Patches and tests that
 * were written go too once the fix is archived: until then a person may resume it, and it goes on from them.
 *
 * A fix that a person resumes later must not go on from turns without words, so the conversations get names that nobody
 * asks for: they begin anew then, and what they cost stays counted. The rows of these fixes are locked meanwhile, as
 * every event locks its fix, so none of them comes back to life in the middle.
 */
export async function dropTexts(database: Database, endedBefore: Date, now: Date): Promise<number> {
  return database.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: FixId; state: string }>`
      select id, state from fixes
      where state in ('archived', 'stopped', 'abandoned', 'expired')
        and (texts_dropped_at is null or texts_dropped_at < updated_at)
        and updated_at <= ${endedBefore}
        and running_number is null and burst_kind is null
      order by updated_at
      limit ${atOnce}
      for update skip locked`.execute(tx);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return 0;
    const part = sql<string>`part || ${`${droppedMark}${now.getTime().toString(36)}`}::text`;
    await tx
      .updateTable('turns')
      .set({
        reply: null,
        results: null,
        overlay_changes: null,
        texts_dropped_at: now,
        part,
      })
      .where('fix_id', 'in', ids)
      .where('texts_dropped_at', 'is', null)
      .execute();
    await tx
      .updateTable('failed_calls')
      .set({ part, reason: '' })
      .where('fix_id', 'in', ids)
      .where('part', 'not like', `%${droppedMark}%`)
      .execute();
    const archived = rows.filter(({ state }) => state === 'archived').map(({ id }) => id);
    if (archived.length > 0) {
      await tx.deleteFrom('attempts').where('fix_id', 'in', archived).execute();
      await tx.deleteFrom('reproductions').where('fix_id', 'in', archived).execute();
    }
    await tx.updateTable('fixes').set({ texts_dropped_at: now }).where('id', 'in', ids).execute();
    return ids.length;
  });
}

const droppedMark = '~';

/** The name of a conversation as it was. */
export const partName = (part: string): string => part.split(droppedMark, 1)[0] ?? part;
