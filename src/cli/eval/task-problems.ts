import type { z } from 'zod';
import { nearestOf } from '../../domain/nearest.ts';
import { taskKeys } from './task.ts';

/** Tasks or results cannot be read; each problem has its file, place, finding and what is allowed. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const maxProblems = 20;

/** What is wrong in one `task.yml`: place, finding, what is allowed. */
export function problemsOfTask(error: z.ZodError, root: unknown): readonly string[] {
  return error.issues.flatMap((issue) => describe(issue, [], root)).slice(0, maxProblems);
}

function describe(issue: z.core.$ZodIssue, above: readonly PropertyKey[], root: unknown): readonly string[] {
  const path = [...above, ...issue.path];
  const place = path.map(String).join('.');
  const found = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, place));
  if (issue.code === 'invalid_key')
    return issue.issues.map(
      ({ message }) => `${parentOf(place)}: found the key ${shown(path.at(-1))}; allowed: ${message}`,
    );
  if (issue.code === 'invalid_union') {
    // Whoever wrote keys meant the group.
    const inside = isGroup(found) ? issue.errors.at(-1) : undefined;
    if (inside !== undefined && inside.length > 0) return inside.flatMap((one) => describe(one, path, root));
    return [`${place}: found ${shown(found)}; allowed: a path below the folder of the task, or { path: …, base: … }`];
  }
  if (place === '') return [`the file holds ${shown(found)}; allowed: the keys ${taskKeys('').join(', ')}`];
  return [`${place}: found ${shown(found)}; allowed: ${issue.message}`];
}

function unknownKey(key: string, place: string): string {
  const known = taskKeys(place);
  const meant = nearestOf(key, known);
  const hint = meant === null ? '' : ` (did you mean ${meant}?)`;
  return `unknown key ${shown(key)}${hint}${place === '' ? '' : ` in ${place}`}; allowed: ${known.join(', ')}`;
}

const parentOf = (place: string): string => place.split('.').slice(0, -1).join('.');

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isGroup(value)) return 'a group of keys';
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 80) : value);
}

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined,
    root,
  );
