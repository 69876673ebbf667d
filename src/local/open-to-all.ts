import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether every user may pass to it. */
export async function isOpenToAll(path: string): Promise<boolean> {
  for (let current = path; ; current = dirname(current)) {
    if (((await stat(current)).mode & 0o001) === 0) return false;
    if (dirname(current) === current) return true;
  }
}
