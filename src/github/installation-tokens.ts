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
   * A token for one place with these permissions, the same one again for the better part of an hour.
   *
   * @throws {ForgeError} when the installation does not grant them: it names them, and where to grant them.
   */
  mint(place: TokenPlace, permissions: Permissions, refresh: boolean): Promise<string>;
}

/** A repository, or an installation with all it may reach. */
export type TokenPlace = RepositoryRef | { readonly installationId: number };

const nameOf = (place: TokenPlace): string =>
  'name' in place ? fullName(place) : `the installation ${place.installationId}`;

/** @param app a client that authenticates as the App itself. */
export function createTokenMint(app: AppClient, redactor: Redactor): TokenMint {
  /** The newest of each kind, so that the redactor learns each token once. */
  const told = new Map<string, string>();
  return {
    mint: async (place, permissions, refresh) => {
      const { installationId } = place;
      const narrowed = 'name' in place ? { repositoryNames: [place.name] } : {};
      const ask = { type: 'installation', installationId, ...narrowed, permissions, refresh };
      try {
        const { token } = (await app.auth(ask)) as { token: string };
        const kind = JSON.stringify([installationId, narrowed, permissions]);
        if (told.get(kind) !== token) redactor.add(token);
        told.set(kind, token);
        return token;
      } catch (error) {
        const isPuzzling = statusOf(error) === 422 && 'name' in place;
        const refusal = isPuzzling ? await explain(app, place, permissions, error) : null;
        throw refusal ?? toForgeError(error, `get a token for ${nameOf(place)}`);
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
