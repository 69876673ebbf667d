import { addBot, addUser, setRole, userToken } from './accounts.ts';
import { atTime } from './past-events.ts';
import type { RoleGrant } from './permissions.ts';
import type { Repository } from './repository.ts';
import { type RestClient, restClient } from './rest-client.ts';
import type { Site } from './site.ts';
import { type MoreMembers, setTeam } from './teams.ts';

/** Playing people and bots, with the rights and at the times that a test wants. */
export interface People {
  /** A role by name, or a custom one by its name and base; `none` takes it away. Adds people nobody knows yet. */
  setRole(repository: string, login: string, role: RoleGrant): void;
  /** The team has these members from now on. Reading it takes an App with `members: read`. */
  setTeam(org: string, slug: string, members: readonly string[], more?: MoreMembers): void;
  /** Plays a person: REST with that user's token, in the hands of an App where one is named. */
  as(login: string, hands?: { readonly viaApp: string }): RestClient;
  /** Plays the bot of another App, `<slug>[bot]`, which may write wherever there is a repository. */
  asBot(slug: string): RestClient;
  /** The token itself, for git over HTTP. */
  tokenOf(login: string): string;
  /** Edits the words of an issue as `by`, or lets it have been edited at another time. */
  editIssue(repository: string, issue: number, edit: IssueEdit): Promise<void>;
  /** Labels as `by`; `issue.updated_at` in the event is the time. */
  labelIssue(repository: string, issue: number, order: AtTime & { readonly label: string }): Promise<void>;
  /** Comments as `by`; answers the comment's id. */
  comment(repository: string, issue: number, order: AtTime & { readonly body: string }): Promise<number>;
  editComment(repository: string, comment: number, order: AtTime & { readonly body: string }): Promise<void>;
}

export interface AtTime {
  /** Login of a person; of a bot with `[bot]`. */
  readonly by: string;
  /** Now unless told. What is older than its subject makes the subject as old. */
  readonly atMs?: number;
}

export interface IssueEdit extends AtTime {
  readonly title?: string;
  readonly body?: string;
}

export function createPeople(site: Site, find: (fullName: string) => Repository): People {
  const asBot = (slug: string): RestClient => {
    addBot(site, `${slug}[bot]`);
    return restClient(site.url, userToken(site, `${slug}[bot]`));
  };
  const played = (login: string): RestClient =>
    login.endsWith('[bot]') ? asBot(login.slice(0, -'[bot]'.length)) : restClient(site.url, userToken(site, login));
  const happen = <T>(
    fullName: string,
    issue: number,
    event: string,
    { by, atMs }: AtTime,
    work: (client: RestClient) => Promise<T>,
  ): Promise<T> => atTime(site, { repository: find(fullName), event, issue, atMs }, () => work(played(by)));
  return {
    setRole: (repository, login, role) => setRole(site, find(repository), login, role),
    setTeam(org, slug, members, more = {}) {
      const everybody = [...members, ...(more.maintainers ?? []), ...(more.pending ?? [])];
      for (const login of everybody) addUser(site, login);
      setTeam(site.teams, org, slug, members, more);
    },
    as(login, hands) {
      if (hands !== undefined) addBot(site, `${hands.viaApp}[bot]`);
      return restClient(site.url, userToken(site, login, hands?.viaApp));
    },
    asBot,
    tokenOf: (login) => userToken(site, login),
    editIssue: (repository, issue, { title, body, ...when }) =>
      happen(repository, issue, 'issues.edited', when, async (client) => {
        const words = { ...(title !== undefined && { title }), ...(body !== undefined && { body }) };
        await client.patch(`/repos/${repository}/issues/${issue}`, words);
      }),
    labelIssue: (repository, issue, { label, ...when }) =>
      happen(repository, issue, 'issues.labeled', when, async (client) => {
        await client.post(`/repos/${repository}/issues/${issue}/labels`, { labels: [label] });
      }),
    comment: (repository, issue, { body, ...when }) =>
      happen(repository, issue, 'issue_comment.created', when, async (client) => {
        const path = `/repos/${repository}/issues/${issue}/comments`;
        return (await client.post<{ id: number }>(path, { body })).id;
      }),
    async editComment(repository, comment, { body, ...when }) {
      const issue = site.core.store.comments.get(comment)?.issue_number;
      if (typeof issue !== 'number') throw new Error(`there is no comment ${comment} in ${repository}`);
      await happen(repository, issue, 'issue_comment.edited', when, (client) =>
        client.patch(`/repos/${repository}/issues/comments/${comment}`, { body }),
      );
    },
  };
}
