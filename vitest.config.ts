import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Suites that `npm test` leaves out: `npm run test:long` and `npm run test:hostile`, both part of `npm run check:full`. */
const suites = ['long', 'hostile'];
const suite = suites.find((name) => name === process.env.AI_FIX_SUITE);

const filesOf = (folders: readonly string[]): string[] => folders.map((folder) => `test/${folder}/**/*.test.ts`);

const everything = ['test/**/*.test.ts'];

/** A whole App, or many: half a minute and more for a file, so that none of them is left to the end, alone. */
const houses = filesOf(['e2e', 'cli/try', 'drill']);

/** Whose tests leave nothing behind in their process: sharing one saves its start and the loading of the same modules. */
const together = filesOf([
  'agent',
  'app',
  'config',
  'domain',
  'localization',
  'prompts',
  'steps',
  'thread',
  'workflows',
]);

const project = (
  name: string,
  isolate: boolean,
  include: string[],
  exclude: string[],
): TestProjectInlineConfiguration => ({
  test: { name, include, exclude, isolate, testTimeout: 60_000, hookTimeout: 60_000 },
});

const suiteFolders = filesOf(suites);

/** Run one after the other, in the order of their names. */
const projects = [
  project('1 houses', true, houses, []),
  project('2 apart', true, everything, [...houses, ...together, ...suiteFolders]),
  project('3 together', false, together, []),
];

export default defineConfig({
  test: {
    // No `include` here: projects would add it to their own, and run every file.
    projects: suite === undefined ? projects : [project(suite, true, filesOf([suite]), [])],
    globalSetup: ['test/support/database-image.ts', 'test/support/shared-postgres.ts'],
    // What waits for a clock, a disk or a process leaves a core to the third.
    maxWorkers: suite === undefined ? 3 : 2,
  },
});
