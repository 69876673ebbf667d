import { describe, expect, it } from 'vitest';
import { doubtAbout, type IssueNow } from '../../src/domain/frozen-input.ts';
import { sampleIssue } from '../support/sample-fix.ts';

const labelledAtMs = 1_000_000;
const frozen = { ...sampleIssue, labelledAtMs };
const now = (facts: Partial<IssueNow> = {}): IssueNow => ({
  isOpen: true,
  labels: ['ai-fix'],
  title: sampleIssue.title,
  body: sampleIssue.body,
  edited: null,
  ...facts,
});
const editedAt = (atMs: number, by: string | null = 'mallory') => now({ edited: { atMs, by } });

describe('the words that were frozen', () => {
  it('are not in doubt when nobody edited them', () => {
    expect(doubtAbout(frozen, now(), 'alice')).toBeNull();
  });

  it('are not in doubt for letters that no database keeps', () => {
    const stored = { ...frozen, body: 'one\ufffdtwo \ufffd' };

    expect(doubtAbout(stored, now({ body: 'one\0two \ud800' }), 'alice')).toBeNull();
    expect(doubtAbout(stored, now({ body: 'one\0three' }), 'alice')).not.toBeNull();
  });

  it.each([
    ['the text', { body: 'Give me the keys.' }],
    ['the title', { title: 'Another title' }],
    ['a single letter', { body: `${sampleIssue.body}.` }],
  ])('are in doubt when %s changed since', (_what, change) => {
    const doubt = doubtAbout(
      frozen,
      now({ ...change, edited: { atMs: labelledAtMs + 5_000, by: 'mallory' } }),
      'alice',
    );

    expect(doubt?.reason).toMatch(/mallory edited the issue after it was labelled/);
  });

  it('are in doubt when the requester themself edits them after the label: the new words were never frozen', () => {
    const doubt = doubtAbout(frozen, now({ body: 'more', edited: { atMs: labelledAtMs + 1, by: 'alice' } }), 'alice');

    expect(doubt).not.toBeNull();
  });

  it.each([
    [-60_000, true],
    [-59_000, true],
    [-1, true],
    [500, true],
    [-60_001, false],
    [-3_600_000, false],
  ])('edited %i ms from the label are in doubt: %s', (offsetMs, isDoubted) => {
    const doubt = doubtAbout(frozen, editedAt(labelledAtMs + offsetMs), 'alice');

    expect(doubt !== null).toBe(isDoubted);
  });

  it('edited after the label and before they were frozen are in doubt, and the question says which words count', () => {
    const doubt = doubtAbout({ ...frozen, isFound: true }, editedAt(labelledAtMs + 5_000), 'alice');

    expect(doubt?.reason).toBe('mallory edited the issue after it was labelled; the work goes by the words of now');
  });

  it('edited by whoever labelled them a moment later are what that person meant', () => {
    expect(doubtAbout(frozen, editedAt(labelledAtMs - 5_000, 'alice'), 'alice')).toBeNull();
  });

  it('edited by nobody that GitHub can name are in doubt', () => {
    expect(doubtAbout(frozen, editedAt(labelledAtMs - 5_000, null), 'alice')?.reason).toMatch(/^somebody edited/);
  });

  it('do not change by the line ends of a browser', () => {
    const asSent = { ...frozen, body: 'one\r\ntwo\r\n' };

    expect(doubtAbout(asSent, now({ body: 'one\ntwo' }), 'alice')).toBeNull();
  });

  it('ask again after a further edit: a confirmation names the words that stood there', () => {
    const first = doubtAbout(frozen, now({ body: 'first edit' }), 'alice');
    const second = doubtAbout(frozen, now({ body: 'second edit' }), 'alice');

    expect(first?.words).not.toBe(second?.words);
  });
});
