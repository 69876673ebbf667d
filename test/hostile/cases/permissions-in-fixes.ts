import type { FixEvent } from '../../../src/domain/event.ts';
import { advance } from '../../../src/domain/fix.ts';
import type { Fix } from '../../../src/domain/fix-facts.ts';
import type { Gate } from '../../../src/domain/gate.ts';
import type { DeliveryId } from '../../../src/domain/ids.ts';
import { defaultPolicy } from '../../../src/domain/policy.ts';
import { defaultWho, type Standing, type WhoPolicy } from '../../../src/domain/who.ts';
import { inspectRepository } from '../../../src/steps/inspect-repository.ts';
import { onCommand } from '../../../src/workflows/signals/command.ts';
import { fakeCommits } from '../../support/fake-commits.ts';
import { fakeEffects } from '../../support/fake-effects.ts';
import { type FakeRepositoriesFacts, fakeRepositories } from '../../support/fake-repositories.ts';
import { fakeThread } from '../../support/fake-thread.ts';
import { portsForTest } from '../../support/ports-for-test.ts';
import { sampleFix, sampleFixAtWork } from '../../support/sample-fix.ts';
import type { HostileCase } from '../hostile-case.ts';
import { type Came, commentPayload, keptOf } from './edge-of-app.ts';

/** Commands to a fix that waits at a gate, from the payload of the comment to what comes of it. */

const gate: Gate = { kind: 'plan', digest: 'shown', reasons: ['it is large'], words: null };
const waiting = (who: Partial<WhoPolicy> = {}): Fix =>
  sampleFixAtWork({ state: 'awaiting-approval', gate, policy: { ...defaultPolicy, who: { ...defaultWho, ...who } } });

interface Setting {
  readonly fix?: Fix | null;
  readonly standings?: Readonly<Record<string, Standing>>;
}

/** What came of one comment after another in the thread of one fix; the last one counts. */
async function told(comments: readonly Readonly<Record<string, unknown>>[], setting: Setting = {}): Promise<Came> {
  const { fix = waiting(), standings = {} } = setting;
  const thread = fakeThread();
  const reactions: string[] = [];
  const appended: FixEvent[] = [];
  const ports = portsForTest({
    thread: {
      ...thread,
      react: async (_repository: unknown, _subject: unknown, mood: string) => void reactions.push(mood),
    },
    effects: fakeEffects(),
    repositories: fakeRepositories({ standings }),
    onboardings: { find: async () => null },
    policyOf: async () => ({ kind: 'valid', policy: defaultPolicy }),
    fixes: {
      findOfThread: async () => fix,
      findLive: async () => fix,
      find: async () => fix,
      append: async (_id, event) => appended.push(event) > 0,
    },
  });
  let said = 0;
  for (const payload of comments) {
    const signal = await keptOf('issue_comment', payload);
    said = thread.comments.size + reactions.length;
    if (signal === null) continue;
    if (signal.type !== 'command') throw new Error(`a comment became ${signal.type}`);
    await onCommand(ports, 'd-1' as DeliveryId, signal);
  }
  if (appended.length > 0) return `escaped: the fix was told ${JSON.stringify(appended)}`;
  if (thread.comments.size + reactions.length === said) return fix === null ? 'ignored' : 'silence';
  return thread.comments.size === 1 ? 'one reply' : `escaped: ${thread.comments.size} comments`;
}

const by = (login: string, more: Readonly<Record<string, unknown>> = {}) => ({
  sender: { login, id: 666, type: 'User', ...more },
});
const approve = '/ai-fix approve';
const stop = '/ai-fix stop';
const readers = { mallory: 'none', rita: 'read', ron: 'read' } as const;
const readerSays = commentPayload(approve, by('rita'));

const commands: readonly HostileCase[] = [
  {
    name: 'an approval by a reader at a gate',
    expected: 'one reply',
    attack: () => told([readerSays], { standings: readers }),
  },
  {
    name: 'the second refused approval in one fix',
    expected: 'silence',
    attack: () => told([readerSays, readerSays], { standings: readers }),
  },
  {
    name: 'the refused approval of a second person in one fix',
    expected: 'silence',
    attack: () => told([readerSays, commentPayload(stop, by('ron'))], { standings: readers }),
  },
  {
    name: 'an outsider whose payload says author_association OWNER',
    expected: 'one reply',
    attack: () =>
      told([commentPayload(approve, by('mallory', { site_admin: true }), { author_association: 'OWNER' })], {
        standings: readers,
      }),
  },
  {
    name: 'an approval by an App in the hands of which a writer put their token',
    expected: 'silence',
    attack: () => told([commentPayload(approve, {}, { performed_via_github_app: { slug: 'helper' } })]),
  },
  {
    name: 'a stop by an App in the hands of which a writer put their token',
    expected: 'silence',
    attack: () => told([commentPayload(stop, {}, { performed_via_github_app: { slug: 'helper' } })]),
  },
  {
    name: 'an App with the token of somebody whose number is on the list of bots',
    expected: 'silence',
    attack: () =>
      told([commentPayload(stop, by('alice'), { performed_via_github_app: { slug: 'helper' } })], {
        fix: waiting({ bots: [666] }),
      }),
  },
  {
    name: 'a person whose name ends like a bot',
    expected: 'silence',
    attack: () => told([commentPayload(approve, by('mallory[bot]'))]),
  },
  {
    name: 'a bot whose name does not end like one',
    expected: 'silence',
    attack: () => told([commentPayload(approve, by('alice', { type: 'Bot' }))]),
  },
  {
    name: 'an approval by a listed bot at a gate',
    expected: 'silence',
    attack: () =>
      told([commentPayload(approve, by('renovate[bot]', { type: 'Bot' }))], { fix: waiting({ bots: [666] }) }),
  },
  {
    name: 'a bot that answers every word of ours with a command',
    expected: 'silence',
    attack: () => told(Array.from({ length: 5 }, () => commentPayload(stop, by('parrot[bot]', { type: 'Bot' })))),
  },
  {
    name: 'an approval by whoever ordered it, in other letters',
    expected: 'one reply',
    attack: () => told([commentPayload(approve, by('ALICE'))], { fix: waiting({ selfApproval: false }) }),
  },
  {
    name: 'a command in a thread where no fix goes on',
    expected: 'one reply',
    attack: () => told([commentPayload(approve)], { fix: null }),
  },
];

/** What an approval does to a fix, by the story itself. */
function approved(fix: Fix, digest: string): Came {
  const came = advance(fix, { type: 'approved', by: 'bob', digest }, 2_000);
  return came === null ? 'gate' : `escaped: the fix goes on as ${came.fix.state}`;
}

const approvals: readonly HostileCase[] = [
  {
    name: 'an approval of a plan that is no longer shown',
    expected: 'gate',
    attack: () => approved(waiting(), 'of before'),
  },
  {
    name: 'an approval of the plan at the gate of the patch',
    expected: 'gate',
    attack: () =>
      approved({ ...waiting(), planDigest: 'of the plan', gate: { ...gate, kind: 'patch' } }, 'of the plan'),
  },
  {
    name: 'an approval without a digest',
    expected: 'gate',
    attack: () => approved(waiting(), ''),
  },
  {
    name: 'an approval before there is a plan',
    expected: 'gate',
    attack: () => approved(sampleFix({ state: 'planning' }), ''),
  },
];

async function inspected(facts: FakeRepositoriesFacts, isGone = false): Promise<Came> {
  const repositories = fakeRepositories(facts);
  const asked = isGone ? { ...repositories, issue: async () => null } : repositories;
  const inspection = await inspectRepository({ repositories: asked, commits: fakeCommits() }, sampleFix());
  return inspection.kind === 'refused' && /label|closed|gone/.test(inspection.reason)
    ? 'abandoned'
    : `escaped: the work would go on, or end for another reason (${JSON.stringify(inspection).slice(0, 200)})`;
}

const overtaken: readonly HostileCase[] = [
  {
    name: 'a label that was taken back before its word came',
    expected: 'abandoned',
    attack: () => inspected({ labels: ['bug'] }),
  },
  {
    name: 'a label in other letters than the one that was taken back',
    expected: 'abandoned',
    attack: () => inspected({ labels: ['AI-Fix'] }),
  },
  { name: 'an issue that was closed meanwhile', expected: 'abandoned', attack: () => inspected({ issue: 'closed' }) },
  {
    name: 'an issue that was deleted or moved away meanwhile',
    expected: 'abandoned',
    attack: () => inspected({}, true),
  },
];

export const ordersToFixes: readonly HostileCase[] = [...commands, ...approvals, ...overtaken];
