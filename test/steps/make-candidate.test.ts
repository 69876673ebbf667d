import { beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import { committedDocuments } from '../../src/steps/committed-documents.ts';
import { candidateRef, makeCandidate } from '../../src/steps/make-candidate.ts';
import { type FakeCommits, fakeCommits } from '../support/fake-commits.ts';
import { fakeDocuments } from '../support/fake-documents.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { type FakeWorkspace, fakeWorkspace } from '../support/fake-workspace.ts';
import { sampleAttempt, sampleFixAtWork, sampleGround, sampleIssue, sampleTicket, sha } from '../support/sample-fix.ts';

const fix = sampleFixAtWork();
const ref = candidateRef(fix.id, 1);

let commits: FakeCommits;
let ports: Parameters<typeof makeCandidate>[0] & { commits: FakeCommits; workspace: FakeWorkspace };

beforeEach(() => {
  commits = fakeCommits();
  ports = {
    commits,
    workspace: fakeWorkspace(commits),
    effects: fakeEffects(),
    documents: fakeDocuments(),
    redact: (text) => text,
  };
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

  it('links the issue and carries the key of an outside tracker, as the repository says', async () => {
    const policy: Policy = {
      ...defaultPolicy,
      pullRequests: { title: '{key}: {title}', closing: 'none' },
      externalKeys: { prefixes: ['AEC'], link: 'https://tracker.test/{key}' },
    };
    const issue = { ...sampleIssue, title: 'Twice (AEC-456)' };

    const made = await makeCandidate(ports, { ...fix, policy, issue }, sampleAttempt, sampleGround);

    const lines = commits.known.get(made)?.message.split('\n') ?? [];
    expect(lines[0]).toBe('AEC-456: Round the discount once');
    expect(lines).toContain('For #12');
    expect(lines.slice(-3)).toEqual([
      'Ref: AEC-456 https://tracker.test/AEC-456',
      `Ai-Fix: ${fix.id}`,
      'Co-authored-by: alice <alice@users.noreply.github.com>',
    ]);
    expect(lines.join()).not.toContain('Closes');
  });

  it('carries the documents in its very tree, where the repository wants them', async () => {
    const committed = { ...defaultPolicy, documents: { ...defaultPolicy.documents, where: 'committed' as const } };
    const withDocuments = { ...fix, policy: committed };

    const plain = await makeCandidate(ports, fix, sampleAttempt, sampleGround);
    const made = await makeCandidate({ ...ports, effects: fakeEffects() }, withDocuments, sampleAttempt, sampleGround);
    const again = await makeCandidate({ ...ports, effects: fakeEffects() }, withDocuments, sampleAttempt, sampleGround);

    const { overlay } = await committedDocuments(ports, withDocuments, sampleAttempt, sampleGround);
    const wanted = { ...sampleAttempt.overlay, ...overlay };
    const built = await ports.workspace.build(fix.repository, sampleGround.base, wanted, sampleGround.tip);
    expect(commits.known.get(made)?.tree).toBe(built.tree);
    expect(commits.known.get(plain)?.tree).not.toBe(built.tree);
    expect(again).toBe(made);
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
