import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Ground } from '../../src/domain/ground.ts';
import type { Overlay } from '../../src/domain/overlay.ts';
import { settleGround } from '../../src/steps/settle-ground.ts';
import { type FakeCommits, fakeCommits } from '../support/fake-commits.ts';
import { fakeRepositories } from '../support/fake-repositories.ts';
import type { FakeFiles } from '../support/fake-tree.ts';
import { fakeWorkspace } from '../support/fake-workspace.ts';
import { sampleFixAtWork, sampleGround, sha } from '../support/sample-fix.ts';

const path = '.github/workflows/ai-fix-sandbox.yml';
const template = readFileSync(new URL('../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8');
const fix = sampleFixAtWork();
const head = sha('f');
const ref = `refs/heads/${sampleGround.branch}`;
const overlay: Overlay = {
  'src/price.ts': { kind: 'write', text: 'new', mode: '100644' },
  'src/added.ts': { kind: 'write', text: 'new', mode: '100644' },
};

interface Place {
  /** Workflows at the base of the fix and at the default branch's tip, beside the sandbox's own. */
  readonly before?: Readonly<Record<string, string>>;
  readonly now?: Readonly<Record<string, string>>;
  /** At the tip of another base branch. */
  readonly developed?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, FakeFiles>>;
}

function settle(
  { before = {}, now = {}, developed = {}, files = {} }: Place,
  change: (commits: FakeCommits) => void = () => undefined,
  of = fix,
  ground: Ground = sampleGround,
) {
  const commits = fakeCommits({
    [sha('a')]: { tree: sha('e'), parents: [], message: 'the base' },
    [sha('b')]: { tree: sha('e'), parents: [sha('a')], message: `Start\n\nAi-Fix: ${fix.id}` },
    [head]: { tree: sha('d'), parents: [sha('a')], message: 'newer' },
    [sha('7')]: { tree: sha('d'), parents: [sha('a')], message: 'developed' },
  });
  commits.refs.set(ref, sampleGround.tip);
  change(commits);
  const at = (commit: string, workflows: Readonly<Record<string, string>>) =>
    Object.entries(workflows).map(([name, text]) => [`${commit}:${name}`, text]);
  const repositories = fakeRepositories({
    head,
    files: Object.fromEntries([
      ...at(sha('a'), { [path]: template, ...before }),
      ...at(head, { [path]: template, ...now }),
      ...at(sha('8'), { [path]: template, ...before }),
      ...at(sha('7'), { [path]: template, ...developed }),
    ]),
  });
  const ports = { repositories, commits, workspace: fakeWorkspace(commits, files) };
  return { commits, settled: settleGround(ports, of, ground, { base: ground.base, overlay }) };
}

const ci = (text: string) => ({ '.github/workflows/ci.yml': text });

describe('the ground under a patch', () => {
  it('stays while the workflows are those of the default branch, however far that went on', async () => {
    const { settled, commits } = settle({});

    expect(await settled).toMatchObject({ kind: 'settled', ground: sampleGround, sandbox: { path, kind: 'usable' } });
    expect(commits.created).toEqual([]);
  });

  it('moves to the default branch when a workflow differs there', async () => {
    const same = { 'src/price.ts': 'old', 'src/other.ts': 'old' };
    const files = { [sha('a')]: same, [head]: { ...same, 'src/other.ts': 'changed' } };

    const { settled, commits } = settle({ before: ci('one'), now: ci('two'), files });

    const settlement = await settled;
    expect(settlement).toMatchObject({ kind: 'settled', ground: { base: head, branch: sampleGround.branch } });
    expect(commits.refs.get(ref)).toBe(commits.created[0]);
  });

  describe('of another branch than the default one', () => {
    const own = { ...sampleGround, baseBranch: 'develop' };
    const settleOwn = (developed: Readonly<Record<string, string>> | null) =>
      settle(
        { before: ci('one'), now: ci('two'), developed: developed ?? {} },
        (commits) => {
          if (developed !== null) commits.refs.set('refs/heads/develop', sha('7'));
        },
        fix,
        own,
      );

    it('moves to the newest commit there, once that has the workflows of the default branch', async () => {
      const { settled } = settleOwn(ci('two'));

      expect(await settled).toMatchObject({ kind: 'settled', ground: { base: sha('7'), baseBranch: 'develop' } });
    });

    it('is refused in plain words while that has other workflows', async () => {
      const { settled, commits } = settleOwn(ci('one'));

      expect(await settled).toEqual({ kind: 'refused', reason: expect.stringMatching(/to `develop`$/) });
      expect(commits.created).toEqual([]);
    });

    it('is refused when that branch is gone', async () => {
      const { settled } = settleOwn(null);

      expect(await settled).toEqual({ kind: 'refused', reason: 'the branch `develop` is gone' });
    });
  });

  it.each<[string, FakeFiles, FakeFiles, readonly string[]]>([
    ['was changed', { 'src/price.ts': 'old' }, { 'src/price.ts': 'theirs' }, ['src/price.ts']],
    ['was deleted', { 'src/price.ts': 'old' }, {}, ['src/price.ts']],
    ['was added', {}, { 'src/added.ts': 'theirs' }, ['src/added.ts']],
  ])('is in conflict when a file of the patch %s meanwhile', async (_how, before, after, paths) => {
    const files = { [sha('a')]: before, [head]: after };

    const { settled } = settle({ before: ci('one'), now: ci('two'), files });

    expect(await settled).toMatchObject({ kind: 'conflict', paths, ground: { base: head } });
  });

  it('is refused when the sandbox workflow is gone or no longer usable', async () => {
    const gone = settle({ now: { [path]: 'on: push\njobs: {}\n' } });

    expect(await gone.settled).toMatchObject({ kind: 'refused' });
  });

  const pushed = (commits: FakeCommits): void => {
    commits.known.set(sha('8'), { tree: sha('9'), parents: [sha('b')], message: 'my own work' });
    commits.refs.set(ref, sha('8'));
  };

  it('is what somebody pushed, where the patch still fits upon it', async () => {
    const { settled, commits } = settle({ files: { [sha('a')]: {}, [sha('8')]: { 'NOTES.md': 'mine' } } }, pushed);

    expect(await settled).toMatchObject({ kind: 'settled', ground: { base: sha('8'), tip: sha('8'), isShared: true } });
    expect(commits.refs.get(ref)).toBe(sha('8'));
  });

  it('is in conflict with what somebody pushed to the files of the patch', async () => {
    const { settled, commits } = settle({ files: { [sha('8')]: { 'src/price.ts': 'theirs' } } }, pushed);

    expect(await settled).toMatchObject({ kind: 'conflict', paths: ['src/price.ts'], ground: { tip: sha('8') } });
    expect(commits.refs.get(ref)).toBe(sha('8'));
  });

  it('never moves away from under what somebody pushed', async () => {
    const { settled, commits } = settle({ now: ci('two') }, pushed);

    expect(await settled).toEqual({ kind: 'refused', reason: expect.stringMatching(/commits that are not ai-fix's/) });
    expect(commits.refs.get(ref)).toBe(sha('8'));
  });

  it('is refused when somebody deleted the branch', async () => {
    const { settled } = settle({}, (commits) => commits.refs.delete(ref));

    expect(await settled).toEqual({ kind: 'refused', reason: expect.stringMatching(/is gone/) });
  });

  it('only goes forwards once there is code on the branch', async () => {
    const { settled, commits } = settle(
      { now: ci('two') },
      () => undefined,
      sampleFixAtWork({ published: sampleGround.tip }),
    );

    expect(await settled).toMatchObject({
      kind: 'settled',
      ground: { base: head, tip: sampleGround.tip, merges: head },
    });
    expect(commits.refs.get(ref)).toBe(sampleGround.tip);
  });
});
