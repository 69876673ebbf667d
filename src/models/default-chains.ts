import type { ModelChoice, Role } from '../domain/conversation.ts';
import type { HostModels } from './host-models.ts';
import { type Provider, providers, rowAt, splitId } from './providers.ts';

/** Beyond these a fault is rather ours than theirs, and every model of a chain bounds what a turn may cost. */
const longestDefault = 3;

/**
 * The models of a role by the keys that are there, in the order of the rows; empty where none is.
 *
 * The reviewer's chain begins with another provider than the coder's: the diff should be judged by another's model than
 * wrote it. Where only one provider is there, its row may name another maker's model for that.
 */
export function defaultChain(role: Role, host: HostModels): readonly ModelChoice[] {
  const rows = providers.flatMap(({ name }) => {
    const access = host.providers[name];
    const defaults = access === undefined ? null : defaultsOf(rowAt(name, access.baseUrl), name, host);
    return defaults === null ? [] : [{ name, defaults }];
  });
  const [first, ...others] = rows;
  if (first === undefined) return [];
  const ordered = role === 'reviewer' ? [...others, first] : [first, ...others];
  return ordered.slice(0, longestDefault).map(({ name, defaults }) => {
    const model = role === 'reviewer' ? judgeOf(defaults, first.defaults.coder) : defaults[role];
    return { model: `${name}/${model}` };
  });
}

type Defaults = NonNullable<Provider['defaults']>;

function defaultsOf(row: Provider, name: Provider['name'], { everyRole }: HostModels): Defaults | null {
  if (everyRole?.provider !== name) return row.name === name ? row.defaults : null;
  const { model } = everyRole;
  return { architect: model, coder: model, fast: model, debugger: model, reviewer: model };
}

/** A reseller's reviewer may be the very model that writes, bought elsewhere. */
const judgeOf = ({ reviewer, architect }: Defaults, coder: string): string =>
  ownName(reviewer) === ownName(coder) ? architect : reviewer;

const ownName = (model: string): string => splitId(model).model || model;
