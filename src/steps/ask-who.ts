import { ForgeError } from '../domain/faults.ts';
import type { RepositoryRef } from '../domain/ids.ts';
import {
  type Action,
  type Actor,
  botAnswer,
  personAnswer,
  reaches,
  type WhoAnswer,
  type WhoPolicy,
} from '../domain/who.ts';
import type { Ports } from '../ports/ports.ts';

export interface Asked {
  readonly repository: RepositoryRef;
  readonly action: Action;
  readonly actor: Actor;
  readonly policy: WhoPolicy;
  readonly isRequester: boolean;
}

/**
 * Whether somebody may do something, as GitHub sees them now. Fails closed: whoever GitHub cannot vouch for may do
 * nothing.
 *
 * @throws {ForgeError} when GitHub does not say what somebody may do: nothing is done then.
 */
export async function askWho({ repositories }: Pick<Ports, 'repositories'>, asked: Asked): Promise<WhoAnswer> {
  const { repository, action, actor, policy, isRequester } = asked;
  const bot = botAnswer(action, actor, policy);
  if (bot !== null) return bot;
  const { level, named } = policy.rules[action];
  const standing = await repositories.standing(repository, actor.login);
  const asksForTeams = reaches(standing, level) && named !== null && named.teams.length > 0;
  try {
    const teams = asksForTeams ? await repositories.teamsOf(repository, actor.login, named.teams) : [];
    return personAnswer(action, actor.login, policy, { standing, teams, isRequester });
  } catch (error) {
    if (!(error instanceof ForgeError) || error.isRetryable) throw error;
    return { kind: 'refused', because: 'ai-fix may not read the teams that this repository names' };
  }
}
