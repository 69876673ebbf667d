import type { DeliveryId } from '../domain/ids.ts';
import { type Signal, signalSchema } from '../domain/signal.ts';
import type { Ports } from '../ports/ports.ts';
import type { Delivery } from '../ports/stores.ts';

/** What every event of an App carries, as far as we use it. A payload without installation is for nobody here. */
export interface EventPayload {
  readonly repository?: { readonly name: string; readonly owner: { readonly login: string } };
  readonly installation?: { readonly id: number } | undefined;
  readonly sender?: { readonly login: string; readonly id?: number; readonly type?: string };
}

export const repositoryOf = (payload: EventPayload) => ({
  installationId: payload.installation?.id,
  owner: payload.repository?.owner.login,
  name: payload.repository?.name,
});

export const actorOf = ({ sender }: EventPayload) => ({
  login: sender?.login,
  ...(sender?.id === undefined ? {} : { id: sender.id }),
  isBot: sender?.type === 'Bot' || sender?.login.endsWith('[bot]') === true,
});

/** A signal as the payload has it, still to be checked. */
export type RawSignal = { readonly type: Signal['type'] } & Readonly<Record<string, unknown>>;

export type Accept = (delivery: string, raw: RawSignal) => Promise<void>;

/**
 * Commits a delivery before it is answered; the work happens after. What is not a signal we know the fields of is
 * let go with a line in the log: GitHub's payloads do break their own schemas. What we did ourselves (a label that
 * shows a state, a comment that quotes a command) is no signal.
 */
export function createAccept(
  { deliveries, log }: Pick<Ports, 'deliveries' | 'log'>,
  isSelf: (login: string) => boolean,
  handOver: (delivery: Delivery) => Promise<void>,
): Accept {
  return async (delivery, raw) => {
    const parsed = signalSchema.safeParse(raw);
    if (!parsed.success) {
      const missing = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))].slice(0, 10);
      log.info({ delivery, type: raw.type, missing }, 'a delivery without the fields we need was let go');
      return;
    }
    if ('actor' in parsed.data && isSelf(parsed.data.actor.login)) return;
    const id = delivery as DeliveryId;
    const answer = await deliveries.accept(id, parsed.data);
    if (answer === 'known') return;
    const fresh = { id, signal: parsed.data, status: 'received', tries: 1 } as const;
    const known = answer === 'new' ? fresh : await deliveries.find(id);
    if (known === null) return;
    // Not awaited: the delivery is committed, and the sweep starts what a crash here leaves behind. The answer goes
    // out first, because the embedded database would hold it up with the statements of the start.
    setImmediate(() => {
      handOver(known).catch((error: unknown) =>
        log.warn({ err: error, delivery }, 'the delivery will be started by the sweep'),
      );
    });
  };
}
