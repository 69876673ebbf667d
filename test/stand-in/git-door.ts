import type { IncomingMessage, ServerResponse } from 'node:http';
import { gitAccess, identifyToken } from './access.ts';
import { handleGit } from './git-http.ts';
import { type JournalEntry, tokenDigest } from './journal.ts';
import { announceRefs } from './ref-changes.ts';
import { mayWriteWorkflows } from './repository.ts';
import type { Caller, Site } from './site.ts';

/** Clone, fetch and push, with the same callers, faults and journal as REST. False when the URL is none of git's. */
export async function handleGitRequest(
  site: Site,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const service = /\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(url.pathname)?.[1];
  if (service === undefined) return false;
  const method = request.method ?? 'GET';
  const fault = site.faults.choose({ method, path: url.pathname, body: undefined });
  const effect = await fault.before();
  if (effect.kind === 'disconnect') {
    response.destroy();
    return true;
  }
  if (effect.kind === 'answer') {
    response.writeHead(effect.status, effect.headers).end(JSON.stringify(effect.body));
    return true;
  }
  let caller: Caller | null = null;
  const isHandled = await handleGit(request, response, {
    root,
    authorize: ({ repository, token, isWrite }) => {
      caller = token === null ? { kind: 'anonymous', login: null, token: null } : identifyToken(site, token);
      const status = gitAccess(site, caller, site.repositories.get(repository.toLowerCase()), isWrite);
      site.journal.record(gitEntry(method, `${url.pathname}${url.search}`, caller, status));
      return status;
    },
    environment: ({ repository, token }) => {
      const takesAll = site.repositories.get(repository.toLowerCase())?.switches.takesOtherWorkflows === true;
      return { [mayWriteWorkflows]: takesAll || mayChangeWorkflows(site, token) ? '1' : '0' };
    },
    afterPush: async (fullName) => {
      const repository = site.repositories.get(fullName.toLowerCase());
      if (repository !== undefined) await announceRefs(site, repository, caller?.login ?? 'ghost');
      if ((await fault.after()).kind === 'disconnect') response.destroy();
    },
  });
  return isHandled;
}

function mayChangeWorkflows(site: Site, token: string | null): boolean {
  const caller = token === null ? null : identifyToken(site, token);
  if (caller?.kind === 'installation') return caller.grant.permissions.workflows === 'write';
  return caller?.kind === 'user';
}

const gitEntry = (method: string, path: string, caller: Caller | null, status: number): JournalEntry => ({
  method,
  path,
  by: caller?.kind ?? 'anonymous',
  login: caller?.login ?? null,
  token: caller?.kind === 'installation' ? tokenDigest(caller.token) : null,
  needs: [path.includes('git-receive-pack') ? 'contents:write' : 'contents:read'],
  operationId: path.includes('git-receive-pack') ? 'git-push' : 'git-fetch',
  requestBody: undefined,
  status,
  problems: [],
  responseProblems: [],
});
