/**
 * Who may call what.
 *
 * GitHub's description does not tell which permission an operation needs, so the table below does, from the page
 * https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps. Any one of an operation's
 * permissions is enough. An operation that is not in it is refused to installations.
 */
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

const roleOrder: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** A role that an organization made for itself out of another, which GitHub calls a custom repository role. */
export interface CustomRole {
  readonly name: string;
  readonly base: 'read' | 'triage' | 'write' | 'maintain';
}
export type RoleGrant = Role | CustomRole;

export const baseRole = (grant: RoleGrant): Role => (typeof grant === 'string' ? grant : grant.base);
export const roleName = (grant: RoleGrant): string => (typeof grant === 'string' ? grant : grant.name);

export const hasRole = (role: Role, wanted: Role): boolean => roleOrder.indexOf(role) >= roleOrder.indexOf(wanted);

/** GitHub's older field knows only four levels. */
export function legacyPermission(role: Role): 'admin' | 'write' | 'read' | 'none' {
  if (role === 'maintain') return 'write';
  return role === 'triage' ? 'read' : role;
}

export type Need = `${string}:${'read' | 'write'}`;

const conversation = ['issues', 'pull_requests'];
const needsByGroup: readonly (readonly [needs: readonly Need[], operations: string])[] = [
  [
    ['metadata:read'],
    'apps/list-repos-accessible-to-installation repos/get repos/get-branch-rules repos/get-collaborator-permission-level',
  ],
  [['metadata:read'], 'rate-limit/get meta/get users/get-by-username search/issues-and-pull-requests'],
  [
    ['contents:read'],
    'git/get-blob git/get-commit git/get-ref git/get-tree git/list-matching-refs repos/compare-commits repos/get-branch ' +
      'repos/get-commit repos/get-content repos/list-branches repos/list-commits',
  ],
  [
    ['contents:write'],
    'git/create-blob git/create-commit git/create-ref git/create-tree git/delete-ref git/update-ref pulls/merge',
  ],
  [
    readOf(conversation),
    'issues/get issues/list-for-repo issues/get-comment issues/get-label issues/list-comments issues/list-comments-for-repo ' +
      'issues/list-events-for-timeline issues/list-labels-for-repo issues/list-labels-on-issue ' +
      'reactions/list-for-issue reactions/list-for-issue-comment',
  ],
  [
    writeOf(conversation),
    'issues/add-assignees issues/add-labels issues/create-comment issues/create-label issues/delete-comment ' +
      'issues/delete-label issues/remove-label issues/set-labels issues/update issues/update-comment issues/update-label ' +
      'reactions/create-for-issue reactions/create-for-issue-comment reactions/delete-for-issue ' +
      'reactions/delete-for-issue-comment',
  ],
  [['issues:write'], 'issues/create'],
  [
    ['pull_requests:read'],
    'pulls/get pulls/get-review pulls/get-review-comment pulls/list pulls/list-comments-for-review pulls/list-commits ' +
      'pulls/list-files pulls/list-review-comments pulls/list-reviews repos/list-pull-requests-associated-with-commit',
  ],
  [
    ['pull_requests:write'],
    'pulls/create pulls/create-reply-for-review-comment pulls/create-review pulls/create-review-comment ' +
      'pulls/dismiss-review pulls/remove-requested-reviewers pulls/request-reviewers pulls/submit-review pulls/update ' +
      'reactions/create-for-pull-request-review-comment',
  ],
  [
    ['checks:read'],
    'checks/get checks/get-suite checks/list-annotations checks/list-for-ref checks/list-for-suite ' +
      'checks/list-suites-for-ref',
  ],
  [['checks:write'], 'checks/create checks/update'],
  [['statuses:read'], 'repos/list-commit-statuses-for-ref'],
  [['statuses:write'], 'repos/create-commit-status'],
  [
    ['actions:read'],
    'actions/download-artifact actions/download-job-logs-for-workflow-run actions/download-workflow-run-logs ' +
      'actions/get-actions-cache-list actions/get-artifact actions/get-job-for-workflow-run actions/get-workflow actions/get-workflow-run ' +
      'actions/list-jobs-for-workflow-run actions/list-repo-workflows actions/list-workflow-run-artifacts ' +
      'actions/list-workflow-runs actions/list-workflow-runs-for-repo',
  ],
  [
    ['actions:write'],
    'actions/cancel-workflow-run actions/create-workflow-dispatch actions/delete-actions-cache-by-id actions/re-run-workflow ' +
      'actions/re-run-workflow-failed-jobs',
  ],
  // The only one of an organization: a token for one repository has it too, where it was asked for.
  [['members:read'], 'teams/get-membership-for-user-in-org'],
];

/** What only a JSON web token of the App itself may ask. */
export const appOnlyOperations: ReadonlySet<string> = new Set([
  'apps/create-installation-access-token',
  'apps/get-authenticated',
  'apps/get-installation',
  'apps/get-repo-installation',
  'apps/get-webhook-config-for-app',
  'apps/list-installations',
  'apps/list-webhook-deliveries',
]);

function readOf(permissions: readonly string[]): Need[] {
  return permissions.map((permission): Need => `${permission}:read`);
}
function writeOf(permissions: readonly string[]): Need[] {
  return permissions.map((permission): Need => `${permission}:write`);
}

const needs = new Map<string, readonly Need[]>();
for (const [group, operations] of needsByGroup)
  for (const operation of operations.split(' ')) needs.set(operation, group);

/** Any one of these is enough for the operation. */
export const needsOf = (operation: string): readonly Need[] => needs.get(operation) ?? [];

/** Null when the permissions are enough, else what is missing. */
export function missingPermission(operation: string, permissions: Readonly<Record<string, string>>): string | null {
  const wanted = needs.get(operation);
  if (wanted === undefined) return `no permission is known for ${operation}`;
  return wanted.some((need) => grants(permissions, need)) ? null : `${operation} needs ${wanted.join(' or ')}`;
}

/** `need` as in `contents:write`. Write includes read. */
export function grants(permissions: Readonly<Record<string, string>>, need: string): boolean {
  const [name = '', level] = need.split(':');
  const granted = permissions[name];
  return granted === 'write' || (level === 'read' && granted === 'read');
}

export const isWrite = (method: string): boolean => method !== 'GET' && method !== 'HEAD';

/** The least role of a user; null where Apps alone may call. Anyone may talk in a public repository. */
export function roleFor(operation: string, method: string): Role | null {
  if (operation === 'checks/create' || operation === 'checks/update') return null;
  if (!isWrite(method) || talk.has(operation)) return 'none';
  if (operation.startsWith('issues/') || operation.startsWith('pulls/')) {
    return writersOnly.has(operation) ? 'write' : 'triage';
  }
  return 'write';
}

const writersOnly = new Set(['pulls/merge', 'pulls/create', 'pulls/dismiss-review']);

/** Changing one's own words needs no role either; whose they are is asked where they are changed. */
const talk = new Set([
  'issues/create',
  'issues/update',
  'issues/create-comment',
  'issues/update-comment',
  'issues/delete-comment',
  'pulls/create-review',
  'pulls/create-review-comment',
  'pulls/create-reply-for-review-comment',
  'pulls/submit-review',
  'reactions/create-for-issue',
  'reactions/create-for-issue-comment',
  'reactions/create-for-pull-request-review-comment',
  'reactions/delete-for-issue',
  'reactions/delete-for-issue-comment',
]);
