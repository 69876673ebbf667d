import type { Attempt } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import { changedPaths, emptyOverlay, type Overlay } from '../domain/overlay.ts';
import { overlayDigest, trailOf } from '../domain/progress.ts';
import type { Ports } from '../ports/ports.ts';
import { startOfTrail } from './begin-attempt.ts';
import { triedText } from './describe-tried.ts';

const maxWholeBytes = 60_000;
const maxStepBytes = 24_000;
const maxPaths = 40;

type StoryPorts = Pick<Ports, 'workspace' | 'attempts'>;

/** What the writer of a further attempt is told of those before: tried, changed, and why it was not good enough. */
export interface Story {
  readonly tried: string;
  /** Says what `diff` is. */
  readonly changed: string;
  readonly diff: string;
  readonly feedback: string;
}

/**
 * The story of the attempts so far, for the next one. Of the patch only the last step is shown once there were two: the
 * rest is in the files, and was read before.
 */
export async function tellStory(ports: StoryPorts, fix: Fix, ground: Ground, attempt: Attempt): Promise<Story> {
  const before = (await ports.attempts.all(fix.id)).filter(({ number }) => number < attempt.number);
  const trail = trailOf(before, { round: attempt.round ?? 0, base: ground.base });
  const tried = triedText(trail);
  const whole = () => wholePatch(ports, fix, ground, attempt.overlay);
  if (attempt.begunFrom !== undefined) {
    const from = attempt.begunFrom.attempt;
    const origin = before.find(({ number }) => number === (from ?? trail.at(-1)?.number));
    const changed =
      from === null
        ? 'The edits of these attempts are taken out again. What is in place:'
        : `The patch of attempt ${from} is in place, and nothing of what came after it:`;
    return { tried, changed, diff: await whole(), feedback: origin?.verdict?.text ?? fix.feedback ?? '' };
  }
  const feedback = fix.feedback ?? '';
  const last = trail.at(-1);
  const earlier = last === undefined ? emptyOverlay : beginningOf(last, before, trail);
  if (changedPaths(earlier).length === 0)
    return { tried, changed: 'What the last attempt changed:', diff: await whole(), feedback };
  const changed = `${pathsText(attempt.overlay)} What the last attempt changed of what it began with:`;
  return { tried, changed, diff: await stepBetween(ports, fix, ground, earlier, attempt.overlay), feedback };
}

/** The patch that an attempt of a trail went on from. */
function beginningOf(attempt: Attempt, all: readonly Attempt[], trail: readonly Attempt[]): Overlay {
  const from = attempt.begunFrom?.attempt;
  if (from === null) return startOfTrail(all, trail, attempt.base);
  const before = trail.findLast(({ number }) => (from === undefined ? number < attempt.number : number === from));
  return before?.overlay ?? startOfTrail(all, trail, attempt.base);
}

function pathsText(overlay: Overlay): string {
  const paths = changedPaths(overlay);
  const more = paths.length > maxPaths ? ` and ${paths.length - maxPaths} more` : '';
  return `The whole patch changes ${paths.slice(0, maxPaths).join(', ')}${more}.`;
}

export async function wholePatch(
  { workspace }: Pick<Ports, 'workspace'>,
  fix: Fix,
  { base, tip }: Ground,
  overlay: Overlay,
): Promise<string> {
  if (changedPaths(overlay).length === 0) return '(nothing: it starts anew)';
  const { tree } = await workspace.build(fix.repository, base, overlay, tip);
  return shown(await workspace.diff(fix.repository, base, tree, maxWholeBytes));
}

/** What one patch changes of another on the same base. */
export async function stepBetween(
  { workspace }: Pick<Ports, 'workspace'>,
  fix: Fix,
  { base, tip }: Ground,
  from: Overlay,
  to: Overlay,
): Promise<string> {
  if (overlayDigest(from) === overlayDigest(to)) return '(nothing: it is the very same patch)';
  const before = await workspace.build(fix.repository, base, from, tip);
  const after = await workspace.build(fix.repository, base, to, tip);
  return shown(await workspace.diff(fix.repository, before.tree, after.tree, maxStepBytes));
}

const shown = ({ text, isCut }: { readonly text: string; readonly isCut: boolean }): string =>
  isCut ? `${text}\n(The diff is cut here; read the files for the rest.)` : text;
