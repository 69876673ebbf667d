/**
 * What a step leaves for those after it in the files that GitHub names for that, as text: nothing of it is run.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files
 */

/** What the steps so far said to those after them. */
export interface StepWords {
  readonly variables: Readonly<Record<string, string>>;
  /** Folders for the front of the path, the first of them foremost. */
  readonly path: readonly string[];
}

export const noWords: StepWords = { variables: {}, path: [] };

/** A clause that says what cannot be read, where something cannot. */
export type StepWordsReading =
  | { readonly ok: true; readonly words: StepWords }
  | { readonly ok: false; readonly why: string };

/** Of all steps together: an environment has limits of its own, and a command that passes them cannot be started. */
const maxLength = 64 * 1024;

/** What a step wrote into `$GITHUB_ENV` and `$GITHUB_PATH`, on top of what those before it said. */
export function hearStep(before: StepWords, env: string, path: string): StepWordsReading {
  if (env.includes('\0') || path.includes('\0')) return { ok: false, why: 'it holds a zero byte' };
  const read = readVariables(env);
  if (!read.ok) return read;
  const folders = linesOf(path).filter((line) => line.trim() !== '');
  const words = {
    variables: { ...before.variables, ...read.variables },
    path: [...new Set([...folders.reverse(), ...before.path])],
  };
  if (JSON.stringify(words).length > maxLength)
    return { ok: false, why: `all steps together set more than ${maxLength} characters` };
  return { ok: true, words };
}

const linesOf = (text: string): string[] => text.split(/\r?\n/);

type Variables =
  | { readonly ok: true; readonly variables: Record<string, string> }
  | { readonly ok: false; readonly why: string };

/** `NAME=value`, or `NAME<<END`, lines, `END`. The sign that comes first tells which. */
function readVariables(text: string): Variables {
  const variables = new Map<string, string>();
  const lines = linesOf(text);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [sign = ''] = /=|<</.exec(line) ?? [];
    const name = line.slice(0, line.indexOf(sign));
    const rest = line.slice(name.length + sign.length);
    if (name === '' || (sign === '<<' && rest === ''))
      return { ok: false, why: `${shown(line)} is neither NAME=value nor NAME<<END` };
    if (sign === '=') {
      variables.set(name, rest);
      continue;
    }
    const end = lines.indexOf(rest, at + 1);
    if (end === -1) return { ok: false, why: `no line ${shown(rest)} ends the value of ${shown(name)}` };
    variables.set(name, lines.slice(at + 1, end).join('\n'));
    at = end;
  }
  return { ok: true, variables: Object.fromEntries(variables) };
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));
