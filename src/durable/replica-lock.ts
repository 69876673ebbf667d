import pg from 'pg';

/**
 * A replica is alive as long as its database session holds the advisory lock of its name. The lock goes with the
 * session, so `kill -9`, a lost host and a partition all look the same to the survivors.
 */
export interface ReplicaLock {
  /** Runs `work` while no living replica has this name; false when one has. */
  ifDead(replica: string, work: () => Promise<void>): Promise<boolean>;
  close(): Promise<void>;
}

/** @param onLost is told when the session breaks: this replica then counts as dead and must stop at once. */
export async function holdReplicaLock(
  databaseUrl: string,
  replica: string,
  onLost: (error: Error) => void,
): Promise<ReplicaLock> {
  const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true });
  await client.connect();
  let isClosing = false;
  client.on('error', onLost);
  client.on('end', () => {
    if (!isClosing) onLost(new Error('the database session that shows this replica is alive has ended'));
  });
  await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [lockName(replica)]);

  return {
    ifDead: async (other, work) => {
      const { rows } = await client.query<{ got: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as got',
        [lockName(other)],
      );
      if (rows[0]?.got !== true) return false;
      try {
        await work();
      } finally {
        await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lockName(other)]);
      }
      return true;
    },
    close: async () => {
      isClosing = true;
      await client.end();
    },
  };
}

const lockName = (replica: string): string => `ai-fix replica ${replica}`;
