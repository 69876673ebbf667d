import type { Logger } from 'pino';
import { Probot, type ProbotOctokit, Server } from 'probot';
import { timedWebhooks } from './timed-webhooks.ts';
import { guardWebhooks } from './webhook-guard.ts';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly webhookProxyUrl: string | undefined;
  readonly app: { readonly id: number; readonly privateKey: string; readonly webhookSecret: string };
  readonly apiUrl: string;
  readonly Octokit: typeof ProbotOctokit;
  readonly log: Logger;
  /** Told of each webhook once it is answered. */
  readonly onWebhook?: (status: number, tookMs: number) => void;
}

type AppFunction = Parameters<Server['load']>[0];

const webhookPath = '/api/github/webhooks';

/** Whoever only opens connections gets them closed; Node looks every 30 seconds. */
const limits = { maxConnections: 1_000, headersTimeout: 10_000, requestTimeout: 30_000 };

/** Probot's server with our guard before its webhook middleware. It listens once this resolves. */
export async function openServer(options: ServerOptions, app: AppFunction): Promise<Server> {
  const { id: appId, privateKey, webhookSecret: secret } = options.app;
  const { onWebhook } = options;
  /** The server asks its Probot for the middleware: the one place where something can stand before it. */
  class GuardedProbot extends Probot {
    override async getNodeMiddleware(how = {}) {
      const inner = await super.getNodeMiddleware(how);
      const guard = guardWebhooks(webhookPath, secret, async (request, response) => inner(request, response));
      return (onWebhook === undefined ? guard : timedWebhooks(guard, onWebhook)) as typeof inner;
    }
  }
  const { host, port, log, Octokit, webhookProxyUrl: webhookProxy } = options;
  const server = new Server({
    host,
    port,
    webhookPath,
    ...(webhookProxy === undefined ? {} : { webhookProxy }),
    log,
    Probot: GuardedProbot.defaults({ appId, privateKey, secret, baseUrl: options.apiUrl, log, Octokit }),
  });
  await server.load(app);
  Object.assign(await server.start(), limits);
  return server;
}
