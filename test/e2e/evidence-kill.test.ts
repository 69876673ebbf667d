import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import type { StepPoint } from '../support/app-process.ts';
import { labelIssue } from '../support/house.ts';
import type { Kill } from '../support/kill.ts';
import { type FinishedFix, type KillLane, type KillWork, openKillLane } from '../support/kill-lane.ts';
import { reproducedFirst } from '../support/scripts.ts';
import { lastSaid, patienceMs } from '../support/shown.ts';
import { reportingSumFiles, sumIssue } from '../support/sum-repository.ts';

/** The App is killed while a bug is being seen failing; nothing of that is lost, bought or run twice. */
vi.setConfig({ testTimeout: 4 * patienceMs });
const delayed = (delayMs?: number): ReturnType<KillWork['script']> => {
  const turns = Object.entries(reproducedFirst).map(([role, conversations]) => [
    role,
    conversations?.map((replies) => replies.map((reply) => ({ ...reply, ...(delayMs !== undefined && { delayMs }) }))),
  ]);
  return Object.fromEntries(turns);
};
let lane: KillLane;
beforeAll(async () => {
  lane = await openKillLane(inject('databaseImage'), {
    files: reportingSumFiles,
    begin: (github, repository) => labelIssue(github, repository, sumIssue),
    script: delayed,
  });
});
afterAll(() => lane.close());

const at = (name: string, ...bursts: number[]): Kill[] =>
  bursts.flatMap((burst) =>
    (['before', 'after'] as const).map((when) => {
      const point: StepPoint = { at: when, name, work: `burst ${burst}` };
      return { kind: 'step', point } as const;
    }),
  );

/** What a kill could lose or double. */
function outcomeOf({ github, repository, issue, turns }: FinishedFix) {
  const [pullRequest] = github.pullRequests(repository);
  return {
    labels: github
      .issues(repository)
      .find(({ number }) => number === issue)
      ?.labels.includes('ai-fix:complete'),
    runs: github
      .runs(repository)
      .filter(({ conclusion }) => conclusion !== 'cancelled')
      .map(({ conclusion }) => conclusion),
    evidence: /\| `.*two and three are five` \| failed: `.*-1 !== 5` \| passed \|/.test(
      lastSaid(github, repository, pullRequest?.number ?? 0),
    ),
    turns: [...turns].sort(),
  };
}

const sound = {
  labels: true,
  // The test on the base, the base alone, the candidate.
  runs: ['failure', 'success', 'success'],
  evidence: true,
  turns: ['architect 1.0', 'coder 1.0', 'fast 1.0', 'reproducer 1.0', 'reviewer 1.0'],
};

test('kills around the writing and the dispatch of the test buy no turn and start no run twice', async () => {
  const kills: Kill[] = [
    { kind: 'step', point: { at: 'after', name: 'note reproduction-begun', work: 'burst 3' } },
    { kind: 'step', point: { at: 'after', name: 'write the failing test', work: 'burst 3' } },
    { kind: 'step', point: { at: 'before', name: 'put the tests on the base', work: 'burst 3' } },
    { kind: 'request', request: 'POST /actions/workflows/ai-fix-sandbox.yml/dispatches (1)' },
  ];

  const fix = await lane.fix(kills);

  expect(fix.kills).toEqual(kills);
  expect(outcomeOf(fix)).toEqual(sound);
});

test('kills while the run of the test is read, and while the evidence is weighed, change nothing', async () => {
  // Which burst reads the reports depends on which run ends first.
  const kills = [...at('look at the tests by name', 4, 5, 6), ...at('compare the runs', 7, 8, 9)];

  const fix = await lane.fix(kills);

  const names = fix.kills.map((kill) => (kill.kind === 'step' ? kill.point.name : ''));
  expect(new Set(names)).toEqual(new Set(['look at the tests by name', 'compare the runs']));
  expect(outcomeOf(fix)).toEqual(sound);
});
