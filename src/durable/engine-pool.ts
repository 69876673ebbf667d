import pg from 'pg';
import type { Log } from '../ports/ports.ts';

/** A replica that froze in the middle of a transaction lets go of its locks after this long. */
const idleTransactionMs = 60_000;
const connectMs = 10_000;

/**
 * The engine's own connections to a server.
 *
 * The pool that DBOS would open sets the same limit behind the back of whoever gets a new connection first, whose query
 * then finds another one under way: pg warns of that and refuses it from version 9. Here a connection is handed out
 * once the limit is set.
 */
export function openEnginePool(url: string, replica: string, log: Pick<Log, 'warn'>): pg.Pool {
  const askedSeconds = Number(new URL(url).searchParams.get('connect_timeout'));
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `ai-fix engine ${replica}`,
    max: 10,
    connectionTimeoutMillis: askedSeconds > 0 ? askedSeconds * 1_000 : connectMs,
    // The pool waits for what this returns, which its types do not tell.
    onConnect: (client) => client.query(`set idle_in_transaction_session_timeout = ${idleTransactionMs}`) as never,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) =>
    log.warn({ err: error }, 'a connection of the workflow engine broke; the next query gets a new one'),
  );
  return pool;
}
