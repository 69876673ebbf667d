import type { PlanDocument } from '../../src/domain/plan.ts';
import type { DocumentStore } from '../../src/ports/stores.ts';

/** Plan documents of one fix in memory. */
export function fakeDocuments(start: readonly PlanDocument[] = []): DocumentStore {
  let kept = start;
  return {
    put: async (_fix, documents) => {
      kept = documents;
    },
    list: async () => kept,
  };
}
