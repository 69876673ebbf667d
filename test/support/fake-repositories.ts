import { createHash } from 'node:crypto';
import { asSha, type Sha } from '../../src/domain/ids.ts';
import type { Repositories, RepositoryFacts } from '../../src/ports/repositories.ts';
import { sha } from './sample-fix.ts';

export interface FakeRepositoriesFacts extends Partial<RepositoryFacts> {
  /** Files by commit and path, `<sha>:<path>`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly issue?: 'open' | 'closed';
  readonly labels?: readonly string[];
}

const nameOf = (text: string): Sha => asSha(createHash('sha1').update(text).digest('hex'));

/** What GitHub says of one repository, in memory. */
export function fakeRepositories({
  files = {},
  issue = 'open',
  labels = ['ai-fix'],
  ...facts
}: FakeRepositoriesFacts = {}): Repositories {
  return {
    facts: async () => ({
      defaultBranch: 'main',
      head: sha('a'),
      isArchived: false,
      webUrl: 'https://github.test/acme/shop',
      ...facts,
    }),
    file: async (_repository, path, commit, maxBytes) => {
      const text = files[`${commit}:${path}`];
      return text === undefined ? null : { text: text.slice(0, maxBytes), blob: nameOf(text) };
    },
    folder: async (_repository, path, commit) => {
      const inside = Object.entries(files).filter(([place]) => place.startsWith(`${commit}:${path}/`));
      const content = inside.map(([place, text]) => [place.slice(commit.length), text]);
      return inside.length === 0 ? null : nameOf(JSON.stringify(content));
    },
    issue: async () => ({ isOpen: issue === 'open', labels }),
    permission: async () => 'write',
  };
}
