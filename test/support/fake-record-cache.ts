import type { RecordCache } from '../../src/ports/record-cache.ts';

/** Records in memory, of one repository. `kept` may be emptied or changed between calls, as a disk may. */
export function fakeRecordCache(): RecordCache & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    load: async () => new Map(kept),
    save: async (_repository, _version, added) => {
      for (const [blob, bytes] of added) kept.set(blob, bytes);
    },
  };
}
