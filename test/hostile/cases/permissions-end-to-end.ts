import type { DeliveryId } from '../../../src/domain/ids.ts';
import { onLabelled } from '../../../src/workflows/signals/labelled.ts';
import { until } from '../../support/house.ts';
import { ownComments, patienceMs, statuses, untilOver, untilState } from '../../support/shown.ts';
import type { HostileCase } from '../hostile-case.ts';
import { issueIn, label, placeOf, repliesIn, sentOf, settled, storedOf, tracesIn, unlabel } from './in-a-house.ts';

/** Labels and limits against the whole App. */

const refusedLabels: readonly HostileCase[] = [
  {
    name: 'a label by somebody with triage access, against the whole App',
    expected: 'one reply',
    attack: async (stage) => {
      const place = await placeOf(stage, 'triaged');
      const issue = await issueIn(place);

      await label(place, issue, 'tom');

      return repliesIn(place, issue);
    },
  },
  {
    name: 'a label put on five times by somebody who may not',
    expected: 'one reply',
    attack: async (stage) => {
      const place = await placeOf(stage, 'five-labels');
      const issue = await issueIn(place);

      for (let count = 0; count < 5; count++) {
        await label(place, issue, 'tom');
        await unlabel(place, issue, 'tom');
      }

      return repliesIn(place, issue);
    },
  },
  {
    name: 'a label by a custom role that was made from triage',
    expected: 'one reply',
    attack: async (stage) => {
      const place = await placeOf(stage, 'custom-role', { roles: { carl: { name: 'write-docs', base: 'triage' } } });
      const issue = await issueIn(place);

      await label(place, issue, 'carl');

      return repliesIn(place, issue);
    },
  },
  {
    name: 'a label by a member of the named team, where the App may not read members',
    expected: 'one reply',
    attack: async (stage) => {
      const place = await placeOf(stage, 'hidden-team', { policy: 'who: { may_trigger: { teams: [core] } }\n' });
      place.house.github.setTeam('hostile', 'core', ['bob']);
      const issue = await issueIn(place);

      await label(place, issue, 'bob');

      return repliesIn(place, issue);
    },
  },
  {
    name: 'a label by a bot that may write',
    expected: 'silence',
    attack: async (stage) => {
      const place = await placeOf(stage, 'bot-label');
      const issue = await issueIn(place);

      await label(place, issue, 'renovate[bot]');

      return repliesIn(place, issue);
    },
  },
  {
    name: 'a label while GitHub does not say who may what',
    expected: 'silence',
    attack: async (stage) => {
      const place = await placeOf(stage, 'no-permissions');
      const { house, repository } = place;
      const path = new RegExp(`^/repos/${repository}/collaborators/alice/permission$`);
      house.github.faults.add({ method: 'GET', path, times: Number.POSITIVE_INFINITY, act: { status: 500 } });
      const issue = await issueIn(place);

      await house.github.labelIssue(repository, issue, { by: 'alice', label: 'ai-fix' });
      const { id } = await sentOf(place, 'issues', 'labeled');
      await until('it is put aside for a later try', patienceMs, async () => {
        const stored = await storedOf(house, id);
        return stored !== null && (stored.status !== 'received' || stored.tries > 1);
      });

      return repliesIn(place, issue);
    },
  },
];

const limits: readonly HostileCase[] = [
  {
    name: 'a second fix within the hour, where the repository allows one',
    expected: 'limited',
    attack: async (stage) => {
      const place = await placeOf(stage, 'limit-repository', { policy: 'limits: { fixes_per_hour: 1 }\n' });
      const first = await issueIn(place);
      await label(place, first);
      const second = await issueIn(place);

      await label(place, second);

      return limitedIn(place, second);
    },
  },
  {
    name: 'a second fix within the hour, where the host allows one',
    expected: 'limited',
    attack: async (stage) => {
      const place = await placeOf(stage, 'limit-host');
      const { house, repository } = place;
      await label(place, await issueIn(place));
      const second = await issueIn(place);
      const { id } = await sentOf(place, 'issues', 'labeled');
      const known = (await storedOf(house, id))?.signal;
      if (known?.type !== 'issue-labelled') throw new Error(`the label in ${repository} was not kept`);
      const signal = { ...known, issue: { ...known.issue, number: second } };

      await onLabelled({ ...house.app.ports, fixesPerHour: 1 }, 'd-limit-host' as DeliveryId, signal);

      return limitedIn(place, second);
    },
  },
  {
    name: 'ten labels of one issue at once',
    expected: 'ignored',
    attack: async (stage) => {
      const policy = 'gates: { plan: required }\n';
      const place = await placeOf(stage, 'ten-labels', { hasSandbox: true, policy });
      const { house, repository } = place;
      const issue = await issueIn(place);
      await label(place, issue);
      const { payload } = await sentOf(place, 'issues', 'labeled');

      const answers = await Promise.all(Array.from({ length: 9 }, () => house.github.deliver('issues', payload)));
      for (const { id } of answers) await settled(house, id);
      await untilState(house, repository, issue, 'awaiting-approval');

      const fixes = statuses(house.github, repository, issue).length;
      const pullRequests = house.github.pullRequests(repository).length;
      return fixes === 1 && pullRequests === 1
        ? 'ignored'
        : `escaped: ${fixes} fixes and ${pullRequests} pull requests`;
    },
  },
  {
    name: 'a label that was put on again by a bot after the fix ended',
    expected: 'silence',
    attack: async (stage) => {
      const place = await placeOf(stage, 'bot-again');
      const { house, repository } = place;
      const issue = await issueIn(place);
      await label(place, issue);
      await untilOver(house, repository, issue);
      const before = ownComments(house.github, repository, issue).length;
      await unlabel(place, issue);

      await label(place, issue, 'renovate[bot]');

      const after = ownComments(house.github, repository, issue).length;
      return after === before ? 'silence' : `escaped: ${after - before} further comments`;
    },
  },
];

type Place = Awaited<ReturnType<typeof placeOf>>;

function limitedIn(place: Place, issue: number): ReturnType<typeof repliesIn> | 'limited' {
  const traces = tracesIn(place, issue);
  if (traces.length > 0) return `escaped: ${traces.join(', ')}`;
  const said = ownComments(place.house.github, place.repository, issue);
  return said.length === 1 && /has started 1 fix within an hour/.test(said[0] ?? '')
    ? 'limited'
    : `escaped: it said ${JSON.stringify(said)}`;
}

export const peopleAgainstTheApp: readonly HostileCase[] = [...refusedLabels, ...limits];
