import { type Selectable, sql } from 'kysely';
import { asSha, fullName } from '../domain/ids.ts';
import { leaseMs, type Onboarding, proposalsPerHour, recountEveryMs } from '../domain/onboarding.ts';
import type { InstallationStore, OnboardingChange, OnboardingStore } from '../ports/onboarding-store.ts';
import { type Database, toText } from './database.ts';
import type { Schema } from './schema.ts';

type Row = Selectable<Schema['repositories']>;

/** Rows of one statement: Postgres takes 65,535 parameters. */
const atOnce = 1_000;
const hourMs = 60 * 60_000;

export function createPostgresOnboardings(database: Database, now: () => number): OnboardingStore {
  return {
    want: async (installationId, repositories) => {
      let count = 0;
      for (let start = 0; start < repositories.length; start += atOnce) {
        // One statement must not touch a row twice.
        const distinct = new Map(repositories.slice(start, start + atOnce).map((one) => [one.id, one]));
        const answer = await database
          .insertInto('repositories')
          .values(
            [...distinct.values()].map((one) => ({
              id: String(one.id),
              installation_id: String(installationId),
              repository: fullName(one),
              state: 'wanted',
              look_at: new Date(now()),
            })),
          )
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet({
              installation_id: sql`excluded.installation_id`,
              repository: sql`excluded.repository`,
              state: sql`case when repositories.state = 'off' then 'wanted' else repositories.state end`,
              look_at: sql`case when repositories.state in ('off', 'wanted') then excluded.look_at else repositories.look_at end`,
              tries: 0,
            }),
          )
          .executeTakeFirst();
        count += Number(answer.numInsertedOrUpdatedRows ?? 0);
      }
      return count;
    },

    resume: async (installationId) => {
      const answer = await database
        .updateTable('repositories')
        .set({ state: 'wanted', look_at: new Date(now()), tries: 0, note: null })
        .where('installation_id', '=', String(installationId))
        .where('state', '=', 'off')
        .executeTakeFirst();
      return Number(answer.numUpdatedRows);
    },

    putOff: async (installationId, ids, note) => {
      const answer = await database
        .updateTable('repositories')
        .set({
          state: sql`case when state = 'closed' then 'closed' else 'off' end`,
          look_at: null,
          note: toText(note),
          updated_at: new Date(now()),
        })
        .where('installation_id', '=', String(installationId))
        .$if(ids !== null, (query) => query.where(sql<boolean>`id = any(${(ids ?? []).map(String)}::bigint[])`))
        .executeTakeFirst();
      return Number(answer.numUpdatedRows);
    },

    find: async (repository) => {
      const { id } = repository;
      return toOnboarding(
        id === undefined
          ? await findBy(database, 'repository', fullName(repository))
          : await findBy(database, 'id', String(id)),
      );
    },

    ofInstallation: async (installationId) => {
      const rows = await database
        .selectFrom('repositories')
        .selectAll()
        .where('installation_id', '=', String(installationId))
        .execute();
      return rows.map(toOnboarding).filter((one) => one !== null);
    },

    claim: async () => {
      const nowMs = now();
      const { rows } = await sql<Row>`
        update repositories set
          look_at = ${new Date(nowMs + leaseMs)},
          begun_at = case when state = 'wanted' then ${new Date(nowMs)} else begun_at end
        where id = (
          select id from repositories as due
          where look_at <= ${new Date(nowMs)} and (state <> 'wanted' or ${proposalsPerHour} > (
            select count(*) from repositories as begun
            where begun.installation_id = due.installation_id and begun.begun_at > ${new Date(nowMs - hourMs)}
          ))
          order by look_at limit 1 for update skip locked
        )
        returning *`.execute(database);
      return toOnboarding(rows[0]);
    },

    set: async (id, change) => {
      await database
        .updateTable('repositories')
        .set({ ...columnsOf(change), updated_at: new Date(now()) })
        .where('id', '=', String(id))
        .execute();
    },
  };
}

/** A name may have had other bearers; the one heard of last has it now. */
const findBy = (database: Database, column: 'id' | 'repository', value: string): Promise<Row | undefined> =>
  database
    .selectFrom('repositories')
    .selectAll()
    .where(column, '=', value)
    .orderBy('updated_at', 'desc')
    .executeTakeFirst();

const columnsOf = ({ state, pullRequest, tip, note, tries, lookAtMs, isFree, repository }: OnboardingChange) => ({
  ...(state === undefined ? {} : { state }),
  ...(pullRequest === undefined ? {} : { pull_request_number: pullRequest }),
  ...(tip === undefined ? {} : { tip }),
  ...(note === undefined ? {} : { note: note === null ? null : toText(note).slice(0, 1_000) }),
  ...(tries === undefined ? {} : { tries }),
  ...(lookAtMs === undefined ? {} : { look_at: lookAtMs === null ? null : new Date(lookAtMs) }),
  ...(isFree === true ? { begun_at: null } : {}),
  ...(repository === undefined
    ? {}
    : { repository: fullName(repository), installation_id: String(repository.installationId) }),
});

function toOnboarding(row: Row | undefined): Onboarding | null {
  if (row === undefined) return null;
  const [owner = '', name = ''] = row.repository.split('/');
  return {
    repository: { id: Number(row.id), installationId: Number(row.installation_id), owner, name },
    state: row.state as Onboarding['state'],
    pullRequest: row.pull_request_number,
    tip: row.tip === null ? null : asSha(row.tip),
    note: row.note,
    tries: row.tries,
  };
}

export function createPostgresInstallations(database: Database, now: () => number): InstallationStore {
  return {
    follow: async (id) => {
      await database
        .insertInto('installations')
        .values({ id: String(id), look_at: new Date(now() + recountEveryMs) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    claim: async () => {
      const { rows } = await sql<{ id: string }>`
        update installations set look_at = ${new Date(now() + recountEveryMs)}
        where id = (
          select id from installations where look_at <= ${new Date(now())}
          order by look_at limit 1 for update skip locked
        )
        returning id`.execute(database);
      return rows[0] === undefined ? null : Number(rows[0].id);
    },
    forget: async (id) => {
      await database.deleteFrom('installations').where('id', '=', String(id)).execute();
    },
  };
}
