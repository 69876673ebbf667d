import { sql } from 'kysely';
import type { KnownRepositories } from '../ports/stores.ts';
import type { Database } from './database.ts';

const knownForMs = 30 * 24 * 60 * 60_000;

/** Those with a fix of the last 30 days, and those that were set up; none that the App may not reach any more. */
export function createPostgresKnownRepositories(database: Database, now: () => number): KnownRepositories {
  return {
    claimToLookAt: async (limit, everyMs) => {
      const nowMs = now();
      const looked = new Date(nowMs - everyMs);
      const { rows } = await sql<{ repository: string; installation_id: string }>`
        with seen as (
          select repository, installation_id, created_at as at from fixes
          where created_at > ${new Date(nowMs - knownForMs)}
          union all
          select repository, installation_id, updated_at from repositories where state = 'merged'
        ), known as (
          select repository, (array_agg(installation_id order by at desc))[1] as installation_id, min(at) as since
          from seen
          where repository not in (select repository from repositories where state = 'off')
          group by repository
        ), claimed as (
          insert into label_looks (repository, looked_at)
          select known.repository, ${new Date(nowMs)} from known left join label_looks using (repository)
          where coalesce(looked_at, since) < ${looked}
          order by looked_at nulls first, known.repository limit ${limit}
          on conflict (repository) do update set looked_at = excluded.looked_at where label_looks.looked_at < ${looked}
          returning repository
        )
        select repository, installation_id from claimed join known using (repository)`.execute(database);
      return rows.map(({ repository, installation_id }) => {
        const [owner = '', name = ''] = repository.split('/');
        return { installationId: Number(installation_id), owner, name };
      });
    },
  };
}
