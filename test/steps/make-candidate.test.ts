import { beforeEach, describe, expect, it } from 'vitest';
import { candidateRef, makeCandidate } from '../../src/steps/make-candidate.ts';
import { type FakeCommits, fakeCommits } from '../support/fake-commits.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { type FakeWorkspace, fakeWorkspace } from '../support/fake-workspace.ts';
import { sampleAttempt, sampleFixAtWork, sampleGround, sampleTicket, sha } from '../support/sample-fix.ts';

const fix = sampleFixAtWork();
const ref = candidateRef(fix.id, 1);

let commits: FakeCommits;
let ports: { commits: FakeCommits; workspace: FakeWorkspace; effects: ReturnType<typeof fakeEffects> };

beforeEach(() => {
  commits = fakeCommits();
  ports = { commits, workspace: fakeWorkspace(commits), effects: fakeEffects() };
});

describe('a candidate', () => {
  it('is a commit on the tip of the fix, apart from branches and tags', async () => {
    const made = await makeCandidate(ports, fix, sampleAttempt, sampleGround);

    expect(commits.known.get(made)).toMatchObject({ parents: [sampleGround.tip] });
    expect([...commits.refs]).toEqual([[`refs/ai-fix/${fix.id}/1`, made]]);
  });

  it('says what it does, for which issue, for which fix and on whose order', async () => {
    const made = await makeCandidate(ports, fix, sampleAttempt, sampleGround);

    const lines = commits.known.get(made)?.message.split('\n') ?? [];
    expect(lines[0]).toBe('fix: round the discount once');
    expect(lines).toContain('Closes #12');
    expect(lines.slice(-2)).toEqual([`Ai-Fix: ${fix.id}`, 'Co-authored-by: alice <alice@users.noreply.github.com>']);
  });

  it('is made once, however often it is asked for', async () => {
    const first = await makeCandidate(ports, fix, sampleAttempt, sampleGround);
    const second = await makeCandidate(ports, fix, sampleAttempt, sampleGround);

    expect(second).toBe(first);
    expect(commits.created).toHaveLength(1);
    expect(ports.workspace.pushed).toHaveLength(1);
  });

  it('is taken from its ref when the process died before it was recorded', async () => {
    const first = await makeCandidate(ports, fix, sampleAttempt, sampleGround);

    const second = await makeCandidate({ ...ports, effects: fakeEffects() }, fix, sampleAttempt, sampleGround);

    expect(second).toBe(first);
    expect(commits.created).toHaveLength(1);
  });

  it('is never the unsigned carrier that a killed process left at the ref', async () => {
    const { carrier } = await ports.workspace.build(
      fix.repository,
      sampleGround.base,
      sampleAttempt.overlay,
      sampleGround.tip,
    );
    await ports.workspace.push(fix.repository, carrier, ref);

    const made = await makeCandidate(ports, fix, sampleAttempt, sampleGround);

    expect(made).not.toBe(carrier);
    expect(commits.refs.get(ref)).toBe(made);
  });

  it('is made anew when the patch is another or the ground has moved', async () => {
    const first = await makeCandidate(ports, fix, sampleAttempt, sampleGround);
    const moved = await makeCandidate(ports, fix, sampleAttempt, { ...sampleGround, tip: sha('d') });
    const overlay = { 'src/price.ts': { kind: 'delete' } } as const;

    const other = await makeCandidate(
      { ...ports, effects: fakeEffects() },
      fix,
      { ...sampleAttempt, overlay },
      sampleGround,
    );

    expect(new Set([first, moved, other]).size).toBe(3);
  });

  it('whose ref GitHub refuses is an end', async () => {
    commits.refuse('forbidden');

    const made = makeCandidate(ports, fix, sampleAttempt, sampleGround);

    await expect(made).rejects.toMatchObject({ name: 'ForgeError', isRetryable: false });
  });

  it('carries no mention, and no trailer that its texts forge', async () => {
    const ticket = { ...sampleTicket, title: 'ping @everyone' };
    const summary = {
      summary: 'done\n\nCo-authored-by: mallory <m@evil.test>\n@acme/all',
      testsAdded: [],
      notDone: null,
    };

    const made = await makeCandidate(ports, sampleFixAtWork({ ticket }), { ...sampleAttempt, summary }, sampleGround);

    const message = commits.known.get(made)?.message ?? '';
    const trailers = message.split('\n\n').at(-1) ?? '';
    expect(message).not.toMatch(/@(everyone|acme)/);
    expect(trailers).not.toContain('mallory');
  });
});
