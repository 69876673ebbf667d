import { gitOrNull, gitText } from './git.ts';
import type { JsonObject } from './json.ts';
import { asText } from './json.ts';
import { findObject } from './object-reader.ts';
import { announceRefs } from './ref-changes.ts';
import { type Repository, readRefs, resolveCommit, workflowsTree } from './repository.ts';
import { type Answer, type Call, notFound, type Routes, refuse } from './site.ts';

/** Reading and moving refs, with GitHub's refusals. */
export const refRoutes: Routes = {
  'git/get-ref': async (call) => {
    const ref = `refs/${call.parameters.ref}`;
    const sha = (await readRefs(call.repository.folder)).get(ref);
    return sha === undefined ? notFound() : { status: 200, body: await refJson(call, ref, sha) };
  },
  'git/list-matching-refs': async (call) => {
    const prefix = `refs/${call.parameters.ref}`;
    const matching = [...(await readRefs(call.repository.folder))].filter(([ref]) => ref.startsWith(prefix));
    return { status: 200, body: await Promise.all(matching.map(([ref, sha]) => refJson(call, ref, sha))) };
  },
  'git/create-ref': createRef,
  'git/update-ref': updateRef,
  'git/delete-ref': async (call) => {
    const ref = `refs/${call.parameters.ref}`;
    const before = (await readRefs(call.repository.folder)).get(ref);
    if (before === undefined) return refuse(422, 'Reference does not exist');
    if (ref === `refs/heads/${call.repository.defaultBranch}`) {
      return refuse(422, 'Cannot delete the default branch');
    }
    await gitText(call.repository.folder, ['update-ref', '-d', ref, before]);
    await announceRefs(call.site, call.repository, call.caller.login ?? '');
    return { status: 204 };
  },
};

async function createRef(call: Call): Promise<Answer> {
  const { folder } = call.repository;
  const ref = asText(call.body.ref);
  const sha = asText(call.body.sha);
  if (!(await isRefName(folder, ref))) return refuse(422, `${ref} is not a valid ref name.`);
  const refusal = await refuseTarget(call, ref, sha);
  if (refusal !== null) return refusal;
  // git itself decides between two creations at the same time.
  const made = await gitOrNull(folder, ['update-ref', ref, sha, '0'.repeat(40)]);
  if (made === null) return refuse(422, 'Reference already exists');
  await announceRefs(call.site, call.repository, call.caller.login ?? '');
  return { status: 201, body: await refJson(call, ref, sha) };
}

async function updateRef(call: Call): Promise<Answer> {
  const { folder } = call.repository;
  const ref = `refs/${call.parameters.ref}`;
  const sha = asText(call.body.sha);
  const before = (await readRefs(folder)).get(ref);
  if (before === undefined) return refuse(422, 'Reference does not exist');
  const refusal = await refuseTarget(call, ref, sha);
  if (refusal !== null) return refusal;
  const isForward = (await gitOrNull(folder, ['merge-base', '--is-ancestor', before, sha])) !== null;
  if (!isForward && call.body.force !== true) return refuse(422, 'Update is not a fast forward');
  const moved = await gitOrNull(folder, ['update-ref', ref, sha, before]);
  if (moved === null) return refuse(422, 'Update is not a fast forward');
  await announceRefs(call.site, call.repository, call.caller.login ?? '');
  return { status: 200, body: await refJson(call, ref, sha) };
}

/** GitHub wants at least two slashes, and git's own rules for names. */
async function isRefName(folder: string, ref: string): Promise<boolean> {
  return /^refs\/[^/]+\/.+/.test(ref) && (await gitOrNull(folder, ['check-ref-format', ref])) !== null;
}

async function refuseTarget(call: Call, ref: string, sha: string): Promise<Answer | null> {
  const { folder } = call.repository;
  if (!/^[0-9a-f]{40}$/.test(sha)) return refuse(422, 'The sha parameter must be exactly 40 characters.');
  if ((await resolveCommit(folder, sha)) === null) return refuse(422, 'Object does not exist');
  if (ref.startsWith('refs/pull/')) return refuse(422, 'Reference name is reserved');
  const mayChangeWorkflows = call.caller.kind !== 'installation' || call.caller.grant.permissions.workflows === 'write';
  if (
    mayChangeWorkflows ||
    call.repository.switches.takesOtherWorkflows ||
    (await hasDefaultWorkflows(call.repository, sha))
  )
    return null;
  return refuse(403, 'Resource not accessible by integration');
}

async function hasDefaultWorkflows(repository: Repository, sha: string): Promise<boolean> {
  const wanted = await workflowsTree(repository.folder, `refs/heads/${repository.defaultBranch}`);
  return (await workflowsTree(repository.folder, sha)) === wanted;
}

async function refJson(call: Call, ref: string, sha: string): Promise<JsonObject> {
  const type = (await findObject(call.repository.folder, sha))?.type ?? '';
  const base = `${call.site.url}/repos/${call.repository.fullName}/git`;
  return {
    ref,
    node_id: Buffer.from(`Ref${call.repository.id}:${ref}`).toString('base64'),
    url: `${base}/${ref}`,
    object: { type, sha, url: `${base}/${type}s/${sha}` },
  };
}
