import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { outcomeOf, soundOutcome } from '../support/finished-fix.ts';
import { type Kill, sayKill } from '../support/kill.ts';
import { type FinishedFix, type KillLane, openKillLane } from '../support/kill-lane.ts';

/**
 * Kills the App with SIGKILL before and after every step, in every turn, and between every writing request and its
 * answer, and starts it again. What comes out must be what an undisturbed run brings.
 *
 * One fix is killed at several points, some steps apart, so that it runs freely in between; two lanes, each with a
 * GitHub of its own, keep two processors busy.
 */
const stride = 6;
const minute = 60_000;

let lanes: readonly KillLane[];
let undisturbed: FinishedFix;

beforeAll(async () => {
  lanes = await Promise.all([openKillLane(inject('databaseImage')), openKillLane(inject('databaseImage'))]);
  undisturbed = await laneAt(0).fix([]);
});
afterAll(() => Promise.all(lanes.map((lane) => lane.close())));

function laneAt(index: number): KillLane {
  const lane = lanes[index % lanes.length];
  if (lane === undefined) throw new TypeError('no lane is open');
  return lane;
}

test('an undisturbed fix is sound, with every burst and every role in it', async () => {
  expect(await outcomeOf(undisturbed)).toEqual(soundOutcome);
  expect(new Set(undisturbed.points.map((point) => point.work))).toContain('burst 10');
});

test('a fix that is killed anywhere comes out as an undisturbed one', { timeout: 20 * minute }, async () => {
  const plans = [...planSteps(undisturbed), ...planRequests(undisturbed), ...planTurns(undisturbed)];
  const rows: Row[] = [];

  await inLanes(plans, async (lane, planned) => {
    const startedMs = Date.now();
    rows.push(await judge(await lane.fix(planned), planned, startedMs));
  });

  console.info(table(rows));
  const hit = new Set(rows.flatMap(({ kills }) => kills.map(sayKill)));
  expect(
    plans
      .flat()
      .map(sayKill)
      .filter((kill) => !hit.has(kill)),
  ).toEqual([]);
  expect(rows.filter(({ fault }) => fault !== null)).toEqual([]);
});

/** Every `stride`-th step of the bursts, before and after apart; and each delivery, in fixes of their own. */
function planSteps({ points }: FinishedFix): Kill[][] {
  const kills = unique(
    points.map((point): Kill => ({ kind: 'step', point })),
    sayKill,
  );
  const isDelivery = (kill: Kill): boolean => kill.kind === 'step' && kill.point.work === 'delivery';
  const ofBursts = kills.filter((kill) => !isDelivery(kill));
  return [...deal(ofBursts, 2 * stride), ...kills.filter(isDelivery).map((kill) => [kill])];
}

/** Edits of the status are apart: a killed comment is found again and edited, which would shift their count. */
function planRequests({ requests }: FinishedFix): Kill[][] {
  const kills = unique(requests, (request) => request).map((request): Kill => ({ kind: 'request', request }));
  const isEdit = (kill: Kill): boolean => kill.kind === 'request' && kill.request.includes('/issues/comments/');
  return [
    ...deal(
      kills.filter((kill) => !isEdit(kill)),
      stride,
    ),
    ...deal(kills.filter(isEdit), 2),
  ];
}

const planTurns = ({ turns }: FinishedFix): Kill[][] =>
  deal(
    turns.map((turn): Kill => ({ kind: 'turn', turn })),
    2,
  );

const unique = <T>(list: readonly T[], key: (one: T) => string): T[] => [
  ...new Map(list.map((one) => [key(one), one])).values(),
];

/** Deals a list out to so many parts, so that neighbours lie in different ones. */
const deal = <T>(list: readonly T[], parts: number): T[][] =>
  Array.from({ length: Math.min(parts, list.length) }, (_, part) =>
    list.filter((_one, index) => index % parts === part),
  );

interface Row {
  readonly kills: readonly Kill[];
  readonly seconds: number;
  /** Null when the fix came out sound. */
  readonly fault: string | null;
}

async function judge(fix: FinishedFix, planned: readonly Kill[], startedMs: number): Promise<Row> {
  const outcome = await outcomeOf(fix);
  const problems = Object.entries(outcome).flatMap(([name, found]) => {
    const expected = soundOutcome[name as keyof typeof soundOutcome];
    const isSound = JSON.stringify(found) === JSON.stringify(expected);
    return isSound ? [] : [`${name}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`];
  });
  const hit = fix.kills.map(sayKill);
  const missed = planned.map(sayKill).filter((kill) => !hit.includes(kill));
  const fault = [...problems, ...missed.map((kill) => `never reached: ${kill}`)].join('; ');
  const log = fault === '' ? '' : `\n${fix.output}`;
  return {
    kills: fix.kills,
    seconds: Math.round((Date.now() - startedMs) / 1000),
    fault: fault === '' ? null : fault + log,
  };
}

async function inLanes(
  plans: readonly Kill[][],
  work: (lane: KillLane, plan: readonly Kill[]) => Promise<void>,
): Promise<void> {
  const waiting = [...plans];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) await work(lane, plan);
    }),
  );
}

function table(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ kills, fault, seconds }, index) => [
    `fix ${index + 1}: ${kills.length} kills in ${seconds} s: ${fault === null ? 'as undisturbed' : `FAULT ${fault}`}`,
    ...kills.map((kill) => `    ${sayKill(kill)}`),
  ]);
  return `${lines.join('\n')}\n${rows.reduce((sum, { kills }) => sum + kills.length, 0)} kills in ${rows.length} fixes`;
}
