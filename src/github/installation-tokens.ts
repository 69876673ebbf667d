import type { ProbotOctokit } from 'probot';
import { z } from 'zod';
import { ForgeError } from '../domain/faults.ts';
import { fullName, type RepositoryRef } from '../domain/ids.ts';
import type { Redactor } from '../domain/redact.ts';
import { statusOf, toForgeError } from './forge-fault.ts';
import type { Permissions } from './least-permissions.ts';

type AppClient = InstanceType<typeof ProbotOctokit>;

export interface TokenMint {
  /**
   * A token for one repository with these permissions, the same one again for the better part of an hour.
   *
   * @throws {ForgeError} when the installation does not grant them: it names them, and where to grant them.
   */
  mint(repository: RepositoryRef, permissions: Permissions, refresh: boolean): Promise<string>;
}

/** @param app a client that authenticates as the App itself. */
export function createTokenMint(app: AppClient, redactor: Redactor): TokenMint {
  /** The newest of each kind, so that the redactor learns each token once. */
  const told = new Map<string, string>();
  return {
    mint: async (repository, permissions, refresh) => {
      const { installationId, name } = repository;
      const ask = { type: 'installation', installationId, repositoryNames: [name], permissions, refresh };
      try {
        const { token } = (await app.auth(ask)) as { token: string };
        const kind = JSON.stringify([installationId, name, permissions]);
        if (told.get(kind) !== token) redactor.add(token);
        told.set(kind, token);
        return token;
      } catch (error) {
        const refusal = statusOf(error) === 422 ? await explain(app, repository, permissions, error) : null;
        throw refusal ?? toForgeError(error, `get a token for ${fullName(repository)}`);
      }
    },
  };
}

const installationSchema = z.object({ permissions: z.record(z.string(), z.string()), html_url: z.string() });

/** A 422 says that something was asked that is not granted, but not what; the installation itself tells. */
async function explain(app: AppClient, repository: RepositoryRef, asked: Permissions, cause: unknown) {
  try {
    const { data } = await app.rest.apps.getInstallation({ installation_id: repository.installationId });
    const { permissions: granted, html_url: page } = installationSchema.parse(data);
    const missing = Object.entries(asked).filter(([name, level]) => !covers(granted[name], level));
    if (missing.length > 0) return ungranted(repository, missing, page, cause);
    const message = `the App is not installed for ${fullName(repository)} (any more); who may, adds it at ${page}`;
    return new ForgeError(message, { status: 404, isRetryable: false, cause });
  } catch {
    // The first refusal then has to speak for itself.
    return null;
  }
}

const covers = (granted: string | undefined, level: string): boolean =>
  granted === level || granted === 'write' || granted === 'admin';

function ungranted({ owner }: RepositoryRef, missing: readonly [string, string][], page: string, cause: unknown) {
  const names = missing.map(([name, level]) => `\`${name}: ${level}\``).join(' and ');
  const message =
    `the App lacks the permission ${names} in ${owner}: whoever administers ${owner} accepts it at ${page}; ` +
    `if it does not stand there, the App's own settings ("Permissions & events") do not ask for it yet`;
  return new ForgeError(message, { status: 403, isRetryable: false, cause });
}
