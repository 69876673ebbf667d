import { defineConfig } from 'vitest/config';

/** Suites that `npm test` leaves out: `npm run test:long` and `npm run test:hostile`, both part of `npm run check:full`. */
const suites = ['long', 'hostile'];
const suite = suites.find((name) => name === process.env.AI_FIX_SUITE);

export default defineConfig({
  test: {
    include: [suite === undefined ? 'test/**/*.test.ts' : `test/${suite}/**/*.test.ts`],
    exclude: suite === undefined ? suites.map((name) => `test/${name}/**`) : [],
    globalSetup: ['test/support/database-image.ts', 'test/support/shared-postgres.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
