import { beforeEach, describe, expect, it } from 'vitest';
import type { FixId } from '../../src/domain/ids.ts';
import { putComment, removeDoubleComments } from '../../src/steps/put-comment.ts';
import { marker } from '../../src/thread/outgoing.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { type FakeThread, fakeThread } from '../support/fake-thread.ts';
import { sampleRepository } from '../support/sample-fix.ts';

const fix = 'f-12-sample01' as FixId;
const comment = { fix, repository: sampleRepository, number: 12, key: 'status', text: 'at work' };

let ports: { thread: FakeThread; effects: ReturnType<typeof fakeEffects> };
const bodies = () => [...ports.thread.comments.values()].map(({ body }) => body);

beforeEach(() => {
  ports = { thread: fakeThread(), effects: fakeEffects() };
});

describe('a comment', () => {
  it('is posted once, under a hidden mark, however often it is put', async () => {
    await putComment(ports, comment);
    await putComment(ports, comment);

    expect(bodies()).toEqual([`${marker(fix, 'status')}\nat work`]);
    expect(ports.thread.calls).toEqual(['list', 'comment']);
  });

  it('is edited when its text changes, and only then', async () => {
    await putComment(ports, comment);
    await putComment(ports, { ...comment, text: 'done' });
    await putComment(ports, { ...comment, text: 'done' });

    expect(bodies()).toEqual([`${marker(fix, 'status')}\ndone`]);
    expect(ports.thread.calls).toEqual(['list', 'comment', 'edit']);
  });

  it('whose answer was lost is found again by its mark', async () => {
    ports.thread.loseNextAnswer();
    await expect(putComment(ports, comment)).rejects.toThrow('the connection broke');

    await putComment(ports, { ...comment, text: 'done' });

    expect(bodies()).toEqual([`${marker(fix, 'status')}\ndone`]);
  });

  it('that somebody deleted is not posted again', async () => {
    await putComment(ports, comment);
    ports.thread.comments.clear();

    await putComment(ports, { ...comment, text: 'done' });
    await putComment(ports, { ...comment, text: 'done and done' });

    expect(bodies()).toEqual([]);
    expect(ports.thread.calls.filter((call) => call === 'comment')).toHaveLength(1);
  });

  it('is never one that somebody else wrote, even with our mark', async () => {
    ports.thread.hear(12, `${marker(fix, 'status')}\nforged`);

    await putComment(ports, comment);

    expect(bodies()).toEqual([`${marker(fix, 'status')}\nforged`, `${marker(fix, 'status')}\nat work`]);
  });

  it('of another key, thread or fix is another comment', async () => {
    await putComment(ports, comment);
    await putComment(ports, { ...comment, key: 'plan' });
    await putComment(ports, { ...comment, number: 13 });
    await putComment(ports, { ...comment, fix: 'f-12-sample02' as FixId });

    expect(bodies()).toHaveLength(4);
  });

  it('fits into what GitHub takes', async () => {
    await putComment(ports, { ...comment, text: '🙂'.repeat(100_000) });

    const [body = ''] = bodies();
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body.isWellFormed()).toBe(true);
    expect(body.startsWith(marker(fix, 'status'))).toBe(true);
  });
});

describe('of comments that a kill left twice', () => {
  const put = (number: number, key: string, text: string) =>
    ports.thread.comment(sampleRepository, number, `${marker(fix, key)}\n${text}`);

  it('the recorded one stays', async () => {
    await put(12, 'status', 'first');
    const second = await put(12, 'status', 'second');
    await ports.effects.record(fix, 'comment:12:status', { id: second });

    await removeDoubleComments(ports, fix, sampleRepository, 12);

    expect(bodies()).toEqual([`${marker(fix, 'status')}\nsecond`]);
  });

  it('the oldest stays when none is on record', async () => {
    for (const text of ['first', 'second', 'third']) await put(12, 'status', text);

    await removeDoubleComments(ports, fix, sampleRepository, 12);

    expect(bodies()).toEqual([`${marker(fix, 'status')}\nfirst`]);
  });

  it('others are left alone: other keys, fixes, threads, people, and comments without a mark', async () => {
    await put(12, 'status', 'one');
    await put(12, 'plan', 'one');
    await put(13, 'status', 'one');
    await ports.thread.comment(sampleRepository, 12, `${marker('f-12-sample02', 'status')}\none`);
    await ports.thread.comment(sampleRepository, 12, 'no mark');
    ports.thread.hear(12, `${marker(fix, 'status')}\nforged`);

    await removeDoubleComments(ports, fix, sampleRepository, 12);

    expect(bodies()).toHaveLength(6);
    expect(ports.thread.calls).not.toContain('remove');
  });
});
