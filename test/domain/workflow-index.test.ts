import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderOf, foldersIn, withIndexEntry } from '../../src/domain/workflow-index.ts';

const entry = (folder: string, issue = 7, title = 'fix: add') => ({
  folder,
  issue,
  issueUrl: `https://github.test/acme/sum/issues/${issue}`,
  title,
});

describe('the index of all fixes', () => {
  it('begins with a headline and has one line for each fix, in the order they came', () => {
    const index = withIndexEntry(withIndexEntry(null, entry('AEC-9')), entry('8', 8, 'feat: subtract'));

    expect(index.split('\n').slice(-3)).toEqual([
      '- [AEC-9](AEC-9/summary.md) · [#7](https://github.test/acme/sum/issues/7) · fix: add',
      '- [8](8/summary.md) · [#8](https://github.test/acme/sum/issues/8) · feat: subtract',
      '',
    ]);
  });

  it('has a line replaced in its place, and keeps what people wrote around it', () => {
    const first = withIndexEntry(withIndexEntry('Our own words.\n\nMore.', entry('7')), entry('8', 8));
    const before = `${first}\nThe end, without a line break`;

    const after = withIndexEntry(before, entry('7', 7, 'fix: add better'));

    expect(after).toBe(before.replace('fix: add', 'fix: add better'));
    expect(after).toMatch(/^Our own words\.\n\nMore\.\n\n- \[7\]/);
  });

  it('keeps the line ends that it has', () => {
    expect(withIndexEntry('# Ours\r\n', entry('7'))).toMatch(/^# Ours\r\n\r\n- \[7\].*\r\n$/);
  });

  const anyIndex = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('- [7](7/summary.md) · [#7](x) · old', '- [a](b)', '', '\r', '# Fixes by ai-fix'),
    ),
  );

  it('loses no foreign line, is the same however often it is written, and knows the folder', () => {
    fc.assert(
      fc.property(anyIndex, (lines) => {
        const before = lines.join('\n');
        const after = withIndexEntry(before, entry('8', 8));

        expect(withIndexEntry(after, entry('8', 8))).toBe(after);
        expect(foldersIn(after).get('8')).toBe(8);
        const kept = before.trim() === '' ? [] : before.split(/\r?\n/);
        for (const line of kept) expect(after).toContain(line);
      }),
    );
  });
});

describe('the folder of a fix', () => {
  it('is the key, or the number of the issue', () => {
    expect([folderOf({ number: 7, key: 'AEC-9' }, null), folderOf({ number: 7, key: null }, null)]).toEqual([
      'AEC-9',
      '7',
    ]);
  });

  it('is another one where the key is taken by another issue, and its own again for a second fix', () => {
    const index = withIndexEntry(null, entry('AEC-9', 7));

    expect(folderOf({ number: 8, key: 'AEC-9' }, index)).toBe('AEC-9-8');
    expect(folderOf({ number: 7, key: 'AEC-9' }, index)).toBe('AEC-9');
  });
});
