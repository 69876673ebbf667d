import type { Json } from './json.ts';
import { page, type SiteCall, type SiteRoutes } from './site.ts';
import type { Delivery } from './webhooks.ts';

/** What the App may ask about its own webhook. The secret is only shown to be there. */
export const appRoutes = (target: { readonly url: string | null }): SiteRoutes => ({
  'apps/get-webhook-config-for-app': async () => ({
    status: 200,
    body: { url: target.url ?? '', content_type: 'json', secret: '********', insecure_ssl: '0' },
  }),
  'apps/list-webhook-deliveries': async (call) => {
    const { items, headers } = page(call, attemptsOf(call).toReversed());
    return { status: 200, body: items, headers };
  },
});

/** A redelivery is a delivery of its own with the same guid. Who was not reached has the status 0. */
const attemptsOf = ({ site }: SiteCall): Json[] =>
  site.webhooks.deliveries.flatMap((delivery, index) =>
    delivery.statuses.map((status, time) => attemptJson(delivery, index * 100 + time + 1, status, time > 0)),
  );

const attemptJson = (delivery: Delivery, id: number, status: number | null, isAgain: boolean): Json => ({
  id,
  guid: delivery.id,
  delivered_at: delivery.sentAt,
  redelivery: isAgain,
  duration: 0.1,
  status: wordFor(status),
  status_code: status ?? 0,
  event: delivery.event,
  action: delivery.action,
  installation_id: null,
  repository_id: null,
  throttled_at: null,
});

function wordFor(status: number | null): string {
  if (status === null) return 'failed to connect to host';
  return status < 300 ? 'OK' : `Invalid HTTP Response: ${status}`;
}
