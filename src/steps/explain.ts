import type { Fix } from '../domain/fix-facts.ts';
import type { Ports } from '../ports/ports.ts';
import { explanationText } from '../thread/explanation-text.ts';

/** Where a fix stands, how it came there and what it cost, in words. Asks no model and nothing of GitHub. */
export async function explain(
  { fixes, turns, now }: Pick<Ports, 'fixes' | 'turns' | 'now'>,
  fix: Fix,
): Promise<string> {
  const log = await fixes.events(fix.id);
  const spent = await turns.spending(fix.id);
  return explanationText(fix, log, { spent, models: await turns.models(fix.id), nowMs: now() });
}
