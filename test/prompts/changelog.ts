import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { digestOf } from '../../src/domain/frozen-input.ts';

const folder = new URL('../../src/prompts/', import.meta.url);

/** One line of `src/prompts/CHANGELOG.md`. */
export interface ChangelogLine {
  readonly version: number;
  readonly date: string;
  /** The first digits of the text's digest. */
  readonly text: string;
  readonly what: string;
}

/** By template, the newest version first, as the lines stand. */
export function readChangelog(
  markdown = readFileSync(new URL('CHANGELOG.md', folder), 'utf8'),
): ReadonlyMap<string, readonly ChangelogLine[]> {
  const [, ...sections] = markdown.split(/^## /m);
  return new Map(
    sections.map((section) => {
      const [name = ''] = section.split('\n');
      const lines = [...section.matchAll(/^\| (\d+) \| ([\d-]+) \| `([0-9a-f]+)` \| (.+) \|$/gm)];
      return [
        name.trim(),
        lines.map(([, version, date = '', text = '', what = '']) => ({ version: Number(version), date, text, what })),
      ];
    }),
  );
}

export const textDigest = (text: string): string => digestOf(text).slice(0, 16);

/** The version that a template's file states, and its text behind the front matter. */
export function readVersioned(name: string): { readonly version: number; readonly text: string } {
  const file = readFileSync(new URL(`${name}.md`, folder), 'utf8');
  const [, version = '', text = ''] = /^---\nversion: (\d+)\n---\n([\s\S]*)$/.exec(file) ?? [];
  return { version: Number(version), text };
}

/** Why a template's text and the changelog do not go together, with what to do; null where they do. */
export function changelogFault(
  name: string,
  { version, text }: { readonly version: number; readonly text: string },
  lines: readonly ChangelogLine[],
): string | null {
  const [newest] = lines;
  const line = (next: number) => `| ${next} | <date> | \`${textDigest(text)}\` | <what and why> |`;
  if (newest === undefined) return `${name}: has no line; add "## ${name}" with ${line(version)}`;
  const versions = lines.map((one) => one.version);
  const wanted = versions.map((_one, index) => versions.length - index);
  if (String(versions) !== String(wanted))
    return `${name}: its lines are of versions ${versions.join(', ')}; allowed: ${wanted.join(', ')}`;
  if (newest.version === version && newest.text === textDigest(text)) return null;
  if (newest.text === textDigest(text))
    return `${name}: the file states version ${version}, the changelog ${newest.version} for the same text`;
  if (newest.version === version)
    return `${name}: its text changed within version ${version}; raise the version in the file and add ${line(version + 1)}`;
  return `${name}: version ${version} has no line; add ${line(version)}`;
}

type Changelog = ReadonlyMap<string, readonly ChangelogLine[]>;

/** Versions that stood in an earlier changelog with another text than now, or are gone while their template is there. */
export function rewrittenVersions(earlier: Changelog, now: Changelog): string[] {
  return [...earlier].flatMap(([name, lines]) => {
    const known = now.get(name);
    if (known === undefined) return [];
    return lines
      .filter(({ version, text }) => known.find((line) => line.version === version)?.text !== text)
      .map(({ version, text }) => `${name}: version ${version} was committed as ${text}; leave its line, and add one`);
  });
}

/** Every changelog that was committed; none where the history is not there, as in a shallow clone or an archive. */
export function committedChangelogs(): readonly Changelog[] {
  const git = (...args: string[]): string => spawnSync('git', args, { cwd: folder, encoding: 'utf8' }).stdout ?? '';
  const commits = git('log', '--format=%H', '--', 'CHANGELOG.md').split('\n').filter(Boolean);
  return commits.map((commit) => readChangelog(git('show', `${commit}:./CHANGELOG.md`)));
}
