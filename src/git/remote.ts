import { setTimeout as sleep } from 'node:timers/promises';
import { ForgeError } from '../domain/faults.ts';
import { fullName, type RepositoryRef, type Sha } from '../domain/ids.ts';
import { type Askpass, createAskpass, tokenUser } from './askpass.ts';
import { GitFailure, networkGitIn } from './git-command.ts';
import { assertRef, assertRemoteUrl } from './path-rules.ts';
import { remoteFault } from './remote-failure.ts';

/** A push needs the second, a fetch only the first. */
export type GitAccess = 'read' | 'write';

export interface ForgeRemoteOptions {
  /** An https address without credentials; http only on loopback. */
  remoteUrl(repository: RepositoryRef): string;
  /**
   * An installation token that may do this and no more, fresh or cached. Asked once more when GitHub refused one, which
   * is then `refusedToken`: a cache should not give that one again.
   */
  token(repository: RepositoryRef, access: GitAccess, refusedToken?: string): Promise<string>;
  /** How long to wait before the second token: GitHub may not know a new one for about five seconds. */
  readonly unauthorizedPauseMs?: number;
}

/** The repository on the forge, as seen from a mirror. */
export interface Remote {
  /**
   * Fetches commits without their history, each kept by a ref of its own.
   *
   * @throws {ForgeError} when the remote is at fault. @throws {GitFailure} when the mirror is.
   */
  fetch(gitDir: string, commits: readonly Sha[]): Promise<void>;
  push(gitDir: string, commit: Sha, ref: string): Promise<void>;
}

/** Where each repository lies. */
export interface Remotes {
  /** @throws {ConfigError} when it has no address that may be asked. */
  of(repository: RepositoryRef): Remote;
  close(): void;
}

/** Repositories on a forge, over https, with a token for each command. `close` removes the script by which git asks for it. */
export function createForgeRemotes(options: ForgeRemoteOptions): Remotes {
  const askpass = createAskpass();
  return {
    of: (repository) => createForgeRemote(options, repository, askpass),
    close: () => askpass.close(),
  };
}

/** Silence is counted between two signs of progress. */
const limits = { silenceMs: 120_000, totalMs: 30 * 60_000 };

function createForgeRemote(options: ForgeRemoteOptions, repository: RepositoryRef, askpass: Askpass): Remote {
  const url = assertRemoteUrl(options.remoteUrl(repository));
  // The user name in the address makes git ask only for the password.
  const address = Object.assign(new URL(url), { username: tokenUser }).href;
  const name = fullName(repository);

  return {
    async fetch(gitDir, commits) {
      const refspecs = commits.map((commit) => `+${commit}:refs/ai-fix/held/${commit}`);
      const switches = ['--progress', '--depth=1', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
      await withToken(`fetch from ${name}`, 'read', gitDir, ['fetch', ...switches, '--', address, ...refspecs]);
    },
    async push(gitDir, commit, ref) {
      assertRef(ref);
      const switches = ['--progress', '--force', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'];
      await withToken(`push to ${name}`, 'write', gitDir, ['push', ...switches, '--', address, `${commit}:${ref}`]);
    },
  };

  /** Once more with another token when the first is refused: a new one may be unknown for about five seconds. */
  async function withToken(what: string, access: GitAccess, gitDir: string, args: readonly string[]): Promise<void> {
    const token = await options.token(repository, access);
    try {
      await run(what, gitDir, args, token);
    } catch (error) {
      if (!(error instanceof ForgeError) || error.status !== 401) throw error;
      await sleep(options.unauthorizedPauseMs ?? 5_000);
      await run(what, gitDir, args, await options.token(repository, access, token));
    }
  }

  async function run(what: string, gitDir: string, args: readonly string[], token: string): Promise<void> {
    try {
      await askpass.lend(token, url, async (environment) => {
        await networkGitIn(gitDir, { ...environment, ...protocolOf(url) }, limits).raw([...args]);
      });
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      const failure = new GitFailure(withoutToken(error.stderr, token), error.isTimeout);
      throw remoteFault(failure, what) ?? failure;
    }
  }
}

/** Narrows what git may speak to the one protocol of this remote. */
const protocolOf = (url: URL): Record<string, string> => ({ GIT_ALLOW_PROTOCOL: url.protocol.slice(0, -1) });

/** A remote may print back what it was sent. */
function withoutToken(text: string, token: string): string {
  const encoded = Buffer.from(`${tokenUser}:${token}`).toString('base64');
  return text.replaceAll(token, '***').replaceAll(encoded, '***');
}
