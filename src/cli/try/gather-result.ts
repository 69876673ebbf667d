import type { Fix } from '../../domain/fix-facts.ts';
import type { Delivered } from '../../git/deliver-branch.ts';
import type { LocalRun } from '../../local/run-record.ts';
import { type Followed, withoutMarker } from './follow.ts';
import type { OpenTry } from './open-try.ts';
import type { TryOptions } from './options.ts';
import type { TriedAttempt, TriedRun, TryResult } from './result.ts';

const nothing = {
  version: 1,
  branch: null,
  commit: null,
  files: [],
  documents: [],
  attempts: [],
  reviews: [],
  turns: 0,
  tokens: 0,
  usd: 0,
  hasUnknownPrice: false,
  models: [],
  workedMs: 0,
  stateMs: {},
  fixers: null,
  events: [],
  report: '',
} as const;

const started = ({ base, found, sandbox }: OpenTry, { issue }: TryOptions, beganMs: number) => ({
  title: issue.title,
  base: { branch: base.branch, commit: base.commit },
  checks: found.checks.map(({ name, command, from }) => ({ name, command, from })),
  runs: sandbox.runs.map(toRun),
  tookMs: Date.now() - beganMs,
});

/** It ended before there was anything to tell a model. */
export const neverBegun = (
  open: OpenTry,
  options: TryOptions,
  { why, beganMs }: { readonly why: string; readonly beganMs: number },
): TryResult => ({
  ...nothing,
  ...started(open, options, beganMs),
  outcome: 'stopped',
  why,
  endedAt: null,
  state: 'created',
  fix: null,
});

/** Reads everything that is to be told from the rows, before they are gone. */
export async function gatherResult(
  open: OpenTry,
  options: TryOptions,
  followed: Followed,
  { delivered, beganMs }: { readonly delivered: Delivered | null; readonly beganMs: number },
): Promise<TryResult> {
  const { fix } = followed;
  const { ports } = open;
  const isDelivered = delivered?.kind === 'delivered';
  const commit = isDelivered ? fix.published : null;
  const spent = await ports.turns.spending(fix.id);
  const events = await ports.fixes.events(fix.id);
  const { outcome, why } = outcomeOf(followed, options, delivered);
  return {
    ...nothing,
    ...started(open, options, beganMs),
    outcome,
    why,
    endedAt: outcome === 'solved' ? null : (fix.halted ?? fix.burst),
    state: fix.state,
    fix: fix.id,
    branch: isDelivered ? delivered.branch : null,
    commit,
    files: commit === null ? [] : await filesOf(open, fix, commit),
    documents: await ports.documents.list(fix.id),
    attempts: (await ports.attempts.all(fix.id)).map(
      ({ number, verdict, summary, candidate }): TriedAttempt => ({
        number,
        verdict: verdict?.kind ?? null,
        text: (verdict?.text ?? '').slice(0, 8_000),
        summary: summary?.summary ?? null,
        testsAdded: summary?.testsAdded ?? [],
        candidate,
      }),
    ),
    reviews: events.flatMap(({ event }) =>
      event.type === 'reviewed' ? [{ opinion: event.opinion, text: event.feedback }] : [],
    ),
    turns: open.turns.count,
    tokens: spent.tokens,
    usd: spent.usd,
    hasUnknownPrice: spent.hasUnknownPrice,
    models: await ports.turns.models(fix.id),
    workedMs: spent.workedMs,
    stateMs: followed.stateMs,
    events,
    fixers: fixersOf(fix),
    report: reportOf(open, fix),
  };
}

function outcomeOf(
  { fix, closedGate }: Followed,
  { signal }: TryOptions,
  delivered: Delivered | null,
): Pick<TryResult, 'outcome' | 'why'> {
  if (delivered?.kind === 'delivered') return { outcome: 'solved', why: null };
  if (delivered?.kind === 'refused')
    return { outcome: 'not-solved', why: `it is solved, and git refused the branch: ${delivered.reason}` };
  if (signal.aborted) return { outcome: 'stopped', why: 'it was stopped' };
  if (closedGate !== null) return { outcome: 'waiting', why: closedGate.why };
  const why = (fix.epilogue ?? `it ended as ${fix.state}`).replace(/\.$/, '');
  return { outcome: fix.ground === null && fix.state === 'stopped' ? 'refused' : 'not-solved', why };
}

async function filesOf({ ports, repository, base }: OpenTry, _fix: Fix, commit: NonNullable<Fix['published']>) {
  const { files } = await ports.workspace.diff(repository, base.commit, commit, 1);
  return files.map(({ path, added, removed }) => ({ path, added, removed }));
}

const toRun = ({ id, commit, conclusion, tookMs, checks }: LocalRun): TriedRun => ({
  number: id,
  commit,
  conclusion: conclusion ?? 'unfinished',
  tookMs,
  checks: checks.map(({ name, conclusion: ended, tookMs: took }) => ({ name, conclusion: ended, tookMs: took })),
});

const fixersOf = ({ recipe }: Fix): TryResult['fixers'] =>
  recipe === null || recipe.end === null
    ? null
    : {
        names: recipe.fixers,
        end: recipe.end.kind,
        reason: recipe.end.kind === 'none' ? recipe.end.reason.replace(/\.$/, '') : null,
      };

/** The last comment of the pull request that there would be, and below it the runs that it links to. */
function reportOf({ forge, sandbox, redact }: OpenTry, fix: Fix): string {
  const last = forge.ownComment('completion') ?? forge.ownComment('abandoned');
  if (last === null) return '';
  const runs = sandbox.runs.map(({ id, commit, checks }) => {
    const rows = checks.map(
      ({ name, conclusion, tookMs }) => `| ${name} | ${conclusion} | ${(tookMs / 1_000).toFixed(1)} s |`,
    );
    const table = ['| Check | Conclusion | Time |', '|---|---|---|', ...rows].join('\n');
    return `### Run ${id}\n\nCommit \`${commit.slice(0, 12)}\`, in bubblewrap on this machine.\n\n${table}`;
  });
  const fixers = fixersOf(fix);
  const unused = fixers?.end === 'none' ? [`Nothing of the fixers is used: ${fixers.reason}.`] : [];
  return redact(`${[withoutMarker(last), ...unused, ...runs].join('\n\n')}\n`);
}
