import type { Json } from './json.ts';
import type { ActionsCache } from './repository.ts';
import { notFound, page, type Routes } from './site.ts';

/** What is asked about a repository before or after a fix, and never in one. */
export const setUpRoutes: Routes = {
  'repos/get-branch-rules': async (call) => {
    const { items, headers } = page(call, call.repository.switches.branchRules);
    const from = { ruleset_source_type: 'Repository', ruleset_source: call.repository.fullName, ruleset_id: 1 };
    return { status: 200, body: items.map((type) => ({ type, ...from })), headers };
  },
  'actions/get-actions-cache-list': async (call) => {
    const { caches } = call.repository;
    const { items, headers } = page(call, caches);
    return { status: 200, body: { total_count: caches.length, actions_caches: items.map(cacheJson) }, headers };
  },
  'actions/delete-actions-cache-by-id': async ({ repository: { caches }, parameters }) => {
    const index = caches.findIndex(({ id }) => id === Number(parameters.cache_id));
    if (index < 0) return notFound();
    caches.splice(index, 1);
    return { status: 204 };
  },
};

const cacheJson = ({ id, key, ref, createdAt }: ActionsCache): Json => ({
  id,
  key,
  ref,
  version: '1',
  last_accessed_at: createdAt,
  created_at: createdAt,
  size_in_bytes: 1,
});
