/**
 * Why git would not take a branch name, or null: the rules of `git check-ref-format --branch`, a little stricter.
 *
 * https://git-scm.com/docs/git-check-ref-format
 */
export function branchNameProblem(name: string): string | null {
  if (name === '') return 'it is empty';
  if (Buffer.byteLength(name) > 200) return 'it is longer than 200 bytes';
  if (!name.isWellFormed() || /[\p{Cc}\p{Cf}\s~^:?*[\\]/u.test(name))
    return 'it holds a blank, a control character or one of ~ ^ : ? * [ \\';
  if (/\.\.|@\{|\/\//.test(name)) return 'it holds "..", "@{" or "//"';
  if (/^[-/]|\/$|(?:^|\/)\.|\.(?:\/|$)|\.lock(?:\/|$)/i.test(name))
    return 'it, or a part of it, begins with a dash, a slash or a dot, or ends in a slash, a dot or ".lock"';
  return name === '@' || /(?:^|\/)HEAD$/.test(name) ? 'git keeps that name for itself' : null;
}
