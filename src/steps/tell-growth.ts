import type { Fix } from '../domain/fix-facts.ts';
import type { Model, ReplyWatch } from '../ports/model.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * A model that is watched while it answers: how far a long answer is gets told now and then, so that who waits sees life.
 * No answer waits for the telling, and none is lost where it fails.
 */
export function growthTold(
  { tellGrowth, pace, now, log }: Pick<Ports, 'tellGrowth' | 'pace' | 'now' | 'log'>,
  fix: Fix,
  model: Model,
): Model & { settled(): Promise<void> } {
  let toldMs = 0;
  let telling: Promise<void> | null = null;
  const look = (characters: number): void => {
    if (telling !== null || now() - toldMs < pace.tellGrowthEveryMs) return;
    toldMs = now();
    telling = tellGrowth(fix, characters)
      .catch((error: unknown) => log.warn({ err: error, fix: fix.id }, 'the growth of an answer could not be told'))
      .finally(() => {
        telling = null;
      });
  };
  return {
    id: model.id,
    reply: (request, signal, watch) => {
      toldMs = now();
      const both: ReplyWatch = {
        ...watch,
        grown: (characters) => {
          watch?.grown(characters);
          look(characters);
        },
      };
      return model.reply(request, signal, both);
    },
    settled: async () => {
      await telling;
    },
  };
}
