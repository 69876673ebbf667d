import { describe, expect, it } from 'vitest';
import type { ArtifactLimits } from '../../src/ports/sandbox.ts';
import { readInventories } from '../../src/steps/read-inventory.ts';
import { fakeArtifact, fakeSandbox } from '../support/fake-sandbox.ts';
import { sampleRepository } from '../support/sample-fix.ts';

const report = (...names: string[]): string =>
  `<testsuites>${names.map((name) => `<testcase name="${name}"/>`).join('')}</testsuites>`;

/** Reads the checks `test` and `lint` of a run with these artifacts. */
function read(...artifacts: ReturnType<typeof fakeArtifact>[]) {
  const sandbox = fakeSandbox();
  sandbox.artifactsOf.set(99, artifacts);
  return readInventories({ sandbox }, sampleRepository, 99, ['test', 'lint']);
}

const files = (name: string, ...texts: string[]) => ({
  ...fakeArtifact(name, ''),
  files: texts.map((text, index) => ({ path: `target/TEST-${index}.xml`, text })),
});

describe('the inventories of a run', () => {
  it('are those of the checks that kept a report', async () => {
    const found = await read(fakeArtifact('junit-test', report('a', 'b')), fakeArtifact('junit-other', report('c')));

    expect(found).toEqual({ test: { passed: ['a', 'b'], failed: [], skipped: [], leftOut: 0 } });
  });

  it('are none of a run without artifacts', async () => {
    expect(await read()).toEqual({});
  });

  it('join all reports of a check', async () => {
    const found = await read(files('junit-test', report('a'), report('b'), report('b')));

    expect(found).toMatchObject({ test: { passed: ['a', 'b', 'b (2)'] } });
  });

  it('pass over a document of another kind beside a report', async () => {
    const found = await read(files('junit-test', '<testng-results/>', report('a')));

    expect(found).toMatchObject({ test: { passed: ['a'] } });
  });

  it('are empty where a report is', async () => {
    expect(await read(fakeArtifact('junit-test', '<testsuites/>'))).toEqual({
      test: { passed: [], failed: [], skipped: [], leftOut: 0 },
    });
  });

  it('are asked for within bounds, and for the wanted names alone', async () => {
    const asked: { maxDownloadBytes: number; maxEntries: number; maxTextBytes: number; wanted: boolean[] }[] = [];
    const sandbox = {
      ...fakeSandbox(),
      artifacts: async (_repository: unknown, _runId: number, limits: ArtifactLimits) => {
        const wanted = ['junit-test', 'junit-', 'test', 'junit-test2', 'constructor'].map(limits.wanted);
        asked.push({ ...limits, wanted });
        return [];
      },
    };

    await readInventories({ sandbox }, sampleRepository, 99, ['test']);

    const megabyte = 1024 * 1024;
    expect(asked).toEqual([
      {
        maxDownloadBytes: 20 * megabyte,
        maxEntries: 500,
        maxTextBytes: 64 * megabyte,
        wanted: [true, false, false, false, false],
      },
    ]);
  });
});

describe('instead of an inventory there is the reason', () => {
  it('of an artifact that was not read', async () => {
    const found = await read({ name: 'junit-test', files: [], fault: 'larger than 20 MB' });

    expect(found).toEqual({ test: { fault: 'larger than 20 MB' } });
  });

  it('of one bad report among good ones', async () => {
    const found = await read(files('junit-test', report('a'), '<!DOCTYPE a><testsuites/>'));

    expect(found).toEqual({ test: { fault: 'target/TEST-1.xml: it has a DOCTYPE' } });
  });

  it('of an artifact without any report', async () => {
    const found = await read(fakeArtifact('junit-test', '<html/>'), files('junit-lint'));

    expect(found).toEqual({ test: { fault: 'no JUnit report' }, lint: { fault: 'no JUnit report' } });
  });

  it('of a name that would be more than a name', async () => {
    const found = await read(fakeArtifact('junit-test', '<', 'a\n::error::`x`@alice.xml'));

    expect(found).toMatchObject({
      test: { fault: expect.stringMatching(/^a\?\?\?error\?\?\?x\?\?alice\.xml: it is not/) },
    });
  });

  it('of more cases than anybody has', async () => {
    const many = report(...Array.from({ length: 40_000 }, (_, index) => `${index}`));

    const found = await read(files('junit-test', many, many, many));

    expect(found).toEqual({ test: { fault: 'more than 100,000 test cases' } });
  });
});
