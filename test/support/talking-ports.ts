import type { Role } from '../../src/domain/conversation.ts';
import type { Model } from '../../src/ports/model.ts';
import type { Roster } from '../../src/ports/roster.ts';
import { fakeEffects } from './fake-effects.ts';
import { plentyOfMoney } from './fake-purses.ts';
import { fakeSyntax } from './fake-syntax.ts';
import { fakeTurns } from './fake-turns.ts';
import type { GivenPorts } from './ports-for-test.ts';

/** A roster in which one model answers for every role, at a price that nobody knows. */
export function rosterOf(model: Model, onAsked: (role: Role) => void = () => undefined): Roster {
  const chain = [model.id];
  return {
    modelFor: (role) => {
      onAsked(role);
      return model;
    },
    describe: () => ({ architect: chain, coder: chain, fast: chain, debugger: chain, reviewer: chain }),
    priceOf: () => null,
  };
}

/** What a step needs that talks with a model, of a fix that nobody changes meanwhile and that has money for everything. */
export function talkingPorts(model: Model, onAsked?: (role: Role) => void) {
  const turns = fakeTurns();
  const roster = rosterOf(model, onAsked);
  return {
    turns,
    ...plentyOfMoney(turns),
    rosterFor: () => roster,
    effects: fakeEffects(),
    syntax: fakeSyntax(),
    // Handed on; whoever asks it says what there is to find.
    history: {},
    inputs: { find: async () => null, put: async () => undefined },
    engine: { holdWhileStopping: async () => undefined },
    fixes: { find: async () => null },
    redact: (text: string) => text,
    now: () => 0,
  } satisfies GivenPorts;
}
