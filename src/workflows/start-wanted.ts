import type { FixId } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Hands the burst that a fix wants to the engine, unless one is running: that one does it when it ends. Called after
 * every change of a fix; safe at any time and from any process, and repeated by the sweep for what a crash cut off.
 */
export async function startWanted({ fixes, engine }: Pick<Ports, 'fixes' | 'engine'>, fix: FixId): Promise<void> {
  const burst = await fixes.take(fix);
  if (burst !== null) await engine.startBurst(burst);
}
