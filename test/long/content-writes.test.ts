import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentWrites } from '../support/content-writes.ts';
import { outcomeOf, soundOutcome } from '../support/finished-fix.ts';
import { type House, labelIssue, openHouse, testTuning } from '../support/house.ts';
import { rightFirstTime, wrongThenRight } from '../support/scripts.ts';
import { statusOf, untilBothShow, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** One fix in five is wrong at first, one in five waits for an approval. */
const kinds = ['plain', 'plain', 'wrong first', 'plain', 'gated'] as const;
const fixes = Array.from({ length: 20 }, (_, index) => ({
  repository: `acme/sum-${index}`,
  kind: kinds[index % kinds.length] ?? 'plain',
}));
const minuteMs = 60_000;
/** 20 of these are not quite an hour; the fixes themselves take some minutes of real time. */
const betweenFixesMs = 2.4 * minuteMs;
const atOnce = 4;

let house: House;
let passedMs = 0;

beforeAll(async () => {
  house = await openHouse({
    script: { ...rightFirstTime, match: { 'KEY-wrong-first': wrongThenRight } },
    tuning: {
      now: () => Date.now() + passedMs,
      pace: { ...testTuning.pace, writesPerHour: 480, thriftyFromWrites: 100 },
    },
  });
});
afterAll(() => house.close());

async function run({ repository, kind }: (typeof fixes)[number]): Promise<number> {
  const gate = { '.github/ai-fix.yml': 'gates: { plan: required }\n' };
  const files = kind === 'gated' ? { ...sumFiles, ...gate } : sumFiles;
  await house.github.createRepository({ fullName: repository, files, roles: { alice: 'admin' } });
  passedMs += betweenFixesMs;
  const title = kind === 'wrong first' ? `${sumIssue.title} KEY-wrong-first` : sumIssue.title;
  const issue = await labelIssue(house.github, repository, { ...sumIssue, title });
  if (kind === 'gated') {
    await untilState(house, repository, issue, 'awaiting-approval');
    const path = `/repos/${repository}/issues/2/comments`;
    await house.github.as('alice').post(path, { body: '/ai-fix approve' });
  }
  await untilBothShow(house, repository, 'complete');
  return issue;
}

test('20 fixes of one installation within an hour stay under 500 writes, and each ends as it should', {
  timeout: 1_200_000,
}, async () => {
  const waiting = [...fixes];
  const issues = new Map<string, number>();
  const lane = async () => {
    for (let fix = waiting.shift(); fix !== undefined; fix = waiting.shift())
      issues.set(fix.repository, await run(fix));
  };
  const startedMs = Date.now();
  await Promise.all(Array.from({ length: atOnce }, lane));
  await house.github.settled();

  const writes = contentWrites(house.github);
  const rows = fixes.map(({ repository, kind }) => {
    const count = writes.filter((line) => line.includes(`/repos/${repository}/`)).length;
    return `${repository} (${kind}): ${count} and one to GraphQL`;
  });
  const tookMs = Date.now() - startedMs + passedMs;
  process.stdout.write(`${rows.join('\n')}\n${writes.length} writes in ${Math.round(tookMs / minuteMs)} minutes\n`);
  expect(tookMs).toBeLessThan(60 * minuteMs);
  expect(writes.length).toBeLessThan(500);
  for (const { repository, kind } of fixes) {
    const issue = issues.get(repository) ?? 0;
    expect(statusOf(house.github, repository, issue)).toContain('ready for your review');
    const outcome = await outcomeOf({ github: house.github, repository, issue, turns: [], kills: [] });
    expect({ repository, ...outcome }).toEqual({ repository, ...wanted(kind) });
  }
});

function wanted(kind: (typeof kinds)[number]): Awaited<ReturnType<typeof outcomeOf>> {
  const isWrongFirst = kind === 'wrong first';
  // A wait for a person is shown before the person answers.
  const told = kind === 'gated' ? ['status', '/ai-fix approve', 'completion'] : ['completion', 'status'];
  return {
    ...soundOutcome,
    pullRequestComments: ['plan-plan', ...told],
    candidateRefs: isWrongFirst ? ['1', '2'] : ['1'],
    runs: isWrongFirst ? ['failure', 'success'] : ['success'],
    turnsNeverAsked: expect.anything(),
  };
}
