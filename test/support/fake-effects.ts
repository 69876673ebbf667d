import type { EffectStore } from '../../src/ports/stores.ts';

/** The record of effects in memory; what is kept goes through JSON, as in a database. */
export function fakeEffects(): EffectStore {
  const rows = new Map<string, string>();
  return {
    find: (fix, key) => {
      const row = rows.get(`${fix} ${key}`);
      return Promise.resolve(row === undefined ? null : JSON.parse(row));
    },
    record: (fix, key, remote) => {
      rows.set(`${fix} ${key}`, JSON.stringify(remote));
      return Promise.resolve();
    },
  };
}
