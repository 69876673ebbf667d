import type { DrillOrder } from './drill-app.ts';
import type { PhaseKind } from './drill-faults.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { type Provider, providers } from './lanes.ts';

interface Stage {
  readonly proxy: Pick<FaultProxy, 'phases'>;
  kill(): Promise<void>;
  tell(order: DrillOrder): void;
  say(line: string): void;
}

interface Happening {
  readonly name: string;
  /** The share of fixes that are over when it comes. */
  readonly at: number;
  begin(stage: Stage): Promise<void> | void;
  /** Left out: it is over at once. */
  end?(stage: Stage): void;
}

function phase(provider: Provider, kind: PhaseKind) {
  return {
    begin: ({ proxy }: Stage) => {
      proxy.phases[provider] = kind;
    },
    end: ({ proxy }: Stage) => {
      proxy.phases[provider] = null;
    },
  };
}

/** What befalls all fixes at once, in this order. */
const list: readonly Happening[] = [
  { name: 'one provider is down', at: 0.1, ...phase('anthropic', 'down') },
  { name: 'the process is killed', at: 0.25, begin: (stage) => stage.kill() },
  { name: "one provider's account is empty", at: 0.35, ...phase('azure', 'no credit') },
  {
    name: 'all providers are down',
    at: 0.5,
    begin: (stage) => {
      for (const provider of providers) phase(provider, 'down').begin(stage);
    },
    end: (stage) => {
      for (const provider of providers) phase(provider, 'down').end(stage);
    },
  },
  { name: 'the process is killed', at: 0.55, begin: (stage) => stage.kill() },
  {
    name: "one provider's name is not known (DNS)",
    at: 0.65,
    begin: ({ tell }) => tell({ type: 'names', areKnown: false }),
    end: ({ tell }) => tell({ type: 'names', areKnown: true }),
  },
  { name: 'the process is killed', at: 0.8, begin: (stage) => stage.kill() },
];

/** How long each lasts: in a small drill a fix is long beside it. */
const lastsMs = (fixes: number): number => Math.min(8_000, 1_000 + 40 * fixes);

/** Told after each fix how many are over; begins what is due and ends it after its time, while the fixes go on. */
export function happenings(stage: Stage, fixes: number): (ended: number) => Promise<void> {
  const due = [...list];
  return async (ended) => {
    while (due[0] !== undefined && due[0].at * fixes <= ended && ended < fixes) {
      const happening = due.shift();
      if (happening === undefined) return;
      stage.say(`now: ${happening.name}`);
      await happening.begin(stage);
      if (happening.end === undefined) continue;
      await new Promise((resolve) => setTimeout(resolve, lastsMs(fixes)));
      happening.end(stage);
      stage.say(`over: ${happening.name}`);
    }
  };
}
