import { z } from 'zod';
import { ForgeError } from '../domain/faults.ts';
import type { Installations } from './installations.ts';

/** The App as GitHub has it registered: what its owner set, who installed it, and how its webhook fares. */
export interface GitHubApp {
  registration(): Promise<AppRegistration>;
  /** The first thousand. */
  installations(): Promise<readonly AppInstallation[]>;
  /** Null when the App is not installed on the repository. */
  installationOn(owner: string, name: string): Promise<AppInstallation | null>;
  webhook(): Promise<AppWebhook>;
  /** The newest hundred; GitHub keeps them for some days. */
  deliveries(): Promise<readonly AppDelivery[]>;
}

export type Grants = Readonly<Record<string, string>>;

export interface AppRegistration {
  readonly slug: string;
  readonly webUrl: string;
  readonly permissions: Grants;
  readonly events: readonly string[];
  /** GitHub's clock less ours; null where GitHub does not tell the time. */
  readonly skewMs: number | null;
}

export interface AppInstallation {
  readonly id: number;
  readonly account: string;
  /** Where its owner accepts permissions and chooses repositories. */
  readonly webUrl: string;
  readonly permissions: Grants;
  readonly events: readonly string[];
  readonly isSuspended: boolean;
}

export interface AppWebhook {
  readonly url: string;
  readonly isJson: boolean;
  readonly hasSecret: boolean;
  readonly isTlsVerified: boolean;
}

export interface AppDelivery {
  readonly id: number;
  readonly at: string;
  readonly event: string;
  readonly action: string | null;
  /** 0 where no connection came about. */
  readonly status: number;
  /** GitHub's word for it. */
  readonly said: string;
  /** The same for a delivery and its redeliveries. */
  readonly guid: string;
}

const grants = z.record(z.string(), z.string());
const registrationSchema = z.object({
  slug: z.string(),
  html_url: z.string(),
  permissions: grants,
  events: z.array(z.string()),
});
const installationSchema = z.object({
  id: z.number(),
  account: z.object({ login: z.string().optional(), slug: z.string().optional() }).nullable(),
  html_url: z.string(),
  permissions: grants,
  events: z.array(z.string()),
  suspended_at: z.string().nullish(),
});
const webhookSchema = z.object({
  url: z.string().nullish(),
  content_type: z.string().nullish(),
  secret: z.string().nullish(),
  insecure_ssl: z.union([z.string(), z.number()]).nullish(),
});
const deliverySchema = z.object({
  id: z.number(),
  guid: z.string(),
  delivered_at: z.string(),
  event: z.string(),
  action: z.string().nullish(),
  status: z.string(),
  status_code: z.number(),
});

const pageSize = 100;
const maxPages = 10;

export function createGitHubApp(installations: Installations): GitHubApp {
  return {
    registration: () =>
      installations.asApp('read who the App is', async (app) => {
        const { data, headers } = await app.rest.apps.getAuthenticated();
        const { slug, html_url, permissions, events } = registrationSchema.parse(data);
        const theirsMs = Date.parse(headers.date ?? '');
        return { slug, webUrl: html_url, permissions, events, skewMs: skewOf(theirsMs) };
      }),

    installations: () =>
      installations.asApp('list the installations', async (app) => {
        const found: AppInstallation[] = [];
        for (let page = 1; page <= maxPages; page++) {
          const { data } = await app.rest.apps.listInstallations({ per_page: pageSize, page });
          found.push(...z.array(installationSchema).parse(data).map(toInstallation));
          if (data.length < pageSize) break;
        }
        return found;
      }),

    installationOn: async (owner, name) => {
      try {
        return await installations.asApp(`look for the installation on ${owner}/${name}`, async (app) => {
          const { data } = await app.rest.apps.getRepoInstallation({ owner, repo: name });
          return toInstallation(installationSchema.parse(data));
        });
      } catch (error) {
        if (error instanceof ForgeError && error.status === 404) return null;
        throw error;
      }
    },

    webhook: () =>
      installations.asApp('read the webhook', async (app) => {
        const { data } = await app.rest.apps.getWebhookConfigForApp();
        const { url, content_type, secret, insecure_ssl } = webhookSchema.parse(data);
        return {
          url: url ?? '',
          isJson: content_type === 'json',
          hasSecret: (secret ?? '') !== '',
          isTlsVerified: Number(insecure_ssl ?? 0) === 0,
        };
      }),

    deliveries: () =>
      installations.asApp('read the deliveries of the webhook', async (app) => {
        const { data } = await app.rest.apps.listWebhookDeliveries({ per_page: pageSize });
        return z.array(deliverySchema).parse(data).map(toDelivery);
      }),
  };
}

const skewOf = (theirsMs: number): number | null => (Number.isFinite(theirsMs) ? theirsMs - Date.now() : null);

const toInstallation = (rest: z.infer<typeof installationSchema>): AppInstallation => ({
  id: rest.id,
  account: rest.account?.login ?? rest.account?.slug ?? `installation ${rest.id}`,
  webUrl: rest.html_url,
  permissions: rest.permissions,
  events: rest.events,
  isSuspended: rest.suspended_at != null,
});

const toDelivery = (rest: z.infer<typeof deliverySchema>): AppDelivery => ({
  id: rest.id,
  at: rest.delivered_at,
  event: rest.event,
  action: rest.action ?? null,
  status: rest.status_code,
  said: rest.status,
  guid: rest.guid,
});
