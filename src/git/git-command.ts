import { GitError, GitPluginError, type SimpleGit, simpleGit } from 'simple-git';

/**
 * git ended badly. Stays inside this folder: callers of the port see a `ForgeError`.
 *
 * A `GitError`, because simple-git wraps any other class into one and only its message survives.
 */
export class GitFailure extends GitError {
  override readonly name = 'GitFailure';
  readonly stderr: string;
  readonly isTimeout: boolean;
  constructor(stderr: string, isTimeout = false) {
    super(undefined, isTimeout ? 'git did not end in time' : `git failed: ${stderr.slice(0, 2_000)}`);
    this.stderr = stderr;
    this.isTimeout = isTimeout;
  }
}

const localTimeoutMs = 120_000;

/**
 * The whole configuration git runs with: no file of the host or the user adds to it.
 *
 * Repositories are hostile input. Nothing here may start a program (hooks, helpers, drivers, remote helpers such as
 * `ext::`), ask a person, or reach another host than the one that was named.
 */
const configuration: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.attributesFile': '/dev/null',
  'core.quotePath': 'false',
  'core.sshCommand': 'false',
  'core.gitProxy': 'none',
  'core.askPass': '',
  'core.alternateRefsCommand': 'false',
  'credential.helper': '',
  'protocol.allow': 'never',
  'protocol.version': '2',
  // A redirect would carry the credentials to a host that nobody configured.
  'http.followRedirects': 'false',
  'http.sslVerify': 'true',
  'http.cookieFile': '',
  'http.extraHeader': '',
  'http.lowSpeedLimit': '1000',
  'http.lowSpeedTime': '60',
  'transfer.credentialsInUrl': 'die',
  // index-pack recomputes every object name anyway, and nothing is ever checked out: fsck would only refuse the odd
  // but real repositories that GitHub serves.
  'transfer.fsckObjects': 'false',
  // Packs appear whole or not at all. Unpacked objects do not: a kill would leave a commit without its files.
  'transfer.unpackLimit': '1',
  'fetch.unpackLimit': '1',
  // Neither may a server send us to addresses of its choice for parts of what it serves.
  'transfer.bundleURI': 'false',
  'fetch.bundleURI': '',
  'fetch.uriProtocols': '',
  'fetch.recurseSubmodules': 'false',
  'push.recurseSubmodules': 'no',
  'push.gpgSign': 'false',
  // Else a push sends the whole tree again once the branch we fetched from has moved on.
  'push.negotiate': 'true',
  'submodule.recurse': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
};

/** What an admin sets on the process so that the network can be reached at all. */
const networkVariables = [
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTPS_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** Environment of every git that we start, by simple-git or not. */
export function closedEnvironment(gitDir: string): Record<string, string> {
  const settings = Object.entries(configuration);
  return {
    PATH: process.env.PATH ?? '',
    // English messages; text is UTF-8 to regular expressions.
    LC_ALL: 'C.UTF-8',
    // Without HOME, curl would look up the user's .netrc by itself.
    HOME: '/nonexistent',
    GIT_DIR: gitDir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    // No protocol at all; stronger than any configuration. A command for the network names its one.
    GIT_ALLOW_PROTOCOL: '',
    // A git of the future may make repositories of other forms.
    GIT_DEFAULT_HASH: 'sha1',
    GIT_DEFAULT_REF_FORMAT: 'files',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/**
 * simple-git on a bare repository that need not exist yet, in the closed environment.
 *
 * simple-git refuses dangerous settings unless they are named; here they are what closes the environment. An instance
 * serves one command where `stdin` is given.
 */
export function gitIn(gitDir: string, stdin?: Buffer): SimpleGit {
  return configuredGit(closedEnvironment(gitDir), { blockMs: localTimeoutMs }, stdin);
}

/** The same with the network: more environment (credentials), and a limit on silence and on the whole. */
export function networkGitIn(
  gitDir: string,
  environment: Record<string, string>,
  limits: { silenceMs: number; totalMs: number; signal?: AbortSignal },
): SimpleGit {
  const passed = networkVariables.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return configuredGit(
    { ...closedEnvironment(gitDir), ...Object.fromEntries(passed), ...environment },
    {
      blockMs: limits.silenceMs,
      abort: AbortSignal.any([
        AbortSignal.timeout(limits.totalMs),
        ...(limits.signal === undefined ? [] : [limits.signal]),
      ]),
    },
  );
}

function configuredGit(
  environment: Record<string, string>,
  limits: { blockMs: number; abort?: AbortSignal },
  stdin?: Buffer,
): SimpleGit {
  return simpleGit({
    baseDir: '/',
    allowEnvironment: Object.keys(environment),
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeGitProxy: true,
      allowUnsafeHooksPath: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeSshCommand: true,
      allowUnsafeTemplateDir: true,
    },
    // By default output may be cut off 50 ms after the exit.
    completion: { onClose: true, onExit: false },
    timeout: { block: limits.blockMs },
    ...(limits.abort !== undefined && { abort: limits.abort }),
    ...(stdin !== undefined && { input: () => stdin }),
    errors(error, result) {
      if (error instanceof GitPluginError && (error.plugin === 'timeout' || error.plugin === 'abort')) {
        return new GitFailure('', true);
      }
      // A spawn that failed and a killed git have no exit code of git's own; all of them are failures.
      if (result.exitCode !== 0) return new GitFailure(Buffer.concat(result.stdErr).toString());
      return error;
    },
  }).env(environment);
}

/**
 * Standard output as exact bytes. simple-git's other calls decode UTF-8, which damages anything else.
 *
 * A caller may ask for thousands of files at once; only a few processes run at a time.
 */
export async function catFile(gitDir: string, args: readonly string[], stdin?: Buffer): Promise<Buffer> {
  while (running.size >= maxRunning) await Promise.race(running);
  const work = gitIn(gitDir, stdin).binaryCatFile([...args]);
  // What the race waits for: the end, good or bad.
  const end: Promise<unknown> = work.then(
    () => running.delete(end),
    () => running.delete(end),
  );
  running.add(end);
  const output: unknown = await work;
  if (!Buffer.isBuffer(output)) throw new TypeError('simple-git gave no bytes');
  return output;
}

const running = new Set<Promise<unknown>>();
const maxRunning = 8;
