import { parseArgs } from 'node:util';
import { UsageError } from './command.ts';
import { withSuggestion } from './suggestion.ts';

/** A `list` may stand several times; all others once. */
export type OptionKinds = Readonly<Record<string, 'boolean' | 'string' | 'list'>>;

export interface Arguments<Kinds extends OptionKinds> {
  readonly options: { readonly [Name in keyof Kinds]?: OptionValue<Kinds[Name]> };
  readonly operands: readonly string[];
  /** `--help` or `-h`; nothing else was checked then. */
  readonly wantsHelp: boolean;
}

type OptionValue<Kind> = Kind extends 'boolean' ? true : Kind extends 'list' ? readonly string[] : string;

/**
 * Reads what stands behind a command. Options stand before or after the operands; of one that stands twice and is no
 * list, the last counts.
 *
 * @throws {UsageError} for an option that is not there, with the nearest one; for a value that is missing or not wanted.
 */
export function readArguments<const Kinds extends OptionKinds>(
  args: readonly string[],
  kinds: Kinds,
  maxOperands: number,
): Arguments<Kinds> {
  if (args.includes('--help') || args.includes('-h')) return { options: {}, operands: [], wantsHelp: true };
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [name, { type: kind === 'boolean' ? kind : ('string' as const) }]),
  );
  // Not strict, because the messages of the strict reading name no neighbours.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const found: Record<string, string | true | readonly string[]> = {};
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const value = checkedValue(token.name, token.rawName, token.value, kinds);
    const before = found[token.name];
    found[token.name] =
      kinds[token.name] === 'list' && value !== true ? [...(Array.isArray(before) ? before : []), value] : value;
  }
  const extra = operands[maxOperands];
  if (extra !== undefined) throw new UsageError(`nothing is expected at ${JSON.stringify(extra.slice(0, 80))}`);
  return { options: found as Arguments<Kinds>['options'], operands, wantsHelp: false };
}

function checkedValue(name: string, rawName: string, value: string | undefined, kinds: OptionKinds): string | true {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const names = [...Object.keys(kinds), 'help'].map((known) => `--${known}`);
  if (kind === undefined)
    throw new UsageError(withSuggestion(`there is no option ${rawName.slice(0, 80)}`, rawName, names));
  if (kind === 'boolean') {
    if (value !== undefined)
      throw new UsageError(`${rawName} takes no value; found ${JSON.stringify(value.slice(0, 80))}`);
    return true;
  }
  // A lone dash stands for standard input.
  if (value === undefined || value === '' || /^-./.test(value)) throw new UsageError(`${rawName} needs a value`);
  return value;
}
