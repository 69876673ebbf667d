import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

export interface GitHttpOptions {
  /** Folder that holds the bare repositories as `<owner>/<name>.git`. */
  readonly root: string;
  authorize(ask: { repository: string; token: string | null; isWrite: boolean }): 200 | 401 | 403 | 404;
  /** Runs when refs may have moved; the pusher's answer ends only after it, so a test never races with it. */
  afterPush(repository: string): Promise<void>;
  /** More environment for git, so that server-side hooks see who pushes. */
  environment?(ask: { repository: string; token: string | null }): Record<string, string>;
}

/**
 * Serves git's smart HTTP by the stock `git http-backend`, at `/<owner>/<name>[.git]/…` as GitHub does.
 *
 * Any existing commit may be fetched by its SHA, reachable or not, as on GitHub. Answers false, and leaves the request
 * untouched, when the URL is no git URL.
 */
export async function handleGit(
  request: IncomingMessage,
  response: ServerResponse,
  options: GitHttpOptions,
): Promise<boolean> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const route = /^\/([\w.-]+)\/([\w.-]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(url.pathname);
  const [, owner = '', name = '', action = ''] = route ?? [];
  const service = action === 'info/refs' ? url.searchParams.get('service') : action;
  if (route === null || isDotSegment(owner) || isDotSegment(name)) return false;

  const ask = { repository: `${owner}/${name}`, token: tokenOf(request.headers.authorization) };
  const status = options.authorize({ ...ask, isWrite: service === 'git-receive-pack' });
  if (status !== 200) {
    refuse(request, response, status);
    return true;
  }
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...backendEnvironment(request, url),
      ...options.environment?.(ask),
      GIT_PROJECT_ROOT: options.root,
      PATH_INFO: `/${ask.repository}.git/${action}`,
      // Without a user the backend refuses pushes by itself; here only `authorize` judges.
      REMOTE_USER: 'judged',
    },
    // What it says there, it tells the client too.
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await relay(request, response, backend, async () => {
    if (action === 'git-receive-pack') await options.afterPush(ask.repository);
  });
  return true;
}

const isDotSegment = (segment: string): boolean => segment === '.' || segment === '..';

/** git sends Basic with the token as the password, whatever the user name; REST clients send Bearer or token. */
function tokenOf(authorization: string | undefined): string | null {
  const [, scheme = '', credentials = ''] = /^(basic|bearer|token) +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (scheme === '') return null;
  if (scheme.toLowerCase() !== 'basic') return credentials;
  const userAndPassword = Buffer.from(credentials, 'base64').toString();
  return userAndPassword.slice(userAndPassword.indexOf(':') + 1);
}

function refuse(request: IncomingMessage, response: ServerResponse, status: 401 | 403 | 404): void {
  const texts = { 401: 'Requires authentication', 403: 'Write access denied', 404: 'Repository not found.' };
  request.resume();
  response.writeHead(status, {
    'content-type': 'text/plain',
    ...(status === 401 && { 'www-authenticate': 'Basic realm="GitHub"' }),
  });
  response.end(texts[status]);
}

/** The CGI variables of one request, on top of a closed git configuration. */
function backendEnvironment(request: IncomingMessage, url: URL): Record<string, string> {
  const header = (name: string): string => String(request.headers[name] ?? '');
  return {
    PATH: process.env.PATH ?? '',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'uploadpack.allowAnySHA1InWant',
    GIT_CONFIG_VALUE_0: 'true',
    GIT_CONFIG_KEY_1: 'uploadpack.allowFilter',
    GIT_CONFIG_VALUE_1: 'true',
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: header('git-protocol'),
    REQUEST_METHOD: request.method ?? 'GET',
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    REMOTE_ADDR: '127.0.0.1',
    // Absent for chunked bodies: the backend then reads to the end.
    ...(request.headers['content-length'] !== undefined && { CONTENT_LENGTH: request.headers['content-length'] }),
  };
}

async function relay(
  request: IncomingMessage,
  response: ServerResponse,
  backend: ChildProcess,
  beforeEnd: () => Promise<void>,
): Promise<void> {
  const { stdin, stdout } = backend;
  if (stdin === null || stdout === null) throw new Error('git http-backend was started without pipes');
  const closed = once(backend, 'close');
  // The backend may end before it read everything (a refused push); that is its right.
  stdin.on('error', () => undefined);
  response.on('close', () => backend.kill());
  request.pipe(stdin);
  try {
    const body = await readHead(stdout, response);
    response.write(body);
    stdout.pipe(response, { end: false });
    await closed;
    await beforeEnd();
    response.end();
  } catch (error) {
    // A cut answer tells the client that something went wrong, whatever was already sent.
    const isClientGone = response.destroyed;
    response.destroy();
    if (!isClientGone) throw error;
  }
}

/** Reads the CGI header, sends it as HTTP's, and returns what of the body came with it. */
async function readHead(stdout: Readable, response: ServerResponse): Promise<Buffer> {
  let head = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const chunk: Buffer | null = stdout.read();
    if (chunk === null) {
      if (stdout.readableEnded) throw new Error('git http-backend ended without an answer');
      await Promise.race([once(stdout, 'readable'), once(stdout, 'end')]);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    end = head.indexOf('\r\n\r\n');
  }
  let status = 200;
  for (const line of head.subarray(0, end).toString().split('\r\n')) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).trim();
    if (line.slice(0, colon).toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(line.slice(0, colon), value);
  }
  response.writeHead(status);
  return head.subarray(end + 4);
}
