import type { Logger } from 'pino';
import { Probot, type ProbotOctokit, Server } from 'probot';
import { guardWebhooks } from './webhook-guard.ts';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly webhookProxyUrl: string | undefined;
  readonly app: { readonly id: number; readonly privateKey: string; readonly webhookSecret: string };
  readonly apiUrl: string;
  readonly Octokit: typeof ProbotOctokit;
  readonly log: Logger;
}

type AppFunction = Parameters<Server['load']>[0];

const webhookPath = '/api/github/webhooks';

/** Whoever only opens connections gets them closed; Node looks every 30 seconds. */
const limits = { maxConnections: 1_000, headersTimeout: 10_000, requestTimeout: 30_000 };

/** Probot's server with our guard before its webhook middleware. It listens once this resolves. */
export async function openServer(options: ServerOptions, app: AppFunction): Promise<Server> {
  const { id: appId, privateKey, webhookSecret: secret } = options.app;
  /** The server asks its Probot for the middleware: the one place where something can stand before it. */
  class GuardedProbot extends Probot {
    override async getNodeMiddleware(how = {}) {
      const inner = await super.getNodeMiddleware(how);
      return guardWebhooks(webhookPath, secret, async (request, response) => inner(request, response)) as typeof inner;
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
