import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { templateNames } from '../../src/prompts/template.ts';
import {
  changelogFault,
  committedChangelogs,
  readChangelog,
  readVersioned,
  rewrittenVersions,
  textDigest,
} from './changelog.ts';

const names = [
  ...templateNames,
  ...readdirSync(new URL('../../src/prompts/parts/', import.meta.url)).map((file) => `parts/${file.slice(0, -3)}`),
];
const changelog = readChangelog();

describe('the changelog of the prompts', () => {
  it.each(names)('knows the text of %s as the version that its file states', (name) => {
    expect(changelogFault(name, readVersioned(name), changelog.get(name) ?? [])).toBeNull();
  });

  it('has every version as it was committed first, as far as the history is there', () => {
    expect(committedChangelogs().flatMap((earlier) => rewrittenVersions(earlier, changelog))).toEqual([]);
  });

  it('tells of no template that is not there', () => {
    expect([...changelog.keys()].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('says of every version when, what and why', () => {
    const lines = [...changelog.values()].flat();

    expect(lines.length).toBeGreaterThan(25);
    for (const { date, what } of lines) {
      expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(what.length).toBeGreaterThan(5);
    }
  });
});

describe('a template whose text changed', () => {
  const line = (version: number, text: string) => ({
    version,
    date: '2026-11-27',
    text: textDigest(text),
    what: 'why',
  });
  const before = [line(2, 'second'), line(1, 'first')];

  it('within its version is told which line to add', () => {
    expect(changelogFault('code', { version: 2, text: 'third' }, before)).toContain(
      `raise the version in the file and add | 3 | <date> | \`${textDigest('third')}\``,
    );
  });

  it('under a new version needs a line for that', () => {
    expect(changelogFault('code', { version: 3, text: 'third' }, before)).toContain('version 3 has no line');
    expect(changelogFault('code', { version: 3, text: 'third' }, [line(3, 'third'), ...before])).toBeNull();
  });

  it('is not hidden by a version that the file does not state', () => {
    expect(changelogFault('code', { version: 1, text: 'second' }, before)).toContain('the file states version 1');
  });

  it('cannot pass for the version that was committed, by another digest or without its line', () => {
    const earlier = new Map([['code', before]]);

    expect(rewrittenVersions(earlier, new Map([['code', [line(2, 'third'), line(1, 'first')]]]))).toEqual([
      expect.stringContaining(`code: version 2 was committed as ${textDigest('second')}`),
    ]);
    expect(rewrittenVersions(earlier, new Map([['code', [line(2, 'second')]]]))).toHaveLength(1);
    expect(rewrittenVersions(earlier, new Map([['code', [line(3, 'third'), ...before]]]))).toEqual([]);
    expect(rewrittenVersions(earlier, new Map())).toEqual([]);
  });

  it('leaves out no version and tells none twice', () => {
    expect(changelogFault('code', { version: 3, text: 'x' }, [line(3, 'x'), line(1, 'y')])).toContain('allowed: 2, 1');
    expect(changelogFault('code', { version: 2, text: 'x' }, [line(2, 'x'), line(2, 'y')])).toContain('allowed: 2, 1');
  });
});
