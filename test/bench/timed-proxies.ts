import type { Stands } from '../support/stands.ts';
import { startTimedProxy, type TimedProxy } from './timed-proxy.ts';

/** Proxies on every wire of an App: to GitHub, to the model, and from GitHub's webhooks. */
export interface TimedProxies {
  readonly github: TimedProxy;
  readonly model: TimedProxy;
  readonly webhooks: TimedProxy;
  /** As the stands' own, for an App that shall speak through the proxies. */
  environment(folder: string): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export async function standBetween(stands: Stands): Promise<TimedProxies> {
  const { github, model } = stands;
  const wires = {
    github: await startTimedProxy(github.url),
    model: await startTimedProxy(model.url),
    webhooks: await startTimedProxy(''),
  };
  return {
    ...wires,
    environment: async (folder) => {
      const environment = await stands.environment(folder, {
        GHE_HOST: new URL(wires.github.url).host,
        OPENAI_BASE_URL: `${wires.model.url}/v1`,
      });
      wires.webhooks.target = `http://127.0.0.1:${environment.PORT}`;
      github.webhookUrl = `${wires.webhooks.url}/api/github/webhooks`;
      return environment;
    },
    close: async () => {
      for (const wire of Object.values(wires)) await wire.close();
    },
  };
}
