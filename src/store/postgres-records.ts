import { sql } from 'kysely';
import type { Attempt } from '../domain/attempt.ts';
import type { FrozenInput } from '../domain/frozen-input.ts';
import { type FixId, fullName } from '../domain/ids.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { DocumentKind, PlanDocument } from '../domain/plan.ts';
import { documentKinds } from '../domain/plan.ts';
import type { AttemptStore, DocumentStore, EffectStore, InputStore, InventoryStore } from '../ports/stores.ts';
import { type Database, toJson, toText } from './database.ts';
import type { Seal } from './seal.ts';

/** The smaller rows: a fix's frozen input, attempts, plan documents and what was done on GitHub; inventories of commits. */

export function createPostgresAttempts(database: Database, seal: Seal): AttemptStore {
  const placeOf = (fix: FixId, number: number) => `attempts.body:${fix}:${number}`;
  const all: AttemptStore['all'] = async (fix) => {
    const rows = await database
      .selectFrom('attempts')
      .select(['number', 'body'])
      .where('fix_id', '=', fix)
      .orderBy('number')
      .execute();
    return rows.map((row) => seal.open(row.body, placeOf(fix, row.number)) as Attempt);
  };
  return {
    all,
    newest: async (fix) => (await all(fix)).at(-1) ?? null,
    put: async (fix, attempt) => {
      const body = toJson(seal.close(attempt, placeOf(fix, attempt.number)));
      await database
        .insertInto('attempts')
        .values({ fix_id: fix, number: attempt.number, body })
        .onConflict((conflict) => conflict.columns(['fix_id', 'number']).doUpdateSet({ body }))
        .execute();
    },
  };
}

export function createPostgresEffects(database: Database): EffectStore {
  return {
    find: async (fix, key) => {
      const row = await database
        .selectFrom('effects')
        .select('remote')
        .where('fix_id', '=', fix)
        .where('key', '=', key)
        .executeTakeFirst();
      return row === undefined ? null : (row.remote as Readonly<Record<string, unknown>>);
    },
    record: async (fix, key, remote) => {
      await database
        .insertInto('effects')
        .values({ fix_id: fix, key, remote: toJson(remote) })
        .onConflict((conflict) =>
          conflict.columns(['fix_id', 'key']).doUpdateSet({ remote: toJson(remote), at: new Date() }),
        )
        .execute();
    },
  };
}

export function createPostgresDocuments(database: Database): DocumentStore {
  return {
    put: async (fix, documents) => {
      await database.transaction().execute(async (tx) => {
        await tx.deleteFrom('documents').where('fix_id', '=', fix).execute();
        const rows = documents.map(({ kind, markdown }) => ({ fix_id: fix, kind, markdown: toText(markdown) }));
        if (rows.length > 0) await tx.insertInto('documents').values(rows).execute();
      });
    },
    list: async (fix) => {
      const rows = await database.selectFrom('documents').selectAll().where('fix_id', '=', fix).execute();
      const documents = rows.map((row): PlanDocument => ({ kind: row.kind as DocumentKind, markdown: row.markdown }));
      return documents.sort((a, b) => documentKinds.indexOf(a.kind) - documentKinds.indexOf(b.kind));
    },
  };
}

export function createPostgresInputs(database: Database): InputStore {
  return {
    put: async (fix, { text, digest, leftOut }) => {
      await database
        .insertInto('inputs')
        .values({ fix_id: fix, text: toText(text), digest, left_out: toJson(leftOut) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    find: async (fix) => {
      const row = await database.selectFrom('inputs').selectAll().where('fix_id', '=', fix).executeTakeFirst();
      return row === undefined
        ? null
        : ({ text: row.text, digest: row.digest, leftOut: row.left_out as string[] } satisfies FrozenInput);
    },
  };
}

/** Inventories of commits that no fix starts from any more are of no use to anybody. */
const keepInventoriesMs = 30 * 24 * 60 * 60_000;

export function createPostgresInventories(database: Database): InventoryStore {
  return {
    find: async ({ repository, commit, workflowBlob }) => {
      const row = await database
        .selectFrom('inventories')
        .select('checks')
        .where('repository', '=', fullName(repository))
        .where('workflow_blob', '=', workflowBlob)
        // A workflow that wrote no report on one commit writes none on another.
        .where(({ eb, or }) => or([eb('commit_sha', '=', commit), eb('checks', '=', sql<string>`'{}'::jsonb`)]))
        .orderBy(({ eb }) => eb('commit_sha', '=', commit), 'desc')
        .executeTakeFirst();
      return row === undefined ? null : (row.checks as Readonly<Record<string, Inventory>>);
    },
    put: async ({ repository, commit, workflowBlob }, checks) => {
      await database
        .deleteFrom('inventories')
        .where('at', '<', new Date(Date.now() - keepInventoriesMs))
        .execute();
      const key = { repository: fullName(repository), commit_sha: commit, workflow_blob: workflowBlob };
      await database
        .insertInto('inventories')
        .values({ ...key, checks: toJson(checks) })
        .onConflict((conflict) =>
          conflict.columns(['repository', 'commit_sha', 'workflow_blob']).doUpdateSet({ checks: toJson(checks) }),
        )
        .execute();
    },
  };
}
