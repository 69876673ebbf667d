import { jsonObject } from '../domain/json-object.ts';
import { checkRepositoryPath } from '../domain/repository-path.ts';

/** The file that a call is about, as tools name it (without `./`), where it is about one. */
export const pathIn = (argumentsJson: string): string | null => nameIn(jsonObject(argumentsJson) ?? {}, 'path');

/** All that a call is about; a folder ends in `/`. */
export function pathsIn(argumentsJson: string): string[] {
  const named = jsonObject(argumentsJson) ?? {};
  const files = ['path', 'from', 'to'].flatMap((key) => nameIn(named, key) ?? []);
  const folder = nameIn(named, 'folder');
  return folder === null ? files : [...files, `${folder}/`];
}

function nameIn(named: object, key: string): string | null {
  const raw: unknown = Object.entries(named).find(([name]) => name === key)?.[1];
  if (typeof raw !== 'string') return null;
  const checked = checkRepositoryPath(raw.endsWith('/') ? raw.slice(0, -1) : raw);
  return checked.ok ? checked.path : null;
}
