import { createHash } from 'node:crypto';
import type { IssueNow } from '../../src/domain/frozen-input.ts';
import { asSha, type Sha } from '../../src/domain/ids.ts';
import type { Standing } from '../../src/domain/who.ts';
import type { LabelledIssue, Repositories, RepositoryFacts } from '../../src/ports/repositories.ts';
import { sampleIssue, sha } from './sample-fix.ts';

export interface FakeRepositoriesFacts extends Partial<RepositoryFacts> {
  /** Files that other repositories share, `<owner>/<name>:<path>`. */
  readonly shared?: Readonly<Record<string, string>>;
  /** Files by commit and path, `<sha>:<path>`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly issue?: 'open' | 'closed';
  readonly labels?: readonly string[];
  readonly issueNow?: Partial<IssueNow>;
  readonly labelled?: readonly LabelledIssue[];
  /** By login; everybody else may write. */
  readonly standings?: Readonly<Record<string, Standing>>;
  /** Members of the organization's teams. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
}

const nameOf = (text: string): Sha => asSha(createHash('sha1').update(text).digest('hex'));

/** What GitHub says of one repository, in memory. */
export function fakeRepositories({
  shared = {},
  files = {},
  issue = 'open',
  labels = ['ai-fix'],
  issueNow = {},
  labelled = [],
  standings = {},
  members = {},
  ...facts
}: FakeRepositoriesFacts = {}): Repositories {
  return {
    facts: async () => ({
      defaultBranch: 'main',
      head: sha('a'),
      isArchived: false,
      isDisabled: false,
      isFork: false,
      webUrl: 'https://github.test/acme/shop',
      ...facts,
    }),
    file: async (_repository, path, commit, maxBytes) => {
      const text = files[`${commit}:${path}`];
      return text === undefined ? null : { text: text.slice(0, maxBytes), blob: nameOf(text) };
    },
    sharedFile: async (_repository, { owner, name }, path, maxBytes) =>
      shared[`${owner}/${name}:${path}`]?.slice(0, maxBytes) ?? null,
    folder: async (_repository, path, commit) => {
      const inside = Object.entries(files).filter(([place]) => place.startsWith(`${commit}:${path}/`));
      const content = inside.map(([place, text]) => [place.slice(commit.length), text]);
      return inside.length === 0 ? null : nameOf(JSON.stringify(content));
    },
    rootFiles: async (_repository, commit) =>
      Object.keys(files).flatMap((place) => {
        const path = place.slice(`${commit}:`.length);
        return place.startsWith(`${commit}:`) && !path.includes('/') ? [path] : [];
      }),
    issue: async () => ({
      isOpen: issue === 'open',
      labels,
      title: sampleIssue.title,
      body: sampleIssue.body,
      edited: null,
      ...issueNow,
    }),
    labelledIssues: async () => labelled,
    standing: async (_repository, login) => standings[login] ?? 'write',
    teamsOf: async (_repository, login, teams) => teams.filter((team) => members[team]?.includes(login) === true),
  };
}
