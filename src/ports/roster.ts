import type { Role } from '../domain/conversation.ts';
import type { Price } from '../domain/cost.ts';
import type { Model } from './model.ts';

/** Which models answer for a role: a chain, the next asked where one fails. */
export interface Roster {
  /** The role's chain as one model: where one fails, the next is asked; a reply says who gave it. */
  modelFor(role: Role): Model;
  /** Ids (`provider/model`) by role, in the order in which they are asked. */
  describe(): Record<Role, string[]>;
  /** Null when nobody told us: the cost is then unknown, not zero. */
  priceOf(modelId: string): Price | null;
  /** What is odd about the repository's choice, or without one about the host's, though it can be asked: a line each. */
  readonly warnings?: readonly string[];
}
