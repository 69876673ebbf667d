import { ForgeError } from '../../../src/domain/faults.ts';
import { type Action, type Actor, defaultWho, type WhoPolicy, type WhoRule } from '../../../src/domain/who.ts';
import { toForgeError } from '../../../src/github/forge-fault.ts';
import { createGitHubRepositories } from '../../../src/github/github-repositories.ts';
import type { Installations } from '../../../src/github/installations.ts';
import { askWho } from '../../../src/steps/ask-who.ts';
import { sampleRepository } from '../../support/sample-fix.ts';
import type { HostileCase, Refusal } from '../hostile-case.ts';
import type { Came } from './edge-of-app.ts';

/** People and bots who want what they may not, and answers of GitHub that must not be taken for a permission. */

type Answer = Readonly<Record<string, unknown>> | { readonly status: number };

interface Wish {
  readonly permission: Answer;
  readonly membership?: Answer;
  readonly actor?: Actor;
  readonly action?: Action;
  readonly rule?: Partial<WhoRule>;
  readonly who?: Partial<WhoPolicy>;
  readonly isRequester?: boolean;
}

async function answered(answer: Answer): Promise<{ data: Answer }> {
  if (typeof answer.status === 'number') throw Object.assign(new Error('a fault of the test'), answer);
  return { data: answer };
}

/** GitHub's REST as it answers these two questions, behind our own reading of it. */
function repositoriesThat({ permission, membership = { status: 404 } }: Wish) {
  const octokit = {
    rest: {
      repos: { getCollaboratorPermissionLevel: () => answered(permission) },
      teams: { getMembershipForUserInOrg: () => answered(membership) },
    },
  };
  const call = async (_repository: unknown, what: string, work: (...args: unknown[]) => Promise<unknown>) => {
    try {
      return await work(octokit, { owner: sampleRepository.owner, repo: sampleRepository.name });
    } catch (error) {
      throw toForgeError(error, what);
    }
  };
  return createGitHubRepositories({ call } as unknown as Installations);
}

const mallory: Actor = { login: 'mallory', id: 666, isBot: false };
const anyRule: WhoRule = { level: 'write', named: null };

async function wished(wish: Wish): Promise<Came> {
  const rule = { ...anyRule, ...wish.rule };
  const policy = { ...defaultWho, rules: { trigger: rule, approve: rule, command: rule }, ...wish.who };
  const { actor = mallory, action = 'trigger', isRequester = false } = wish;
  const asked = { repository: sampleRepository, action, actor, policy, isRequester };
  try {
    const answer = await askWho({ repositories: repositoriesThat(wish) }, asked);
    if (answer.kind === 'may') return `escaped: ${actor.login} may ${action}`;
    return answer.kind === 'silent' ? 'silence' : 'one reply';
  } catch (error) {
    // The delivery is left to a later try, or fails and waits for a redelivery: nothing is said and nothing is done.
    if (error instanceof ForgeError) return 'silence';
    throw error;
  }
}

const wishes = (expected: Refusal, list: Readonly<Record<string, Wish>>): HostileCase[] =>
  Object.entries(list).map(([name, wish]) => ({ name, expected, attack: () => wished(wish) }));

const reader = { permission: 'read', role_name: 'read' };
const writer = { permission: 'write', role_name: 'write' };
const maintainer = { permission: 'write', role_name: 'maintain' };
const admin = { permission: 'admin', role_name: 'admin' };
const core = { named: { users: ['bob'], teams: ['core'] } };
const bot = (facts: Partial<Actor>): Actor => ({ login: 'renovate[bot]', id: 29, isBot: true, ...facts });

export const whoMayNot: readonly HostileCase[] = [
  ...wishes('one reply', {
    'a label by somebody whom GitHub does not know': { permission: { status: 404 } },
    'a label by an outsider of a public repository': { permission: { permission: 'none', role_name: '' } },
    'a label by a reader': { permission: reader },
    'a label by somebody with triage access': { permission: { permission: 'read', role_name: 'triage' } },
    'a label by a custom role that was made from read': { permission: { permission: 'read', role_name: 'deployer' } },
    'a custom role made from read that calls itself admin': { permission: { permission: 'read', role_name: 'admin' } },
    'a role name without a permission': { permission: { role_name: 'admin' } },
    'a permission of a word nobody knows': { permission: { permission: 'owner', role_name: 'owner' } },
    'a permission in other letters': { permission: { permission: 'ADMIN', role_name: 'ADMIN' } },
    'a permission that every object has': { permission: { permission: '__proto__', role_name: 'constructor' } },
    'a permission that is no text': { permission: { permission: ['admin'], role_name: ['admin'] } },
    'a writer where maintain is asked': { permission: writer, rule: { level: 'maintain' } },
    'a custom role made from write that calls itself Maintain': {
      permission: { permission: 'write', role_name: 'Maintain' },
      rule: { level: 'maintain' },
    },
    'a maintainer where admin is asked': { permission: maintainer, rule: { level: 'admin' } },
    'a writer who is not among the named': { permission: writer, rule: core },
    'a writer whose name only begins like a named one': {
      permission: writer,
      rule: core,
      actor: { login: 'bob-', isBot: false },
    },
    'a named one who has only read access': { permission: reader, rule: core, actor: { login: 'bob', isBot: false } },
    'a member of the named team who has only read access': {
      permission: reader,
      membership: { state: 'active' },
      rule: core,
    },
    'somebody invited to the named team who has not accepted': {
      permission: writer,
      membership: { state: 'pending' },
      rule: core,
    },
    'a named team whose members GitHub does not show': {
      permission: writer,
      membership: { status: 403 },
      rule: core,
    },
    'an admin who is not among the named': { permission: admin, rule: core },
    'an approval by a reader': { permission: reader, action: 'approve' },
    'an approval by whoever ordered it, where that is not allowed': {
      permission: admin,
      action: 'approve',
      isRequester: true,
      who: { selfApproval: false },
    },
    'a stop by a reader': { permission: reader, action: 'command' },
  }),
  ...wishes('silence', {
    'a label while the endpoint of permissions answers 500': { permission: { status: 500 } },
    'a label while the endpoint of permissions answers 429': { permission: { status: 429 } },
    'a label while the endpoint of permissions answers 403': { permission: { status: 403 } },
    'a label while the endpoint of permissions answers 451': { permission: { status: 451 } },
    'a label while nobody vouches for the named team': {
      permission: writer,
      membership: { status: 502 },
      rule: core,
    },
    'a label by a bot that nobody listed': { permission: admin, actor: bot({}) },
    'a bot with the name of a listed one': { permission: admin, actor: bot({ id: 666 }), who: { bots: [29] } },
    'a bot with the name of a listed one and no number': {
      permission: admin,
      actor: { login: 'renovate[bot]', isBot: true },
      who: { bots: [29] },
    },
    'an approval by a listed bot': { permission: admin, actor: bot({}), action: 'approve', who: { bots: [29] } },
    'an approval by our own bot, were it listed': {
      permission: admin,
      actor: { login: 'ai-fix[bot]', id: 41, isBot: true },
      action: 'approve',
      who: { bots: [41] },
    },
  }),
];
