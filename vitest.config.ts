import { defineConfig } from 'vitest/config';

/** Long suites run by their own scripts: `npm run test:kill`, `npm run test:long`. */
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
