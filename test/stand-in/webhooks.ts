import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './clock.ts';
import {
  type DeliveryAnswer,
  type DeliveryTarget,
  deliverForged,
  eventHeaders,
  type ForgedDelivery,
  signatureHeaders,
} from './forged-delivery.ts';
import type { JsonObject } from './json.ts';

export interface Delivery {
  /** GitHub's `X-GitHub-Delivery`; a redelivery keeps it. */
  readonly id: string;
  readonly event: string;
  readonly action: string | null;
  readonly payload: JsonObject;
  readonly sentAt: string;
  /** One for each time it was sent; null when nobody answered. */
  readonly statuses: (number | null)[];
}

export type DeliveryPolicy = (
  delivery: Delivery,
) => 'deliver' | 'drop' | 'twice' | { readonly delayMs: number; readonly againAfterMs?: number };

export interface Webhooks {
  /** Asked once for each new delivery; redeliveries are always sent. */
  policy: DeliveryPolicy;
  readonly deliveries: readonly Delivery[];
  /** Signs and sends. Events that the App did not subscribe to go out too: the caller decides. */
  send(event: string, payload: JsonObject): Delivery;
  /** Sends what GitHub never would. It is in no list of deliveries. */
  forge(event: string, payload: JsonObject | string | Uint8Array, forged?: ForgedDelivery): Promise<DeliveryAnswer>;
  /** @throws {Error} when there is no such delivery. */
  redeliver(id: string): Promise<number | null>;
  /** Waits until every delivery that is under way has ended. */
  settled(): Promise<void>;
}

/** GitHub gives up on a receiver after ten seconds. */
const answerTimeoutMs = 10_000;

export function createWebhooks(target: DeliveryTarget): Webhooks {
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<unknown>>();
  const track = (work: Promise<unknown>): void => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };

  const post = async (delivery: Delivery): Promise<number | null> => {
    const url = target.url();
    const status = url === null ? null : await postSigned(url, delivery, target.secret, target.hookId);
    delivery.statuses.push(status);
    return status;
  };

  const webhooks: Webhooks = {
    policy: () => 'deliver',
    deliveries,
    send(event, payload) {
      const action = typeof payload.action === 'string' ? payload.action : null;
      const delivery: Delivery = { id: randomUUID(), event, action, payload, sentAt: now(), statuses: [] };
      deliveries.push(delivery);
      const decision = webhooks.policy(delivery);
      if (decision === 'deliver' || decision === 'twice') track(post(delivery));
      if (decision === 'twice') track(post(delivery));
      if (typeof decision === 'object') {
        const { delayMs, againAfterMs } = decision;
        track(sleep(delayMs).then(() => post(delivery)));
        if (againAfterMs !== undefined) track(sleep(againAfterMs).then(() => post(delivery)));
      }
      return delivery;
    },
    forge: (event, payload, forged) => deliverForged(target, event, payload, forged),
    async redeliver(id) {
      const delivery = deliveries.find((candidate) => candidate.id === id);
      if (delivery === undefined) throw new Error(`there is no delivery ${id}`);
      const sent = post(delivery);
      track(sent);
      return sent;
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
  return webhooks;
}

/** Null when nobody answered: the App may be down, and GitHub does not mind either. */
async function postSigned(url: string, delivery: Delivery, secret: string, hookId: number): Promise<number | null> {
  const body = JSON.stringify(delivery.payload);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...eventHeaders({ ...delivery, hookId }), ...signatureHeaders(body, secret, 'valid') },
      body,
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}
