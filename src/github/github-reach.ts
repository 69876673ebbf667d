import { ForgeError } from '../domain/faults.ts';
import { type ListedRepository, listedRepositorySchema } from '../domain/signal.ts';
import type { Reach, Reachable } from '../ports/reach.ts';
import type { Installations } from './installations.ts';

/** Of a hundred each. */
const maxPages = 200;

export function createGitHubReach(installations: Installations): Reach {
  return {
    repositories: (installationId) =>
      installations
        .callWide(installationId, 'list the repositories of the installation', async (octokit): Promise<Reachable> => {
          const repositories: ListedRepository[] = [];
          let page = 0;
          const pages = octokit.paginate.iterator(octokit.rest.apps.listReposAccessibleToInstallation, {
            per_page: 100,
          });
          for await (const { data } of pages) {
            for (const { id, name, owner } of data) {
              const read = listedRepositorySchema.safeParse({ id, name, owner: owner.login });
              if (read.success) repositories.push(read.data);
            }
            if (++page >= maxPages) return { repositories, isComplete: false };
          }
          return { repositories, isComplete: true };
        })
        .catch((error: unknown) => {
          if (error instanceof ForgeError && error.status === 404) return null;
          throw error;
        }),
  };
}
