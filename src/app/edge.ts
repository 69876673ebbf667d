import type { DeliveryId } from '../domain/ids.ts';
import { type ListedRepository, listedRepositorySchema, type Signal, signalSchema } from '../domain/signal.ts';
import type { Ports } from '../ports/ports.ts';
import type { Delivery } from '../ports/stores.ts';

/**
 * A field of a payload by its path, or undefined where the way ends. GitHub's payloads break their own schemas, and
 * what breaks here would be answered with a fault of ours.
 */
export function field(payload: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? Reflect.get(value, name)
          : undefined,
      payload,
    );
}

export function repositoryOf(payload: unknown) {
  const id = field(payload, 'repository.id');
  return {
    installationId: field(payload, 'installation.id'),
    owner: field(payload, 'repository.owner.login'),
    name: field(payload, 'repository.name'),
    ...(Number.isSafeInteger(id) && Number(id) > 0 ? { id: Number(id) } : {}),
  };
}

/** The repositories in a list of an installation's payload, which names their owners in their full names only. */
export function listedIn(payload: unknown, path: string): readonly ListedRepository[] {
  const list = field(payload, path);
  return (Array.isArray(list) ? list : []).flatMap((item: unknown) => {
    const [owner, name] = String(field(item, 'full_name')).split('/');
    const { success, data } = listedRepositorySchema.safeParse({ id: field(item, 'id'), owner, name });
    return success ? [data] : [];
  });
}

export function actorOf(payload: unknown) {
  const login = field(payload, 'sender.login');
  const id = field(payload, 'sender.id');
  const isBot = field(payload, 'sender.type') === 'Bot' || (typeof login === 'string' && login.endsWith('[bot]'));
  return { login, ...(id === undefined ? {} : { id }), isBot };
}

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
