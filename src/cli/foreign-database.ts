import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Why this process must keep out of the embedded database, and as whom to run; null where it may open it.
 *
 * Whoever opens it writes files there, and those of another user (root, above all) the App could not open any more.
 */
export function foreignDatabase(dataDir: string, user: number | undefined = process.getuid?.()): string | null {
  const folder = join(resolve(dataDir), 'postgres');
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || user === undefined || owner === user) return null;
  return `${folder} belongs to the user with id ${owner}, and this runs as ${user}; run it as that user (sudo -u '#${owner}' …; in a container: docker exec -u ${owner} …)`;
}
