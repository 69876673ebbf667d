import { type Document, isCollection, isMap, parseDocument, visit } from 'yaml';
import { problemsIn, sayPlainly, type Telling, topKeys } from './policy-problems.ts';
import { type Settings, settingsSchema } from './policy-schema.ts';

export const maxPolicyBytes = 64 * 1024;

export type SettingsReading =
  | { readonly kind: 'valid'; readonly settings: Settings }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Reads one file; strict, so that a misspelt key is an error with its place and not a silent default. */
export function readPolicyText(text: string, telling: Telling): SettingsReading {
  if (Buffer.byteLength(text) > maxPolicyBytes) return invalid([`the file is larger than ${maxPolicyBytes / 1024} KB`]);
  if (text.trim() === '') return nothingSaid;
  const document = parseDocument(text);
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return invalid(
      faults.slice(0, 20).map((fault) => {
        const said =
          telling === 'in-full' ? `\`${sayPlainly(fault.message.split('\n')[0] ?? '')}\`` : 'this is not valid YAML';
        return `line ${fault.linePos?.[0].line ?? 1}: ${said}`;
      }),
    );
  }
  const oddity = findOddity(document, telling);
  if (oddity !== null) return invalid([oddity]);
  const said: unknown = document.toJS();
  if (said === null) return nothingSaid;
  if (!isMap(document.contents)) return invalid([`the file holds no keys; allowed: ${topKeys()}`]);
  const parsed = settingsSchema.safeParse(said);
  return parsed.success ? { kind: 'valid', settings: parsed.data } : invalid(problemsIn(parsed.error, said, telling));
}

const nothingSaid: SettingsReading = { kind: 'valid', settings: {} };
const invalid = (problems: readonly string[]): SettingsReading => ({ kind: 'invalid', problems });

/** Aliases can make a small file grow without end, and a key that is a list would become some text. */
function findOddity(document: Document, telling: Telling): string | null {
  let found: string | null = null;
  visit(document, {
    Alias: (_key, { source }) => {
      const name = telling === 'in-full' ? `the alias \`*${sayPlainly(source)}\`` : 'an alias';
      found = `${name}; allowed: values written out`;
      return visit.BREAK;
    },
    Pair: (_key, { key }) => {
      if (!isCollection(key)) return undefined;
      found = 'a key that is a list or a group; allowed: names';
      return visit.BREAK;
    },
  });
  return found;
}
