import type { HostileArea } from '../hostile-case.ts';
import { knocks } from './webhooks-at-the-door.ts';
import { hostilePayloads } from './webhooks-payloads.ts';
import { replayScripts, replaysAndLies } from './webhooks-replayed.ts';

export const webhooks: HostileArea = {
  area: 'forged and replayed webhooks',
  scripts: replayScripts,
  cases: [...knocks, ...hostilePayloads, ...replaysAndLies],
};
