import { defineConfig } from 'vitest/config';

/** The long suites run by `npm run test:long`, which is part of `npm run check:full`. */
const long = ['test/long/**'];

export default defineConfig({
  test: {
    include: process.env.AI_FIX_SUITE === 'long' ? ['test/long/**/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: process.env.AI_FIX_SUITE === 'long' ? [] : long,
    globalSetup: ['test/support/database-image.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
