import type { FixEvent } from '../../src/domain/event.ts';
import { type Fix, type FixState, isOver } from '../../src/domain/fix-facts.ts';
import type { FixId } from '../../src/domain/ids.ts';
import type { GitHub } from '../stand-in/github.ts';
import type { RunView } from '../stand-in/views.ts';
import { type House, shownState, until } from './house.ts';

/** A whole fix takes five seconds; ten of them side by side on a busy machine take this long. */
export const patienceMs = 110_000;

/** What a person sees of a fix, and what its log says. */

const bot = 'ai-fix[bot]';
const statusMark = /^<!-- ai-fix (\S+) status -->\n/;

export const ownComments = (github: GitHub, repository: string, number: number): readonly string[] =>
  github
    .comments(repository, number)
    .filter(({ author }) => author === bot)
    .map(({ body }) => body);

/** The newest comment of the App that is not its status. */
export const lastSaid = (github: GitHub, repository: string, number: number): string =>
  ownComments(github, repository, number).findLast((body) => !statusMark.test(body)) ?? '';

/** Validation runs of candidates, oldest first: without those of the base, and of the base with new tests on it. */
export function candidateRuns(github: GitHub, repository: string): readonly RunView[] {
  const tests = Object.entries(github.refs(repository)).flatMap(([name, sha]) =>
    name.endsWith('-tests') ? [sha] : [],
  );
  return github
    .runs(repository)
    .filter(({ inputs }) => inputs.sha !== inputs.base_sha && !tests.some((sha) => sha === inputs.sha));
}

/** The status comments of an issue, one for each fix it had, oldest first. */
export const statuses = (github: GitHub, repository: string, issue: number): readonly string[] =>
  ownComments(github, repository, issue).filter((body) => statusMark.test(body));

/** The newest status comment, or an empty text before there is one. */
export const statusOf = (github: GitHub, repository: string, issue: number): string =>
  statuses(github, repository, issue).at(-1) ?? '';

/** The newest fix of an issue as the store has it; null until its status comment names it. */
async function fixOf({ github, app }: House, repository: string, issue: number): Promise<Fix | null> {
  const id = statusMark.exec(statusOf(github, repository, issue))?.[1];
  return id === undefined ? null : app.ports.fixes.find(id as FixId);
}

/** Everything that happened to the newest fix of an issue. */
export async function logOf(house: House, repository: string, issue: number): Promise<readonly FixEvent[]> {
  const fix = await fixOf(house, repository, issue);
  return fix === null ? [] : (await house.app.ports.fixes.events(fix.id)).map(({ event }) => event);
}

/** Waits until the newest fix of an issue has ended, tidied up and shown it. Answers its status comment. */
export async function untilOver(house: House, repository: string, issue: number): Promise<string> {
  await until(`the fix of ${repository}#${issue} is over`, patienceMs, async () => {
    const state = shownState(house.github, repository, issue) as FixState | null;
    // The label costs nothing to look at; the store is asked only once it may say yes.
    if (state === null || !isOver(state)) return false;
    const fix = await fixOf(house, repository, issue);
    const last = (await logOf(house, repository, issue)).at(-1);
    return last?.type === 'farewell-said' && state === fix?.state;
  });
  return statusOf(house.github, repository, issue);
}

/** Waits until an event of this type is in the log of the newest fix. */
export async function untilLogged(
  house: House,
  repository: string,
  issue: number,
  type: FixEvent['type'],
): Promise<void> {
  await until(`${type} of ${repository}#${issue}`, patienceMs, async () =>
    (await logOf(house, repository, issue)).some((event) => event.type === type),
  );
}

/** Waits until issue and pull request both carry this state: the last that is written of a state in which a fix rests. */
export async function untilBothShow({ github }: House, repository: string, state: FixState): Promise<void> {
  await until(`all of ${repository} is ${state}`, 4 * patienceMs, () => {
    const shown = github.issues(repository).map(({ labels }) => labels.includes(`ai-fix:${state}`));
    return shown.length === 2 && shown.every(Boolean);
  });
}

/** Waits until the issue shows this state as a label. */
export async function untilState({ github }: House, repository: string, issue: number, state: FixState): Promise<void> {
  await until(`${repository}#${issue} is ${state}`, patienceMs, () => shownState(github, repository, issue) === state);
}
