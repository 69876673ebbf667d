import { takeModelSettings } from '../../../src/config/environment.ts';
import type { Localization } from '../../../src/domain/localization.ts';
import { createRoster } from '../../../src/models/roster.ts';
import type { Tree } from '../../../src/ports/workspace.ts';
import { askWhere } from '../../../src/steps/ask-where.ts';
import { fakeEffects } from '../../support/fake-effects.ts';
import { plentyOfMoney } from '../../support/fake-purses.ts';
import { fakeSyntax } from '../../support/fake-syntax.ts';
import { fakeTurns } from '../../support/fake-turns.ts';
import { portsForTest } from '../../support/ports-for-test.ts';
import { sampleFix } from '../../support/sample-fix.ts';

/** The candidates in the order that the fast role gives them, asked as a fix asks it. */
export interface ModelOrder {
  /** The models, in the order in which they are asked. */
  readonly ids: readonly string[];
  order(tree: Tree, issue: string, found: Localization, signal: AbortSignal): Promise<Ordered>;
}

export interface Ordered {
  readonly paths: readonly string[];
  /** False where there was too little to choose from, or nobody answered well: the order is then what it was. */
  readonly isAnswered: boolean;
  readonly tokens: number;
}

/**
 * Takes the keys out of the environment.
 *
 * @throws {ConfigError} where no model can be asked.
 */
export function createModelOrder(environment: NodeJS.ProcessEnv): ModelOrder {
  const { models: host } = takeModelSettings(environment);
  const roster = createRoster({ host });
  return {
    ids: roster.describe().fast,
    async order(tree, issue, found, signal) {
      // Each fix for itself: nothing adds up to a budget, and no reply to another is read again.
      const fix = sampleFix();
      const turns = fakeTurns();
      const ports = portsForTest({
        turns,
        ...plentyOfMoney(turns),
        now: Date.now,
        engine: { holdWhileStopping: async () => undefined },
        fixes: { find: async () => fix },
        rosterFor: () => roster,
        pace: { outagePauseMs: () => 0, tellGrowthEveryMs: 60_000 },
        effects: fakeEffects(),
        syntax: fakeSyntax(),
        tellGrowth: async () => undefined,
      });
      const { places } = await askWhere(ports, fix, tree, { issue, found, of: tree.commit }, signal);
      const { tokens } = await turns.spending(fix.id);
      return { paths: places.candidates.map(({ path }) => path), isAnswered: places !== found, tokens };
    },
  };
}
