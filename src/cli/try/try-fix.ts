import { createAccept } from '../../app/edge.ts';
import type { Signal } from '../../domain/signal.ts';
import { deliverBranch } from '../../git/deliver-branch.ts';
import { createHandOver } from '../../workflows/hand-over.ts';
import { type Followed, follow } from './follow.ts';
import { gatherResult, neverBegun } from './gather-result.ts';
import { type OpenTry, openTry, ownLogin, person } from './open-try.ts';
import type { TryDesk, TryOptions } from './options.ts';
import type { TryResult } from './result.ts';

/**
 * Makes a fix in a local repository, by the App's own story: only what stands outside is this machine. The repository
 * gets at most one thing, a new branch; its work tree, index, `HEAD`, configuration and hooks take no part.
 *
 * One at a time in a process: the engine underneath has one set of queues. Whoever wants several starts processes.
 *
 * @throws {ConfigError} {UsageError} when it cannot begin; nothing is left behind then.
 */
export async function tryFix(options: TryOptions, desk: TryDesk): Promise<TryResult> {
  const beganMs = Date.now();
  let open: OpenTry | null = null;
  try {
    let hear: (runId: number) => void = () => undefined;
    open = await openTry(options, desk, (runId) => hear(runId));
    const { ports, repository } = open;
    const accept = createAccept(ports, (login) => login === ownLogin, createHandOver(ports));
    hear = (runId) => {
      // A run that nobody heard of is found by the sweep.
      accept(`try-run-${runId}`, { type: 'run-finished', repository, runId }).catch(() => undefined);
    };
    if (options.signal.aborted) return neverBegun(open, options, { why: 'it was stopped', beganMs });
    await accept('try-begin', beginning(open, options));
    const followed = await follow(open, accept, options, desk);
    const delivered = await deliver(open, followed, desk);
    return await gatherResult(open, options, followed, { delivered, beganMs });
  } finally {
    await open?.close();
    if (open?.isKept === true) desk.progress(`everything of this run is kept in ${open.folder}`);
  }
}

/** What begins it, as a webhook would tell it. */
function beginning({ repository, issue, policy, base }: OpenTry, { fixesChecks }: TryOptions): Signal {
  if (fixesChecks !== true) {
    const actor = { login: person, isBot: false };
    return { type: 'issue-labelled', repository, actor, label: policy.label, issue };
  }
  const branches = [base.branch];
  return {
    ...{ type: 'checks-concluded', repository, sha: base.commit, branches, hasFailed: true },
    ...{ app: null, workflowPath: null },
  };
}

/** The commit that was validated, and nothing before that. */
async function deliver(open: OpenTry, { fix }: Followed, desk: TryDesk) {
  if (fix.state !== 'complete' || fix.published === null || fix.ground === null) return null;
  const wanted = { commit: fix.published, base: fix.ground.base, branch: fix.ground.branch };
  const { gitDir } = open.depot;
  const delivered = await deliverBranch(gitDir, open.user, wanted).catch((error: unknown) => {
    open.keepFolder();
    desk.progress(`the branch could not be made: ${sayWhereItLies(wanted, gitDir)}`);
    throw error;
  });
  if (delivered.kind === 'delivered') return delivered;
  // It is paid for and lies nowhere else.
  open.keepFolder();
  desk.progress(`the branch could not be made: ${delivered.reason}`);
  return { ...delivered, reason: `${delivered.reason}; ${sayWhereItLies(wanted, gitDir)}` };
}

const sayWhereItLies = ({ commit, branch }: { commit: string; branch: string }, gitDir: string): string =>
  `the commit ${commit} is kept, take it with: git fetch ${gitDir} ${branch}:${branch}`;
