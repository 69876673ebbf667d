import type { DeliveryId } from '../../../src/domain/ids.ts';
import type { Delivery as StoredDelivery } from '../../../src/ports/stores.ts';
import { asObject } from '../../stand-in/json.ts';
import type { RoleGrant } from '../../stand-in/permissions.ts';
import type { Delivery } from '../../stand-in/webhooks.ts';
import { type House, until } from '../../support/house.ts';
import { ownComments, patienceMs, statuses } from '../../support/shown.ts';
import { sumFiles, workflowPath } from '../../support/sum-repository.ts';
import type { Stage } from '../hostile-case.ts';
import type { Came } from './edge-of-app.ts';

/** A repository of the case's own in the shared house, and what was done to it. */
export interface Place {
  readonly house: House;
  readonly repository: string;
}

const { [workflowPath]: _, ...filesWithoutSandbox } = sumFiles;
const roles = { alice: 'admin', bob: 'write', tom: 'triage' } as const;

/** Without a sandbox a fix begins, and ends within a second with a word about that. */
export async function placeOf(
  stage: Stage,
  name: string,
  how: { policy?: string; hasSandbox?: boolean; roles?: Readonly<Record<string, RoleGrant>> } = {},
): Promise<Place> {
  const house = await stage.house();
  const repository = `hostile/${name}`;
  const files = {
    ...(how.hasSandbox === true ? sumFiles : filesWithoutSandbox),
    ...(how.policy === undefined ? {} : { '.github/ai-fix.yml': how.policy }),
  };
  await house.github.createRepository({ fullName: repository, files, roles: { ...roles, ...how.roles } });
  return { house, repository };
}

export async function issueIn({ house, repository }: Place, title = 'sum subtracts'): Promise<number> {
  const words = { title, body: 'sum(2, 3) is -1.' };
  const issue = await house.github.as('alice').post<{ number: number }>(`/repos/${repository}/issues`, words);
  return issue.number;
}

/** The App's own labels and comments are words of GitHub too. */
const isFrom = ({ repository }: Place, { payload }: Delivery): boolean =>
  asObject(payload.repository ?? null).full_name === repository &&
  asObject(payload.sender ?? null).login !== 'ai-fix[bot]';

/** What GitHub sent of somebody else's action in this repository, the newest. */
export const sentOf = (place: Place, event: string, action: string): Promise<Delivery> =>
  until(`${event}.${action} of ${place.repository} is sent`, patienceMs, () =>
    place.house.github.webhooks.deliveries.findLast(
      (one) => one.event === event && one.action === action && isFrom(place, one),
    ),
  );

/** Labels as somebody; how the App settled the word of it. */
export async function label(place: Place, issue: number, by = 'alice'): Promise<StoredDelivery['status']> {
  const { house, repository } = place;
  const known = house.github.webhooks.deliveries.length;
  await house.github.labelIssue(repository, issue, { by, label: 'ai-fix' });
  const sent = await until(`the label of ${repository}#${issue} is sent`, patienceMs, () =>
    house.github.webhooks.deliveries.slice(known).find((one) => one.action === 'labeled' && isFrom(place, one)),
  );
  return settled(house, sent.id);
}

export const unlabel = ({ house, repository }: Place, issue: number, by = 'alice'): Promise<unknown> =>
  house.github.as(by).delete(`/repos/${repository}/issues/${issue}/labels/ai-fix`);

export const storedOf = (house: House, id: string): Promise<StoredDelivery | null> =>
  house.app.ports.deliveries.find(id as DeliveryId);

/** Waits until a delivery that was kept has come to something. */
export const settled = (house: House, id: string): Promise<StoredDelivery['status']> =>
  until(`delivery ${id} is settled`, patienceMs, async () => {
    const status = (await storedOf(house, id))?.status;
    return status !== undefined && status !== 'received' && status;
  });

/** Everything that a fix leaves behind, in words; empty where nothing was done. */
export function tracesIn({ house, repository }: Place, issue: number): readonly string[] {
  const { github, model } = house;
  const asked = model.requests.filter(({ body }) => JSON.stringify(body).includes(repository)).length;
  return [
    ...statuses(github, repository, issue).map(() => 'a status comment'),
    ...github.pullRequests(repository).map(({ number }) => `pull request ${number}`),
    ...github.runs(repository).map(({ id }) => `run ${id}`),
    ...Object.keys(github.refs(repository)).filter((ref) => ref.includes('ai-fix')),
    ...(asked === 0 ? [] : [`${asked} requests to models`]),
  ];
}

/** How often the App spoke in a thread; more than once is an escape, and so is any work. */
export function repliesIn(place: Place, issue: number): Came {
  const { github } = place.house;
  const traces = tracesIn(place, issue);
  if (traces.length > 0) return `escaped: ${traces.join(', ')}`;
  const comments = ownComments(github, place.repository, issue).length;
  const reactions = github.reactions(place.repository, { issue }).length;
  if (comments > 1 || reactions > 1) return `escaped: ${comments} comments and ${reactions} reactions`;
  return comments + reactions === 0 ? 'silence' : 'one reply';
}
