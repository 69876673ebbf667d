interface Membership {
  readonly role: 'member' | 'maintainer';
  /** `pending`: invited to the organization, not there yet. */
  readonly state: 'active' | 'pending';
}

/** Members by login, by `organization/slug`; everything lower case, as GitHub takes it in any. */
export type Teams = Map<string, ReadonlyMap<string, Membership>>;

export interface MoreMembers {
  readonly maintainers?: readonly string[];
  readonly pending?: readonly string[];
}

/** The team is these people from now on. */
export function setTeam(teams: Teams, org: string, slug: string, members: readonly string[], more: MoreMembers): void {
  const active = { role: 'member', state: 'active' } as const;
  const all: (readonly [string, Membership])[] = [
    ...members.map((login) => [login.toLowerCase(), active] as const),
    ...(more.maintainers ?? []).map((login) => [login.toLowerCase(), { ...active, role: 'maintainer' }] as const),
    ...(more.pending ?? []).map((login) => [login.toLowerCase(), { ...active, state: 'pending' }] as const),
  ];
  teams.set(`${org}/${slug}`.toLowerCase(), new Map(all));
}
