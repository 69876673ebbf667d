import type { ProbotOctokit } from 'probot';
import { ForgeError } from '../domain/faults.ts';
import { fullName, type RepositoryRef } from '../domain/ids.ts';
import { redact } from '../domain/redact.ts';

export type Octokit = InstanceType<typeof ProbotOctokit>;
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/** What the App may do in a repository through the REST API; a part of `app.yml`. */
const apiPermissions: Permissions = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  metadata: 'read',
};
const gitPermissions: Permissions = { contents: 'write', metadata: 'read' };

export interface AppCredentials {
  readonly appId: number;
  readonly privateKey: string;
  /** REST base, for instance `https://api.github.com`. */
  readonly baseUrl: string;
}

/**
 * Tokens and clients, each for one repository and no more permissions than its job needs.
 *
 * The App's private key is used here only. Tokens live in memory, for at most an hour.
 */
export interface Installations {
  /** Runs REST calls against one repository and translates every failure. @throws {ForgeError} */
  call<T>(
    repository: RepositoryRef,
    what: string,
    work: (octokit: Octokit, where: { owner: string; repo: string }) => Promise<T>,
  ): Promise<T>;
  /** A token for git over HTTPS; a fresh one when GitHub refused the last. @throws {ForgeError} */
  gitToken(repository: RepositoryRef, refused?: string): Promise<string>;
  /** The App's own name on GitHub; its comments are by `<slug>[bot]`. Asked once. @throws {ForgeError} */
  slug(): Promise<string>;
}

/** @param secrets Values that must never leave in a request's text, whatever put them there. */
export function createInstallations(
  credentials: AppCredentials,
  Octokit: typeof ProbotOctokit,
  secrets: readonly string[],
  isThrottled: boolean,
): Installations {
  const { baseUrl, appId, privateKey } = credentials;
  // Retrying a POST blindly would do it twice; steps retry, and look before they create.
  const app = new Octokit({ baseUrl, auth: { appId, privateKey }, retry: { enabled: false } });
  const clients = new Map<string, Octokit>();
  let slug: string | null = null;

  const mint = async (repository: RepositoryRef, permissions: Permissions, refresh: boolean): Promise<string> => {
    const ask = {
      type: 'installation',
      installationId: repository.installationId,
      repositoryNames: [repository.name],
      permissions,
      refresh,
    };
    const { token } = (await app.auth(ask)) as { token: string };
    return token;
  };

  const clientFor = (repository: RepositoryRef): Octokit => {
    const key = `${repository.installationId}:${fullName(repository)}`;
    const known = clients.get(key);
    if (known !== undefined) return known;
    const throttle = isThrottled ? { throttle: politeThrottle(repository.installationId) } : {};
    const client = new Octokit({ baseUrl, authStrategy: unauthenticated, retry: { enabled: false }, ...throttle });
    client.hook.wrap('request', async (request, options) => {
      if (options.method !== 'GET') redactTexts(options, secrets);
      const authorize = async (refresh: boolean) => {
        options.headers.authorization = `token ${await mint(repository, apiPermissions, refresh)}`;
      };
      await authorize(false);
      for (let tries = 0; ; tries++) {
        try {
          return await request(options);
        } catch (error) {
          // An expired token, or one so new that a replica of GitHub's does not know it yet (about five seconds).
          if (statusOf(error) !== 401 || tries >= maxUnauthorizedRetries) throw error;
          await pause(1_000 * 2 ** tries);
          await authorize(true);
        }
      }
    });
    clients.set(key, client);
    return client;
  };

  return {
    call: async (repository, what, work) => {
      try {
        return await work(clientFor(repository), { owner: repository.owner, repo: repository.name });
      } catch (error) {
        throw toForgeError(error, `${what} in ${fullName(repository)}`);
      }
    },
    gitToken: async (repository, refused) => {
      try {
        return await mint(repository, gitPermissions, refused !== undefined);
      } catch (error) {
        throw toForgeError(error, `get a git token for ${fullName(repository)}`);
      }
    },
    slug: async () => {
      if (slug !== null) return slug;
      try {
        const { data } = await app.rest.apps.getAuthenticated();
        if (typeof data?.slug !== 'string')
          throw new ForgeError('GitHub does not tell the name of the App', { isRetryable: false });
        slug = data.slug;
        return slug;
      } catch (error) {
        if (statusOf(error) === 401)
          throw new ForgeError(
            'GitHub does not know this App: do APP_ID and PRIVATE_KEY belong to one App of this host?',
            {
              status: 401,
              isRetryable: false,
            },
          );
        throw toForgeError(error, 'read who the App is');
      }
    },
  };
}

/** The fields in which we send text that models, logs or strangers had a part in. */
const textFields = ['title', 'body', 'message', 'output', 'inputs'] as const;

function redactTexts(options: Record<string, unknown>, secrets: readonly string[]): void {
  for (const field of textFields) {
    const value = options[field];
    if (typeof value === 'string') options[field] = redact(value, secrets);
    else if (typeof value === 'object' && value !== null) {
      options[field] = Object.fromEntries(
        Object.entries(value).map(([key, text]) => [key, typeof text === 'string' ? redact(text, secrets) : text]),
      );
    }
  }
}

const maxUnauthorizedRetries = 2;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const statusOf = (error: unknown): number | undefined => {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
};

/** The wrapped hook above brings the token; Octokit's own strategies would take one for the whole installation. */
const unauthenticated = () => ({
  hook: (request: (options: unknown) => unknown, options: unknown) => request(options),
});

/** A short wait is worth it inside a step; a longer one is an outage, which holds no lane and can be stopped. */
const longestThrottleSeconds = 10;

/** One bucket for each installation, as GitHub counts: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const politeThrottle = (installationId: number) => ({
  id: String(installationId),
  onRateLimit: maySoonRetry,
  onSecondaryRateLimit: maySoonRetry,
});

const maySoonRetry = (retryAfterSeconds: number, _options: object, _octokit: unknown, retryCount: number): boolean =>
  retryCount === 0 && retryAfterSeconds <= longestThrottleSeconds;

/** GitHub's word for what happened, once. Its own faults and rate limits pass with time; a bug of ours stays a bug. */
function toForgeError(error: unknown, what: string): unknown {
  const status = statusOf(error);
  const isGitHubs = status !== undefined || (error instanceof Error && error.name === 'GraphqlResponseError');
  if (!isGitHubs || error instanceof ForgeError) return error;
  // Octokit reports a broken connection as status 500 without a response.
  // A GraphQL error without a status is GitHub's "something went wrong"; our one mutation looks before it acts.
  const isRetryable = status === undefined || status >= 500 || status === 408 || status === 401 || isRateLimited(error);
  const retryAfter = Number(headersOf(error)['retry-after']);
  const said = error instanceof Error ? error.message.slice(0, 300) : String(error);
  return new ForgeError(`GitHub did not let us ${what}: ${status ?? 'no answer'} ${said}`, {
    ...(status === undefined ? {} : { status }),
    ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1000 } : {}),
    isRetryable,
    cause: error,
  });
}

const headersOf = (error: unknown): Readonly<Record<string, string | undefined>> =>
  (error as { response?: { headers?: Record<string, string> } } | null)?.response?.headers ?? {};

/** A 403 may say "not you" or "not now": https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isRateLimited(error: unknown): boolean {
  const status = statusOf(error);
  const headers = headersOf(error);
  const saysLater = headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0';
  return status === 429 || (status === 403 && saysLater);
}

/** For answers that are expected ends, not faults: the status, or the error again. A rate limit is always a fault. */
export async function orStatus<T>(
  statuses: readonly number[],
  work: () => Promise<T>,
): Promise<T | { readonly refused: number; readonly error: unknown }> {
  try {
    return await work();
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || !statuses.includes(status) || isRateLimited(error)) throw error;
    return { refused: status, error };
  }
}

export const isRefused = (answer: unknown): answer is { readonly refused: number; readonly error: unknown } =>
  typeof answer === 'object' && answer !== null && 'refused' in answer;
