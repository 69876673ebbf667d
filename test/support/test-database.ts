import pg from 'pg';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const variable = 'AI_FIX_TEST_POSTGRES';

/** Copies of this database may be had from now on, also in processes that are started after this. */
export function offerDatabases(templateUrl: string): void {
  process.env[variable] = templateUrl;
}

let made = 0;

/** A database of one test's own, with all tables; null outside of a run of tests. */
export async function createTestDatabase(): Promise<TestDatabase | null> {
  const templateUrl = process.env[variable];
  if (templateUrl === undefined) return null;
  const name = `test_${process.pid}_${++made}`;
  const admin = withDatabase(templateUrl, 'postgres');
  await query(admin, `create database ${name} template ${new URL(templateUrl).pathname.slice(1)}`);
  return {
    url: withDatabase(templateUrl, name),
    drop: async () => void (await query(admin, `drop database ${name} with (force)`)),
  };
}

/** Runs one statement in a database, as its owner. */
export async function query(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
