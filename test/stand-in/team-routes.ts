import { type Answer, notFound, type SiteCall, type SiteRoutes } from './site.ts';

export const teamRoutes: SiteRoutes = {
  'teams/get-membership-for-user-in-org': async (call) => getMembership(call),
};

/** One 404 for no organization, no team and no membership: https://docs.github.com/rest/teams/members */
function getMembership({ site, caller, parameters }: SiteCall): Answer {
  const { org = '', team_slug: slug = '', username = '' } = parameters;
  const isOwnOrganization = caller.kind !== 'installation' || caller.grant.owner.toLowerCase() === org.toLowerCase();
  const members = isOwnOrganization ? site.teams.get(`${org}/${slug}`.toLowerCase()) : undefined;
  const membership = members?.get(username.toLowerCase());
  // A person sees the teams of their own organizations only.
  const isInside = caller.kind !== 'user' || members?.get(caller.login.toLowerCase())?.state === 'active';
  if (membership === undefined || !isInside) return notFound();
  const url = `${site.url}/orgs/${org}/teams/${slug}/memberships/${username}`;
  return { status: 200, body: { url, ...membership } };
}
