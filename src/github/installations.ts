import type { ProbotOctokit } from 'probot';
import { ForgeError } from '../domain/faults.ts';
import { fullName, type RepositoryRef } from '../domain/ids.ts';
import type { Redactor } from '../domain/redact.ts';
import { assertRepository } from '../domain/repository-name.ts';
import { statusOf, toForgeError } from './forge-fault.ts';
import { createTokenMint, type TokenMint, type TokenPlace } from './installation-tokens.ts';
import { permissionsFor } from './least-permissions.ts';
import { assertAddress, cleanTexts } from './outgoing-requests.ts';
import type { BeforeWrite } from './write-guard.ts';

export type Octokit = InstanceType<typeof ProbotOctokit>;

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
  /** The same for what is about no single repository: the token is good for all of the installation. @throws {ForgeError} */
  callWide<T>(installationId: number, what: string, work: (octokit: Octokit) => Promise<T>): Promise<T>;
  /** Runs REST calls as the App itself, which reach no repository. @throws {ForgeError} */
  asApp<T>(what: string, work: (app: Octokit) => Promise<T>): Promise<T>;
  /** A token for git over HTTPS; a fresh one when GitHub refused the last. @throws {ForgeError} */
  gitToken(repository: RepositoryRef, access: 'read' | 'write', refused?: string): Promise<string>;
  /** The App's own name on GitHub; its comments are by `<slug>[bot]`. Asked once. @throws {ForgeError} */
  slug(): Promise<string>;
}

/**
 * @param redactor Every text that leaves passes it; it learns every token.
 * @param beforeWrite Asked before each writing request; what it throws keeps the request from being made.
 */
export function createInstallations(
  credentials: AppCredentials,
  Octokit: typeof ProbotOctokit,
  redactor: Redactor,
  isThrottled: boolean,
  beforeWrite: BeforeWrite = async () => undefined,
): Installations {
  const { baseUrl, appId, privateKey } = credentials;
  // Retrying a POST blindly would do it twice; steps retry, and look before they create.
  const app = new Octokit({ baseUrl, auth: { appId, privateKey }, retry: { enabled: false } });
  const tokens = createTokenMint(app, redactor);
  const clients = new Map<string, Octokit>();
  let slug: string | null = null;

  const clientFor = (place: TokenPlace): Octokit => {
    const key = `${place.installationId}:${'name' in place ? fullName(place) : ''}`;
    const known = clients.get(key);
    if (known !== undefined) return known;
    const throttle = isThrottled ? { throttle: politeThrottle(place.installationId) } : {};
    const client = new Octokit({ baseUrl, authStrategy: unauthenticated, retry: { enabled: false }, ...throttle });
    guardRequests(client, place, { tokens, redactor, beforeWrite });
    clients.set(key, client);
    return client;
  };

  return {
    call: async (repository, what, work) => {
      assertRepository(repository);
      try {
        return await work(clientFor(repository), { owner: repository.owner, repo: repository.name });
      } catch (error) {
        throw toForgeError(error, `${what} in ${fullName(repository)}`);
      }
    },
    callWide: async (installationId, what, work) => {
      try {
        return await work(clientFor({ installationId }));
      } catch (error) {
        throw toForgeError(error, what);
      }
    },
    asApp: async (what, work) => {
      try {
        return await work(app);
      } catch (error) {
        throw toForgeError(error, what);
      }
    },
    gitToken: async (repository, access, refused) => {
      assertRepository(repository);
      return tokens.mint(repository, { contents: access }, refused !== undefined);
    },
    slug: async () => {
      slug ??= await readSlug(app);
      return slug;
    },
  };
}

interface Guards {
  readonly tokens: TokenMint;
  readonly redactor: Redactor;
  readonly beforeWrite: BeforeWrite;
}

/** Every request of a client passes here: its address, its texts, and a token with what it needs and no more. */
function guardRequests(client: Octokit, place: TokenPlace, { tokens, redactor, beforeWrite }: Guards): void {
  client.hook.wrap('request', async (request, options) => {
    assertAddress(options);
    cleanTexts(options, redactor);
    const permissions = permissionsFor(options.method, options.url, options.query as string | undefined);
    const authorize = async (refresh: boolean) => {
      options.headers.authorization = `token ${await tokens.mint(place, permissions, refresh)}`;
    };
    await authorize(false);
    if (isWrite(options.method, options.query)) await beforeWrite(place.installationId);
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
}

/** GraphQL asks by POST too. */
const isWrite = (method: string, query: unknown): boolean =>
  method !== 'GET' && !(typeof query === 'string' && /^\s*query\b/.test(query));

async function readSlug(app: Octokit): Promise<string> {
  try {
    const { data } = await app.rest.apps.getAuthenticated();
    if (typeof data?.slug === 'string') return data.slug;
    throw new ForgeError('GitHub does not tell the name of the App', { isRetryable: false });
  } catch (error) {
    if (statusOf(error) !== 401) throw toForgeError(error, 'read who the App is');
    const message = 'GitHub does not know this App: do APP_ID and PRIVATE_KEY belong to one App of this host?';
    throw new ForgeError(message, { status: 401, isRetryable: false });
  }
}

const maxUnauthorizedRetries = 2;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

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
