import { hasControlCharacters, hasHiddenCharacters } from '../domain/hidden-characters.ts';
import { nearestOf } from '../domain/nearest.ts';
import { framesIn, placesIn, type Template, type TemplateName, tagsOf, templateNames } from './template.ts';

/**
 * A repository's own words for a prompt: a file `<name>.md` whose text takes the place of our rules, and behind a line
 * `=== opening ===`, where there is one, that of our opening. `{{ours}}` may stand among the rules once, for ours.
 *
 * The guard is never theirs. It stands behind their rules as behind ours, so that whatever they say, strangers' words
 * stay in their frames and are no orders, and the answer is a tool call that this version of the app understands.
 */
export type OwnWords =
  | { readonly kind: 'usable'; readonly template: Template }
  /** What is wrong, each with its place, what was found and what is allowed; in a person's words. */
  | { readonly kind: 'unusable'; readonly problems: readonly string[] };

/** Some 4,000 tokens, which every request pays for. */
export const maxOwnWordsBytes = 16 * 1024;
const maxProblems = 10;

export function withOwnWords(ours: Template, written: string): OwnWords {
  const text = written.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  const { rules, opening } = splitOpening(text);
  const problems = [
    ...unseenProblems(text),
    ...markProblems(text),
    ...headProblems(text),
    ...rulesProblems(rules),
    ...(opening === null ? emptyProblems(rules) : openingProblems(opening, ours.opening)),
  ];
  if (problems.length > 0) return { kind: 'unusable', problems: problems.slice(0, maxProblems) };
  const said = rules.trim() === '' ? '{{ours}}' : rules.trim();
  return {
    kind: 'usable',
    template: {
      ...ours,
      rules: said.replace('{{ours}}', () => ours.rules),
      opening: opening === null ? ours.opening : opening.text.trim(),
    },
  };
}

/** Which prompt a file of the folder is for, or why it is for none. */
export function promptOfFile(file: string): { readonly name: TemplateName } | { readonly problem: string } | null {
  if (!file.endsWith('.md') || file.toLowerCase() === 'readme.md') return null;
  const said = file.slice(0, -'.md'.length);
  const name = templateNames.find((one) => one === said);
  if (name !== undefined) return { name };
  const meant = nearestOf(said, templateNames);
  const hint = meant === null ? '' : `; did you mean \`${meant}.md\`?`;
  return {
    problem: `found no prompt of that name; allowed: ${inCode(templateNames.map((one) => `${one}.md`))}${hint}`,
  };
}

const openingMark = '=== opening ===';

interface OwnOpening {
  readonly text: string;
  readonly firstLine: number;
}

function splitOpening(text: string): { readonly rules: string; readonly opening: OwnOpening | null } {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.trim() === openingMark);
  if (at < 0) return { rules: text, opening: null };
  return {
    rules: lines.slice(0, at).join('\n'),
    opening: { text: lines.slice(at + 1).join('\n'), firstLine: at + 2 },
  };
}

/** What nobody sees who reads the file before it is merged. */
const unseenProblems = (text: string): string[] =>
  text
    .split('\n')
    .flatMap((line, row) =>
      hasHiddenCharacters(line) || hasControlCharacters(line)
        ? [`line ${row + 1}: found characters that are not shown; allowed: text that a reader sees`]
        : [],
    );

function markProblems(text: string): string[] {
  const marks = text.split('\n').flatMap((line, row) => (isMark(line) ? [{ said: line.trim(), row }] : []));
  const [first, ...others] = marks.filter(({ said }) => said === openingMark);
  return [
    ...marks
      .filter(({ said }) => said !== openingMark)
      .map(({ said, row }) => {
        const isGuard = /guard/i.test(said);
        const why = isGuard
          ? 'ai-fix puts its own guard there, whatever the rules say'
          : 'nothing else divides the file';
        return `line ${row + 1}: found \`${shown(said)}\`; allowed: only \`${openingMark}\`: ${why}`;
      }),
    ...(first === undefined ? [] : others).map(
      ({ row }) => `line ${row + 1}: found a second \`${openingMark}\`; allowed: one`,
    ),
  ];
}

/** Words between runs of `=`. No words are an underline of Markdown, and more words than a mark ever had are a text. */
function isMark(line: string): boolean {
  const said = line.trim();
  return said.length <= maxMarkLength && said.startsWith('==') && said.endsWith('==') && /\p{L}/u.test(said);
}

const maxMarkLength = 200;

function headProblems(text: string): string[] {
  const [line = ''] = text.split('\n');
  if (line.trim() === '---')
    return ['line 1: found front matter; allowed: the rules at once. Name and version are those of our prompt'];
  return /^role:/i.test(line) ? ['line 1: found a role; allowed: the rules at once. ai-fix says the role itself'] : [];
}

const emptyProblems = (rules: string): string[] =>
  rules.trim() === '' ? [`found an empty file; allowed: rules, or \`${openingMark}\` with an opening, or both`] : [];

/** Ours stands there once: each time more would be paid for with every request. */
function rulesProblems(rules: string): string[] {
  const found = bracesIn(rules);
  const again = found.filter(({ said }) => said === '{{ours}}').slice(1);
  return [
    ...found
      .filter(({ said }) => said !== '{{ours}}')
      .map(({ said, line }) => {
        const isOurs = said.replaceAll(/[\s{}]/g, '').toLowerCase() === 'ours';
        const hint = isOurs ? '; write it without blanks, in small letters' : '';
        return `line ${line}: found \`${shown(said)}\` among the rules; allowed: \`{{ours}}\`, which stands for our rules${hint}`;
      }),
    ...again.map(({ line }) => `line ${line}: found \`{{ours}}\` once more; allowed: once`),
  ];
}

function openingProblems({ text: opening, firstLine }: OwnOpening, ours: string): string[] {
  const known = [...new Set(placesIn(ours))];
  const places = placesIn(opening);
  const strange = bracesIn(opening).filter(({ said }) => !known.some((name) => said === `{{${name}}}`));
  return [
    ...strange.map(({ said, line }) => {
      const meant = nearestOf(said.replaceAll(/[\s{}]/g, ''), known);
      const hint = meant === null ? '' : `; did you mean \`{{${meant}}}\`?`;
      return `line ${firstLine + line - 1}: found \`${shown(said)}\`; allowed: ${inCode(known.map((name) => `{{${name}}}`))}${hint}`;
    }),
    ...known
      .filter((name) => !places.includes(name))
      .map((name) => `the opening: found no \`{{${name}}}\`; allowed: each value of our opening once`),
    ...known
      .filter((name) => places.indexOf(name) !== places.lastIndexOf(name))
      .map((name) => `the opening: found \`{{${name}}}\` more than once; allowed: each value of our opening once`),
    ...frameProblems(opening, ours),
  ];
}

/** A value that strangers wrote has to stand in its frame, and nothing else may look like that frame's begin or end. */
function frameProblems(opening: string, ours: string): string[] {
  const theirs = framesIn(opening);
  const framed = [...framesIn(ours)];
  return framed.flatMap(([name, frame]) => {
    const allowed = `allowed: \`<${frame}>\`, \`{{${name}}}\` and \`</${frame}>\`, each on a line of its own`;
    if (theirs.get(name) !== frame) return [`the opening: found \`{{${name}}}\` outside of its frame; ${allowed}`];
    const tags = opening.match(tagsOf([frame]))?.length ?? 0;
    return tags === 2 ? [] : [`the opening: found more of \`<${frame}>\` than its frame; ${allowed}`];
  });
}

/** Everything in double braces, with its line from 1. */
const bracesIn = (text: string): { readonly said: string; readonly line: number }[] =>
  text.split('\n').flatMap((line, row) =>
    line
      .split('}}')
      .slice(0, -1)
      .filter((piece) => piece.includes('{{'))
      .map((piece) => ({ said: `${piece.slice(piece.indexOf('{{'))}}}`, line: row + 1 })),
  );

const inCode = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** The problems stand in comments, in code marks. */
const shown = (text: string): string =>
  text
    .slice(0, 60)
    .toWellFormed()
    .replaceAll('`', "'")
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
