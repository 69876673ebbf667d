import { branchNameProblem } from '../domain/branch-name.ts';
import { branchPlaceholders, fillPlaceholders, titlePlaceholders, unknownPlaceholder } from '../domain/placeholders.ts';
import { isRepositoryName } from '../domain/repository-name.ts';
import { checkRepositoryPath } from '../domain/repository-path.ts';

/** What a text of `.github/ai-fix.yml` has to be beyond its length. Each answers what is wrong, or null. */

/**
 * In our globs every character but `*` and `?` stands for itself, so none is malformed; but one that can match no path
 * would protect nothing, in silence.
 */
export function pathGlobProblem(glob: string): string | null {
  if (glob.startsWith('/')) return 'paths do not begin with a slash';
  if (glob.endsWith('/')) return 'no file has such a name; put ** at its end for all files of the folder';
  if (glob.startsWith('!')) return 'globs cannot be negated';
  return pathProblem(glob);
}

export function pathProblem(path: string): string | null {
  const check = checkRepositoryPath(path);
  if (!check.ok) return check.reason;
  return check.path === path ? null : 'paths do not begin with "./"';
}

/** Reasons say nothing of the text itself: it is shown beside them, in code marks. */
const noPlaceholder = 'what stands in braces is no placeholder';

/** A branch name in which stars may stand. */
export function branchGlobProblem(glob: string): string | null {
  return branchNameProblem(glob.replaceAll(/[*?]/g, 'x'));
}

/** As long as each can be: ten digits of a number, a slug as `openBranch` makes it, a key of an outside tracker. */
const longest = { number: '9'.repeat(10), slug: 's'.repeat(40), key: `K${'K'.repeat(9)}-${'9'.repeat(10)}` };
const maxNameLength = 120;

export function branchTemplateProblem(template: string): string | null {
  if (unknownPlaceholder(template, branchPlaceholders) !== null) return noPlaceholder;
  // Without either, all branches without a key of an outside tracker would have one name.
  if (!/\{(?:number|slug)\}/.test(template)) return 'neither {number} nor {slug} stands in it';
  const filled = fillPlaceholders(template, longest);
  if (filled.length > maxNameLength) return `it can grow longer than ${maxNameLength} characters`;
  if (!/^[A-Za-z0-9._-]+$/.test(filled))
    return 'it holds a character that is no letter, digit, dot, dash or underscore';
  return branchNameProblem(filled);
}

export function titleTemplateProblem(template: string): string | null {
  if (unknownPlaceholder(template, titlePlaceholders) !== null) return noPlaceholder;
  if (!template.includes('{title}')) return '{title} does not stand in it';
  return /[\p{Cc}\u2028\u2029]/u.test(template) ? 'it is longer than one line' : null;
}

export function keyLinkProblem(link: string): string | null {
  if (unknownPlaceholder(link, ['key']) !== null) return noPlaceholder;
  if (!link.includes('{key}')) return '{key} does not stand in it';
  const url = URL.parse(fillPlaceholders(link, { key: 'KEY-1' }));
  if (url === null || url.protocol !== 'https:') return 'it is no https address';
  if (url.username !== '' || url.password !== '') return 'it holds a name or a password';
  return /[\s<>"'`()[\]|\\]/.test(link) || url.host.includes('key-1')
    ? 'the key stands in its host, or a sign that no link may hold'
    : null;
}

/** `repo`, `owner/repo` or `owner/repo:path`, as Probot reads it: https://github.com/probot/octokit-plugin-config */
const extendsForm = /^(?:([A-Za-z0-9][A-Za-z0-9_-]*)\/)?([A-Za-z0-9._-]+)(?::([^:]+\.ya?ml))?$/;

/** A file in a repository of somebody's. */
export interface FilePlace {
  readonly owner: string;
  readonly name: string;
  readonly path: string;
}

/** What `_extends` means; an owner or a path that it leaves out is the one of the file that is configured first. */
export function readExtends(text: string, from: FilePlace): FilePlace | null {
  const [, owner = from.owner, name = '', path = from.path] = extendsForm.exec(text) ?? [];
  return isRepositoryName(owner, name) && pathProblem(path) === null ? { owner, name, path } : null;
}

export const extendsProblem = (text: string): string | null =>
  readExtends(text, { owner: 'owner', name: 'name', path: 'path.yml' }) === null ? 'it names no file' : null;
