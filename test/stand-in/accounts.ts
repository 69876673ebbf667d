import { join } from 'node:path';
import { insider } from './internal.ts';
import { baseRole, type Role, type RoleGrant } from './permissions.ts';
import { announceRefs } from './ref-changes.ts';
import { commitFiles, type FileChanges, freshSwitches, initialize, type Repository, readFolder } from './repository.ts';
import type { Site } from './site.ts';

export interface RepositoryOrder {
  readonly fullName: string;
  readonly defaultBranch?: string;
  /** Content of the first commit; without it and without `folder` the repository is empty. */
  readonly files?: FileChanges;
  /** Folder to read the first commit from; `files` then lie on top. */
  readonly folder?: string;
  readonly isPrivate?: boolean;
  /** Role by login; people whom nobody knows yet are added. */
  readonly roles?: Readonly<Record<string, RoleGrant>>;
}

/** Stable, so that it can be asked for again: of the person alone, or in the hands of an App. */
export function userToken(site: Site, login: string, viaApp: string | null = null): string {
  if (site.core.store.users.findOneBy('login', login) === undefined) throw new Error(`nobody knows the user ${login}`);
  const token = `user-token-${login}${viaApp === null ? '' : `-via-${viaApp}`}`;
  site.core.addToken(token, login);
  site.tokens.users.set(token, { login, viaApp });
  return token;
}

export function addUser(site: Site, login: string): void {
  site.core.seed({ users: [{ login, email: `${login}@users.noreply.github.com` }] });
  userToken(site, login);
}

/** The account of an App; emulate would make ours only with its first write. Made once however often it is asked. */
export function addBot(site: Site, login: string): void {
  if (site.core.store.users.findOneBy('login', login) !== undefined) return;
  const bot = site.core.store.users.insert({
    login,
    type: 'Bot',
    name: login,
    email: null,
    site_admin: false,
  });
  site.core.store.users.update(bot.id, { node_id: Buffer.from(`Bot${bot.id}`).toString('base64') });
}

/** Never the same again: an App that is installed anew has another number. */
let nextInstallation = 7_000;

/** Makes the account that owns repositories and installs the App there, for all of them. */
export function installFor(site: Site, owner: string): number {
  const { store } = site.core;
  const known = store.appInstallations.findBy('app_id', site.app.id).find((row) => row.account_login === owner);
  if (known !== undefined) return known.installation_id;
  const user = store.users.findOneBy('login', owner);
  if (user === undefined) site.core.seed({ orgs: [{ login: owner }] });
  const account = user ?? store.orgs.findOneBy('login', owner);
  if (account === undefined) throw new Error(`emulate made no account ${owner}`);
  const installationId = nextInstallation++;
  store.appInstallations.insert({
    installation_id: installationId,
    app_id: site.app.id,
    account_type: user === undefined ? 'Organization' : 'User',
    account_id: account.id,
    account_login: owner,
    repository_selection: 'all',
    repository_ids: [],
    permissions: site.app.permissions,
    events: site.app.events,
    suspended_at: null,
  });
  return installationId;
}

const collaboratorLevels: Readonly<Record<Role, string | null>> = {
  admin: 'admin',
  maintain: 'maintain',
  write: 'push',
  triage: 'triage',
  read: 'pull',
  none: null,
};

/** Events of the first commit are not told: the App is installed on a repository that is already there. */
export async function createRepository(site: Site, root: string, order: RepositoryOrder): Promise<Repository> {
  const [owner = '', name = ''] = order.fullName.split('/');
  if (owner === '' || name === '') throw new Error(`not a full repository name: ${order.fullName}`);
  const key = order.fullName.toLowerCase();
  if (site.repositories.has(key)) throw new Error(`there is already a repository ${order.fullName}`);
  const defaultBranch = order.defaultBranch ?? 'main';
  const installationId = installFor(site, owner);
  const settings = { private: order.isPrivate ?? false, default_branch: defaultBranch, auto_init: false };
  site.core.seed({ repos: [{ owner, name, ...settings }] });
  const row = site.core.store.repos.findOneBy('full_name', order.fullName);
  if (row === undefined) throw new Error(`emulate made no repository ${order.fullName}`);
  const repository: Repository = {
    id: row.id,
    owner,
    name,
    fullName: order.fullName,
    defaultBranch,
    isPrivate: settings.private,
    installationId,
    folder: join(root, owner, `${name}.git`),
    roles: new Map(),
    refs: new Map(),
    signedCommits: new Set(),
    caches: [],
    switches: freshSwitches(),
  };
  setRole(site, repository, insider, 'admin');
  for (const [login, role] of Object.entries(order.roles ?? {})) setRole(site, repository, login, role);
  await initialize(repository.folder, defaultBranch);
  await fill(repository, order);
  await announceRefs({ ...site, app: { ...site.app, events: [] } }, repository, insider);
  site.repositories.set(key, repository);
  return repository;
}

async function fill(repository: Repository, order: RepositoryOrder): Promise<void> {
  if (order.files === undefined && order.folder === undefined) return;
  const files = { ...(order.folder !== undefined && (await readFolder(order.folder))), ...order.files };
  const { folder, defaultBranch: branch } = repository;
  await commitFiles(folder, { branch, files, message: 'Initial commit', author: insider });
}

export function setRole(site: Site, repository: Repository, login: string, role: RoleGrant): void {
  const { store } = site.core;
  if (store.users.findOneBy('login', login) === undefined) addUser(site, login);
  const user = store.users.findOneBy('login', login);
  if (user === undefined) throw new Error(`emulate made no user ${login}`);
  repository.roles.set(login, role);
  const known = store.collaborators.findBy('repo_id', repository.id).find((row) => row.user_id === user.id);
  if (known !== undefined) store.collaborators.delete(known.id);
  const permission = collaboratorLevels[baseRole(role)];
  if (permission !== null) store.collaborators.insert({ repo_id: repository.id, user_id: user.id, permission });
}
