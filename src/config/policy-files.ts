import type { Chains } from '../domain/conversation.ts';
import type { RepositoryRef, Sha } from '../domain/ids.ts';
import { type Policy, policyPath } from '../domain/policy.ts';
import { lowerLimits, noPurseLimits, type PurseLimit, unlimited } from '../domain/purse.ts';
import type { PolicyReading } from '../ports/ports.ts';
import type { Repositories } from '../ports/repositories.ts';
import { mergeSettings } from './merge-settings.ts';
import type { Settings } from './policy-schema.ts';
import { maxPolicyBytes, readPolicyText } from './policy-text.ts';
import { type FilePlace, readExtends } from './setting-forms.ts';
import { conflictsIn, organizationLimit, toPolicy } from './to-policy.ts';

/** Where an owner keeps what holds for repositories without a file of their own. */
const sharedRepository = '.github';
const maxFiles = 5;

type Files = Pick<Repositories, 'file' | 'sharedFile'>;

interface FoundFile {
  readonly place: FilePlace;
  readonly text: string;
  readonly isOwn: boolean;
}

interface ReadFile {
  readonly place: FilePlace;
  readonly settings: Settings;
}

/**
 * A repository's policy at a commit, with the files that stand behind it, as users of Probot know it: without a file of
 * its own the one in its owner's `.github` repository holds, and `_extends` names the next farther file.
 *
 * Whoever may write here chooses what is read, also in private repositories of the installation that they themselves
 * may not read. So of what other repositories' files hold, problems tell the place and not the content.
 *
 * An owner's file that cannot be read leaves nobody knowing the organization's limit, so it counts as a fault of the
 * configuration.
 *
 * @param commit null in an empty repository
 * @throws {ForgeError} when GitHub is away: that says nothing about the files.
 */
export async function readPolicyFiles(
  repositories: Files,
  repository: RepositoryRef,
  commit: Sha | null,
): Promise<PolicyReading> {
  const first = (await ownFile(repositories, repository, commit)) ?? (await ownersFile(repositories, repository));
  if (first === null) return { kind: 'valid', policy: toPolicy({}) };
  const chain = await follow(repositories, repository, first);
  const reading = together(repository, chain);
  const limit = await ownersLimit(repositories, repository, chain);
  if ('kind' in limit) return reading.kind === 'invalid' ? reading : invalid(repository, limit);
  if (reading.kind === 'invalid') return { ...reading, ownersLimit: limit };
  return { kind: 'valid', policy: withMonth(reading.policy, limit) };
}

/** With the organization's month lowered to this. */
export const withMonth = (policy: Policy, limit: PurseLimit): Policy => ({
  ...policy,
  purses: lowerLimits(policy.purses, { ...noPurseLimits, 'organization-month': limit }),
});

/** Where an owner's limits stand, which hold whatever a repository's own file says. */
const ownersPlace = (repository: RepositoryRef): FilePlace => ({
  ...placeOfPolicy(repository),
  name: sharedRepository,
});

const placeOfPolicy = ({ owner, name }: RepositoryRef): FilePlace => ({ owner, name, path: policyPath });

export async function ownFile(
  repositories: Files,
  repository: RepositoryRef,
  commit: Sha | null,
): Promise<FoundFile | null> {
  const place = placeOfPolicy(repository);
  // One byte more than is allowed shows that there is more.
  const file = commit === null ? null : await repositories.file(repository, place.path, commit, maxPolicyBytes + 1);
  return file === null ? null : { place, text: file.text, isOwn: true };
}

/** That there is no such file, or none we may read, means no defaults: nobody asked for it. */
async function ownersFile(repositories: Files, repository: RepositoryRef): Promise<FoundFile | null> {
  if (repository.name.toLowerCase() === sharedRepository) return null;
  return otherFile(repositories, repository, ownersPlace(repository));
}

async function otherFile(repositories: Files, repository: RepositoryRef, place: FilePlace): Promise<FoundFile | null> {
  const text = await repositories.sharedFile(repository, place, place.path, maxPolicyBytes + 1);
  return text === null ? null : { place, text, isOwn: false };
}

/** A file and those that it extends, the nearest first. */
type Chain =
  | { readonly kind: 'read'; readonly files: readonly [ReadFile, ...ReadFile[]] }
  | {
      readonly kind: 'broken';
      readonly place: FilePlace;
      readonly problems: readonly string[];
      /** Of the repository's own file alone: what another's holds is not for every reader of this one. */
      readonly models?: Chains;
    };

async function follow(repositories: Files, repository: RepositoryRef, first: FoundFile): Promise<Chain> {
  const before: ReadFile[] = [];
  for (let file = first; ; ) {
    const { place } = file;
    const reading = readPolicyText(file.text, file.isOwn ? 'in-full' : 'without-content');
    if (reading.kind === 'invalid') {
      const { problems, models } = reading;
      return { kind: 'broken', place, problems, ...(file.isOwn && { models }) };
    }
    before.push({ place, settings: reading.settings });
    const [nearest, ...others] = before;
    const { _extends: wanted } = reading.settings;
    if (wanted === undefined && nearest !== undefined) return { kind: 'read', files: [nearest, ...others] };
    // The names in it are resolved against the first repository, as Probot does, in whichever file they stand.
    const next = readExtends(wanted ?? '', placeOfPolicy(repository));
    const problem = next === null ? 'it names no file' : problemWith(next, before);
    if (problem !== null) return { kind: 'broken', place, problems: [`\`_extends\`: ${problem}`] };
    const found = next === null ? null : await otherFile(repositories, repository, next);
    if (next === null || found === null)
      return { kind: 'broken', place, problems: [`\`_extends\`: ${missing(next, file.isOwn)}`] };
    file = found;
  }
}

/**
 * The organization's month is the organization's to limit: whether a repository's file names the owner's or not, and
 * whatever it says, it can only lower it. The owner's file says it with those that it extends.
 */
async function ownersLimit(repositories: Files, repository: RepositoryRef, own: Chain): Promise<PurseLimit | Broken> {
  const owners = ownersPlace(repository);
  const from = own.kind === 'read' ? own.files.findIndex(({ place }) => isSame(place, owners)) : -1;
  if (own.kind === 'read' && from >= 0) return organizationLimit(merged(own.files.slice(from)).budget);
  const found = await ownersFile(repositories, repository);
  if (found === null) return unlimited;
  const chain = await follow(repositories, repository, found);
  return chain.kind === 'read' ? organizationLimit(merged(chain.files).budget) : chain;
}

type Broken = Extract<Chain, { readonly kind: 'broken' }>;

/** What files say together, of which each extends the next. */
const merged = (files: readonly ReadFile[]): Settings => files.map(({ settings }) => settings).reduce(mergeSettings);

function problemWith(next: FilePlace, read: readonly ReadFile[]): string | null {
  if (read.some(({ place }) => isSame(place, next)))
    return 'this file was read already, so the files go round in a circle; allowed: a file that none of those before it is';
  return read.length < maxFiles
    ? null
    : `this would be file number ${maxFiles + 1}; allowed: ${maxFiles} files that extend one another`;
}

const isSame = (a: FilePlace, b: FilePlace): boolean =>
  `${a.owner}/${a.name}`.toLowerCase() === `${b.owner}/${b.name}`.toLowerCase() && a.path === b.path;

function missing(next: FilePlace | null, mayName: boolean): string {
  const what = next !== null && mayName ? ` \`${next.owner}/${next.name}:${next.path}\`` : '';
  return `found no file${what} that ai-fix may read; allowed: a file on the default branch of a repository that the App is installed for, or of a public one`;
}

/** What the files come to; a nearer one is asked first whose fault a conflict is. */
function together(repository: RepositoryRef, chain: Chain): PolicyReading {
  if (chain.kind === 'broken') return invalid(repository, chain);
  const { files } = chain;
  const settings = merged(files);
  const problems = conflictsIn(settings);
  if (problems.length === 0) return { kind: 'valid', policy: toPolicy(settings) };
  const guilty = files.find((file) => file.settings.patience !== undefined) ?? files[0];
  return invalid(repository, { place: guilty.place, problems });
}

function invalid(
  repository: RepositoryRef,
  { place, problems, models }: Pick<Broken, 'place' | 'problems' | 'models'>,
): Extract<PolicyReading, { readonly kind: 'invalid' }> {
  const isOwn = isSame(place, placeOfPolicy(repository));
  const file = isOwn ? place.path : `${place.owner}/${place.name}:${place.path}`;
  const told = problems.map((problem) => `\`${file}\`: ${problem}`);
  return { kind: 'invalid', problems: told, ...(models !== undefined && { models }) };
}
