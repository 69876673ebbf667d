import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** User name of every request; GitHub only looks at the token. */
export const tokenUser = 'x-access-token';

export interface Askpass {
  /** Lends the token to one git command. `environment` is what that command needs to ask for it. */
  lend<T>(token: string, origin: URL, run: (environment: Record<string, string>) => Promise<T>): Promise<T>;
  close(): void;
}

const askerSource = `import { connect } from 'node:net';
const socket = connect(process.env.AI_FIX_ASKPASS_SOCKET);
socket.on('error', () => process.exit(1));
socket.write(process.argv[2] + '\\0');
socket.pipe(process.stdout);
`;

/**
 * Credentials for git that stand neither on the disk, nor in argv, nor in the environment of any process.
 *
 * git starts our asker with its question; the asker passes it on to a socket that only this user can open and that
 * lives as long as the command. The token is told only to the question about the expected host.
 */
export function createAskpass(): Askpass {
  const folder = mkdtempSync(join(tmpdir(), 'ai-fix-'));
  const asker = join(folder, 'asker.mjs');
  const script = join(folder, 'askpass');
  writeFileSync(asker, askerSource, { mode: 0o600 });
  // By sh, because a shebang can't hold every path that node may have.
  writeFileSync(script, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(asker)} "$1"\n`, { mode: 0o700 });
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);

  return {
    async lend(token, origin, run) {
      const path = join(folder, `${randomBytes(6).toString('hex')}.sock`);
      const question = `Password for '${origin.protocol}//${tokenUser}@${origin.host}': `;
      const server = answering(question, token);
      server.listen(path);
      await once(server, 'listening');
      try {
        await chmod(path, 0o600);
        return await run({ GIT_ASKPASS: script, AI_FIX_ASKPASS_SOCKET: path });
      } finally {
        server.close();
      }
    },
    close() {
      process.off('exit', removeFolder);
      removeFolder();
    },
  };
}

function answering(question: string, token: string): Server {
  return createServer((connection) => {
    let asked = '';
    connection.setTimeout(10_000, () => connection.destroy());
    connection.on('error', () => connection.destroy());
    connection.on('data', (chunk) => {
      asked += chunk.toString();
      if (asked.endsWith('\0')) connection.end(asked === `${question}\0` ? `${token}\n` : '');
      else if (asked.length > 4_096) connection.destroy();
    });
  });
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
