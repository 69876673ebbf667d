import type { Attempt } from '../domain/attempt.ts';
import { ForgeError } from '../domain/faults.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import { asSha, type FixId, type Sha } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';
import { quoteSafely, withoutSkips } from '../thread/outgoing.ts';
import { closingLine, pullRequestTitle } from '../thread/pull-request-text.ts';
import { buildWithDocuments, type DocumentPorts } from './committed-documents.ts';
import { keyTrailers, trailer } from './open-branch.ts';

/** `judge`: the candidate's tree with what the base owns restored. `tests`: the base with new tests and no change. */
export type CandidateTree = 'candidate' | 'judge' | 'tests';

/** Where unvalidated code lies: apart from branches and tags, so that pushing it starts nobody's CI with secrets. */
export const candidateRef = (fix: FixId, attempt: number, which: CandidateTree = 'candidate'): string =>
  `refs/ai-fix/${fix}/${attempt}${which === 'candidate' ? '' : `-${which}`}`;

/** The number under which tests lie that come before the first attempt. */
export const beforeAttempts = 0;

/**
 * Makes the candidate: the tree of the patch, with the documents where the repository wants them, travels by git, the commit over it is made by GitHub, which signs it as the
 * App's bot. Idempotent: a candidate that was recorded, or that the ref already holds for this very tree, is taken.
 */
export async function makeCandidate(
  ports: Pick<Ports, 'commits' | 'effects'> & DocumentPorts,
  fix: Fix,
  attempt: Attempt,
  ground: Ground,
  which: CandidateTree = 'candidate',
): Promise<Sha> {
  const { workspace, commits, effects } = ports;
  const { repository } = fix;
  const ref = candidateRef(fix.id, attempt.number, which);
  const { tree, carrier } = await buildWithDocuments(ports, fix, attempt, ground);
  const parents = [ground.tip, ...(ground.merges == null ? [] : [ground.merges])];
  // The end of an earlier life deleted the refs.
  const life = fix.lives === 0 ? '' : `:life-${fix.lives}`;
  // An attempt may be gone on with after it was validated once: then it is another tree.
  const key = `${which}:${attempt.number}:${tree}:${parents.join('+')}${life}`;
  const known = await effects.find(fix.id, key);
  if (typeof known?.sha === 'string') return asSha(known.sha);

  const held = await commits.tipOf(repository, ref);
  const isMade = held !== null && held !== carrier && (await isOver(commits, fix, held, tree, parents));
  const sha = isMade ? held : await commitOver(workspace, commits, fix, { attempt, tree, carrier, ref, parents });
  await effects.record(fix.id, key, { sha });
  if (which !== 'candidate') await effects.record(fix.id, `ref:${ref}`, { sha });
  return sha;
}

async function commitOver(
  workspace: Ports['workspace'],
  commits: Ports['commits'],
  fix: Fix,
  what: {
    readonly attempt: Attempt;
    readonly tree: Sha;
    readonly carrier: Sha;
    readonly ref: string;
    readonly parents: readonly Sha[];
  },
): Promise<Sha> {
  await workspace.push(fix.repository, what.carrier, what.ref);
  const message = commitMessage(fix, what.attempt);
  const sha = await commits.create(fix.repository, { message, tree: what.tree, parents: what.parents });
  const answer = await commits.setRef(fix.repository, what.ref, sha, 'force');
  if (answer !== 'set')
    throw new ForgeError(`GitHub refused the candidate's ref ${what.ref}: ${answer}`, { isRetryable: false });
  return sha;
}

async function isOver(
  commits: Ports['commits'],
  fix: Fix,
  commit: Sha,
  tree: Sha,
  parents: readonly Sha[],
): Promise<boolean> {
  const found = await commits.describe(fix.repository, commit);
  return found.tree === tree && found.parents.join() === parents.join();
}

/** Trailers name the fix and the person who ordered it: https://docs.github.com/articles/creating-a-commit-with-multiple-authors */
function commitMessage(fix: Fix, attempt: Attempt): string {
  const title = fix.ticket === null ? `fix: ${fix.issue.title}` : pullRequestTitle(fix.ticket, fix);
  // A model's "fixes #1" must not close somebody else's issue when this commit is merged.
  const summary = withoutSkips(quoteSafely(attempt.summary?.summary ?? '', 2_000).replaceAll(/#(?=\d)/g, '#\u200b'));
  // Accounts made since 2017 are known by number and name: https://docs.github.com/account-and-profile/reference/email-addresses-reference
  const { login, id } = coAuthorOf(fix) ?? {};
  const address = `${id === undefined ? '' : `${id}+`}${login}@users.noreply.github.com`;
  const trailers = [
    ...keyTrailers(fix),
    trailer(fix),
    ...(login === undefined ? [] : [`Co-authored-by: ${login} <${address}>`]),
  ];
  return [title, summary, closingLine(fix), trailers.join('\n')].filter(Boolean).join('\n\n');
}

/** Whoever ordered the fix; where the configuration did, whoever made the commit that fails. */
function coAuthorOf({ origin, issue, requester, requesterId }: Fix): { login: string; id?: number } | null {
  if (origin.kind === 'checks' && origin.failing.orderedBy === null) return origin.failing.author;
  if (issue.isLocal === true) return null;
  return { login: requester, ...(requesterId === undefined ? {} : { id: requesterId }) };
}
