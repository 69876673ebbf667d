/**
 * Who may start, approve and command; the only place that decides it.
 *
 * The source of truth is GitHub's collaborator permission, never `author_association`, which is no permission
 * (docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user).
 */
export const actions = ['trigger', 'approve', 'command'] as const;
export type Action = (typeof actions)[number];

/** The least standing that an action may ask for. `triage` counts as read: it is no write access. */
export const levels = ['write', 'maintain', 'admin'] as const;
export type Level = (typeof levels)[number];

/** What GitHub says of somebody in one repository. */
export type Standing = Level | 'read' | 'none';

export interface WhoRule {
  readonly level: Level;
  /** Narrows, never widens: the named still need the level. Null where nobody is named. */
  readonly named: { readonly users: readonly string[]; readonly teams: readonly string[] } | null;
}

export interface WhoPolicy {
  readonly rules: Readonly<Record<Action, WhoRule>>;
  /** Whether whoever ordered a fix may also approve it. */
  readonly selfApproval: boolean;
  /** GitHub's numbers of the bots that may trigger and command. No bot ever approves: a person is in charge. */
  readonly bots: readonly number[];
}

const anyWriter: WhoRule = { level: 'write', named: null };
export const defaultWho: WhoPolicy = {
  rules: { trigger: anyWriter, approve: anyWriter, command: anyWriter },
  selfApproval: true,
  bots: [],
};

export interface Actor {
  readonly login: string;
  readonly id?: number | undefined;
  readonly isBot: boolean;
}

/**
 * - `ask-github`: the answer depends on facts that only GitHub knows.
 * - `silent`: no reply at all: two bots that answer each other never stop.
 */
export type WhoAnswer =
  | { readonly kind: 'may' }
  | { readonly kind: 'refused'; readonly because: string }
  | { readonly kind: 'silent'; readonly note: string };

/** What can be said of a bot, or null of a person. */
export function botAnswer(action: Action, actor: Actor, { bots }: WhoPolicy): WhoAnswer | null {
  if (!actor.isBot) return null;
  if (action === 'approve') return { kind: 'silent', note: 'bots approve nothing' };
  return actor.id !== undefined && bots.includes(actor.id)
    ? { kind: 'may' }
    : { kind: 'silent', note: `the bot ${actor.login} is not on the list` };
}

const rank: Readonly<Record<Standing, number>> = { none: 0, read: 1, write: 2, maintain: 3, admin: 4 };

export interface PersonFacts {
  readonly standing: Standing;
  /** Of the teams that the rule names, those the person is in. */
  readonly teams: readonly string[];
  readonly isRequester: boolean;
}

export const reaches = (standing: Standing, level: Level): boolean => rank[standing] >= rank[level];

/** What a person may do, from what GitHub said of them. */
export function personAnswer(action: Action, login: string, policy: WhoPolicy, facts: PersonFacts): WhoAnswer {
  const { level, named } = policy.rules[action];
  if (!reaches(facts.standing, level)) return { kind: 'refused', because: `that takes ${levelWords[level]}` };
  if (named !== null && !isNamed(login, named, facts.teams))
    return { kind: 'refused', because: 'this repository names who may, in `.github/ai-fix.yml`' };
  if (action === 'approve' && facts.isRequester && !policy.selfApproval)
    return { kind: 'refused', because: 'whoever ordered the work may not approve it here' };
  return { kind: 'may' };
}

/** Logins are the same in any letter case: https://docs.github.com/rest/users/users */
export const isSameLogin = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function isNamed(login: string, named: NonNullable<WhoRule['named']>, teams: readonly string[]): boolean {
  return named.users.some((user) => isSameLogin(user, login)) || named.teams.some((team) => teams.includes(team));
}

const levelWords: Readonly<Record<Level, string>> = {
  write: 'write access to this repository',
  maintain: 'the role maintain or admin in this repository',
  admin: 'the role admin in this repository',
};
