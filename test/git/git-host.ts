import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { asSha, type RepositoryRef, type Sha } from '../../src/domain/ids.ts';
import { createGitWorkspace, type GitWorkspaceOptions } from '../../src/git/git-workspace.ts';
import { createForgeRemotes, type ForgeRemoteOptions } from '../../src/git/remote.ts';
import { handleGit } from '../stand-in/git-http.ts';
import { asyncServer } from '../support/async-server.ts';

export const validToken = 'ghs_ValidTokenThatMustNotLeak0123456789';

export interface SeedFile {
  /** Bytes where a name is not UTF-8. */
  readonly path: string | Buffer;
  readonly mode?: '100644' | '100755' | '120000' | '160000';
  /** Bytes of the file, target of the link, or object name of the submodule. */
  readonly content: string | Buffer;
}

/** A git host on loopback, for one test file. Any request that is no git request of a known repository gets 404. */
export interface GitHost {
  readonly url: string;
  /** Scratch folder that disappears with the host. */
  readonly scratch: string;
  /** Method and URL of every request so far. */
  readonly requests: string[];
  /** Answers the next requests with these statuses, one each, instead of serving them. */
  readonly nextStatuses: number[];
  /** While set, an answer waits for this before it starts. */
  hold: ((request: IncomingMessage) => Promise<void>) | null;
  /** While set, every request is sent there with a 301. */
  redirectTo: string | null;
  /** Tokens that may read; the valid one may write too. */
  readonly readTokens: Set<string>;
  commit(repository: string, files: readonly SeedFile[], options?: { parent?: Sha; ref?: string }): Sha;
  /** Runs git in the bare repository on the server's side. */
  git(repository: string, args: readonly string[], input?: Buffer): Buffer;
  close(): Promise<void>;
}

export async function startGitHost(): Promise<GitHost> {
  const scratch = mkdtempSync(join(tmpdir(), 'git-host-'));
  const root = join(scratch, 'root');
  const known = new Set<string>();
  const server = asyncServer(async (request, response) => {
    host.requests.push(`${request.method} ${request.url}`);
    await host.hold?.(request);
    if (host.redirectTo !== null) {
      response.writeHead(301, { location: `${host.redirectTo}${request.url}` }).end();
      return;
    }
    const status = host.nextStatuses.shift();
    if (status !== undefined) {
      response.writeHead(status, status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {}).end();
      return;
    }
    const isHandled = await handleGit(request, response, {
      root,
      authorize({ repository, token, isWrite }) {
        if (token === null) return 401;
        if (token !== validToken && !host.readTokens.has(token)) return 401;
        if (!known.has(repository)) return 404;
        return isWrite && token !== validToken ? 403 : 200;
      },
      afterPush: async () => undefined,
    });
    if (!isHandled) response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the host listens on no port');

  const host: GitHost = {
    url: `http://127.0.0.1:${address.port}`,
    scratch,
    requests: [],
    nextStatuses: [],
    hold: null,
    redirectTo: null,
    readTokens: new Set(),
    commit(repository, files, options = {}) {
      if (!known.has(repository)) {
        const path = join(root, `${repository}.git`);
        mkdirSync(dirname(path), { recursive: true });
        execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', path]);
        known.add(repository);
      }
      const { ref = 'refs/heads/main' } = options;
      host.git(repository, ['fast-import', '--quiet', '--force'], fastImport(files, ref, options.parent));
      return asSha(host.git(repository, ['rev-parse', ref]).toString().trim());
    },
    git: (repository, args, input) =>
      execFileSync('git', ['-C', join(root, `${repository}.git`), ...args], {
        input: input ?? Buffer.alloc(0),
        maxBuffer: 1e9,
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(scratch, { recursive: true, force: true });
    },
  };
  return host;
}

export type GitWorkspace = ReturnType<typeof createGitWorkspace>;

export type WorkspaceOrder = Pick<GitWorkspaceOptions, 'mirrorsDir'> & ForgeRemoteOptions;

/** A workspace on the host; its mirrors lie in the host's scratch folder, by default in a new one each. */
export function workspaceOn(host: GitHost, options: Partial<WorkspaceOrder> = {}): GitWorkspace {
  const { mirrorsDir = mkdtempSync(join(host.scratch, 'mirrors-')), ...more } = options;
  const remotes = createForgeRemotes({
    remoteUrl: ({ owner, name }) => `${host.url}/${owner}/${name}.git`,
    token: async () => validToken,
    unauthorizedPauseMs: 0,
    ...more,
  });
  return createGitWorkspace({ mirrorsDir, remotes });
}

export const repositoryNamed = (name: string): RepositoryRef => ({ installationId: 1, owner: 'acme', name });

/** A stream for `git fast-import`: it takes modes, links, submodules and names that no file system would. */
function fastImport(files: readonly SeedFile[], ref: string, parent: Sha | undefined): Buffer {
  const message = 'seed';
  const parts: (string | Buffer)[] = [
    `commit ${ref}\ncommitter Seed <seed@example.com> 1700000000 +0000\ndata ${message.length}\n${message}\n`,
    ...(parent === undefined ? [] : [`from ${parent}\n`]),
    'deleteall\n',
  ];
  for (const { path, mode = '100644', content } of files) {
    if (mode === '160000') parts.push(`M ${mode} ${content.toString()} `, quoted(path), '\n');
    else {
      const bytes = Buffer.from(content as string);
      parts.push(`M ${mode} inline `, quoted(path), `\ndata ${bytes.length}\n`, bytes, '\n');
    }
  }
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

/** C-style, every byte in octal: no name needs a special case. */
function quoted(path: string | Buffer): string {
  const bytes = typeof path === 'string' ? Buffer.from(path) : path;
  return `"${[...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;
}
