import { asObject } from '../../stand-in/json.ts';
import { shownState } from '../../support/house.ts';
import { calls, finished, type RoleScripts, rightFirstTime } from '../../support/scripts.ts';
import { statuses, untilOver, untilState } from '../../support/shown.ts';
import type { HostileCase, Stage } from '../hostile-case.ts';
import { issueIn, label, type Place, placeOf, repliesIn, sentOf, settled, storedOf } from './in-a-house.ts';

/**
 * Bodies that GitHub signed, sent once more. The signature covers the body alone: whoever has seen one (a proxy, a log
 * of somebody else's) may send it again under any id, and a correctly signed lie shows what a stolen secret is worth.
 */
const key = 'KEY-replayed-approval';
const manifest: RoleScripts = {
  ...rightFirstTime,
  coder: [
    [
      calls(
        ['edit_file', { path: 'sum.js', old_text: 'a - b', new_text: 'a + b' }],
        [
          'edit_file',
          { path: 'package.json', old_text: '"private": true', new_text: '"private": true, "license": "MIT"' },
        ],
        finished('`sum` adds, and the licence is named.'),
      ),
    ],
  ],
};
export const replayScripts: Readonly<Record<string, RoleScripts>> = { [key]: manifest };

const gated = 'gates: { plan: required }\n';

/** A fix that waits for an approval of its plan. */
async function atThePlanGate(stage: Stage, name: string, title?: string): Promise<Place & { issue: number }> {
  const place = await placeOf(stage, name, { hasSandbox: true, policy: gated });
  const issue = await issueIn(place, title);
  await label(place, issue);
  await untilState(place.house, place.repository, issue, 'awaiting-approval');
  return { ...place, issue };
}

const replays: readonly HostileCase[] = [
  {
    name: 'a delivery sent twice under its id',
    expected: 'ignored',
    attack: async (stage) => {
      const place = await placeOf(stage, 'same-id');
      const { house, repository } = place;
      const issue = await issueIn(place);
      await label(place, issue);
      await untilOver(house, repository, issue);
      const { id, payload } = await sentOf(place, 'issues', 'labeled');

      const { status } = await house.github.deliver('issues', payload, { id });

      const fixes = statuses(house.github, repository, issue).length;
      const tries = (await storedOf(house, id))?.tries;
      return status === 200 && fixes === 1 && tries === 1 ? 'ignored' : `escaped: ${fixes} fixes, ${tries} tries`;
    },
  },
  {
    name: 'another payload under the id of an earlier delivery',
    expected: 'ignored',
    attack: async (stage) => {
      const place = await placeOf(stage, 'same-id-other-payload');
      const { house, repository } = place;
      const issue = await issueIn(place);
      await house.github.labelIssue(repository, issue, { by: 'alice', label: 'bug' });
      const { id, payload } = await sentOf(place, 'issues', 'labeled');
      await settled(house, id);

      await house.github.deliver('issues', { ...payload, label: { name: 'ai-fix' } }, { id });

      const stored = await storedOf(house, id);
      const kept = stored?.signal.type === 'issue-labelled' ? stored.signal.label : 'nothing';
      const came = repliesIn(place, issue);
      return kept === 'bug' && stored?.status === 'ignored' && came === 'silence'
        ? 'ignored'
        : `escaped: the label ${kept}, ${stored?.status}, ${came}`;
    },
  },
  {
    name: 'the label of a fix that is over, under a new id',
    expected: 'ignored',
    attack: async (stage) => {
      const place = await placeOf(stage, 'replayed-label');
      const { house, repository } = place;
      const issue = await issueIn(place);
      await label(place, issue);
      await untilOver(house, repository, issue);
      const { payload } = await sentOf(place, 'issues', 'labeled');

      const { id } = await house.github.deliver('issues', payload);
      const status = await settled(house, id);

      return status === 'ignored' ? 'ignored' : `escaped: the replay is ${status}, so it began another fix`;
    },
  },
  {
    name: 'the approval of the plan under a new id, at the gate of the patch',
    expected: 'gate',
    attack: async (stage) => {
      const place = await atThePlanGate(stage, 'replayed-approval', `sum subtracts (${key})`);
      const { house, repository, issue } = place;
      const pullRequest = house.github.pullRequests(repository)[0]?.number ?? 0;
      await house.github.comment(repository, pullRequest, { by: 'bob', body: '/ai-fix approve' });
      const { payload, id: first } = await sentOf(place, 'issue_comment', 'created');
      if (asObject(payload.comment ?? null).body !== '/ai-fix approve') throw new Error('it is another comment');
      await settled(house, first);
      await untilState(house, repository, issue, 'in-progress');
      await untilState(house, repository, issue, 'awaiting-approval');

      const { id } = await house.github.deliver('issue_comment', payload);
      await settled(house, id);

      const live = await house.app.ports.fixes.findByPullRequest(repositoryRef(place), pullRequest);
      const approvals = live?.approvals.map(({ gate, by }) => `${gate} by ${by}`) ?? [];
      return live?.state === 'awaiting-approval' && live.gate?.kind === 'patch'
        ? 'gate'
        : `escaped: the fix is ${live?.state}, approved: ${approvals.join(', ')}`;
    },
  },
];

function repositoryRef({ house, repository }: Place) {
  const [owner = '', name = ''] = repository.split('/');
  return { installationId: house.github.installationId(repository), owner, name };
}

const lies: readonly HostileCase[] = [
  {
    name: 'a label in a repository of an installation that is not ours',
    expected: 'ignored',
    attack: async (stage) => {
      const place = await placeOf(stage, 'foreign-installation');
      const issue = await issueIn(place);
      await place.house.github.labelIssue(place.repository, issue, { by: 'alice', label: 'bug' });
      const { payload } = await sentOf(place, 'issues', 'labeled');
      const lie = { ...payload, label: { name: 'ai-fix' }, installation: { id: 999_999 } };

      const { id } = await place.house.github.deliver('issues', lie);
      const status = await settled(place.house, id);

      const came = repliesIn(place, issue);
      return status !== 'done' && came === 'silence' ? 'ignored' : `escaped: ${status}, ${came}`;
    },
  },
  {
    name: 'a word that our pull request was merged, which it was not',
    expected: 'ignored',
    attack: async (stage) => {
      const place = await atThePlanGate(stage, 'forged-merge');
      const { house, repository, issue } = place;
      const number = house.github.pullRequests(repository)[0]?.number ?? 0;
      const { payload } = await sentOf(place, 'issues', 'labeled');
      const lie = { ...payload, action: 'closed', pull_request: { number, merged: true } };

      const { id } = await house.github.deliver('pull_request', lie);
      await settled(house, id);
      const state = (await house.app.ports.fixes.findByPullRequest(repositoryRef(place), number))?.state;

      const truth = house.github.pullRequests(repository)[0]?.merged;
      const isUntouched = state === 'awaiting-approval' && shownState(house.github, repository, issue) === state;
      return isUntouched ? 'ignored' : `escaped: the fix is ${state}, though merged is ${truth}`;
    },
  },
  {
    name: 'a word that the label was taken away, which it was not',
    expected: 'abandoned',
    attack: async (stage) => {
      const place = await atThePlanGate(stage, 'forged-unlabel');
      const { house, repository, issue } = place;
      const { payload } = await sentOf(place, 'issues', 'labeled');

      await house.github.deliver('issues', { ...payload, action: 'unlabeled' });
      const said = await untilOver(house, repository, issue);

      const left = Object.keys(house.github.refs(repository)).filter((ref) => ref !== 'refs/heads/main');
      return left.length === 0 && /stopped: alice removed the label/.test(said)
        ? 'abandoned'
        : `escaped: ${left.join(', ')} is left, and it says ${said.slice(0, 200)}`;
    },
  },
  {
    name: 'a label on an issue whose words hold NUL and halves of characters',
    expected: 'abandoned',
    attack: async (stage) => {
      const place = await placeOf(stage, 'odd-words');
      const { house, repository } = place;
      const issue = await issueIn(place);
      await house.github.labelIssue(repository, issue, { by: 'alice', label: 'bug' });
      const { payload } = await sentOf(place, 'issues', 'labeled');
      const words = { title: 'sum \0\ud800 subtracts', body: `\udfff\0${'\u202e'.repeat(1_000)}` };
      const odd = { ...asObject(payload.issue ?? null), ...words };

      const { id } = await house.github.deliver('issues', { ...payload, label: { name: 'ai-fix' }, issue: odd });
      const came = await settled(house, id);
      const said = await untilOver(house, repository, issue);

      return came === 'done' && said.includes('the label was taken back') && !/[\0\u202e]/.test(said)
        ? 'abandoned'
        : `escaped: ${came}, it says ${JSON.stringify(said.slice(0, 200))}`;
    },
  },
];

export const replaysAndLies: readonly HostileCase[] = [...replays, ...lies];
