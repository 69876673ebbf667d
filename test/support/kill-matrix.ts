import { type Kill, sayKill } from './kill.ts';
import type { FinishedFix, KillLane } from './kill-lane.ts';

/**
 * One fix is killed at several points, some steps apart, so that it runs freely in between; each lane has a GitHub of its
 * own, so that two keep two processors busy.
 */
const stride = 6;

/** What a fix of a lane comes to where nobody kills it, in what a kill could lose or double. */
export interface Soundness {
  outcomeOf(fix: FinishedFix): Promise<Readonly<Record<string, unknown>>>;
  readonly sound: Readonly<Record<string, unknown>>;
  /** From this burst on their number depends on which of several runs ends first, so a step means that of any of them. */
  readonly looseFrom?: number;
}

/** Bursts in which a loose step is looked for. */
const looseBursts = 6;

const burstOf = (kill: Kill): number => (kill.kind === 'step' ? Number(/^burst (\d+)$/.exec(kill.point.work)?.[1]) : 0);

/** Names the kill, so that a loose one has one name in whichever burst it happens. */
function nameOf(kill: Kill, { looseFrom = Number.POSITIVE_INFINITY }: Soundness): string {
  if (kill.kind !== 'step' || !(burstOf(kill) >= looseFrom)) return sayKill(kill);
  return `${kill.point.at} "${kill.point.name}" of a burst from ${looseFrom} on`;
}

function everywhereItMayBe(kill: Kill, { looseFrom = Number.POSITIVE_INFINITY }: Soundness): Kill[] {
  if (kill.kind !== 'step' || !(burstOf(kill) >= looseFrom)) return [kill];
  return Array.from({ length: looseBursts }, (_, index) => ({
    kind: 'step',
    point: { ...kill.point, work: `burst ${looseFrom + index}` },
  }));
}

/**
 * Kills before and after every step of the undisturbed fix, in every turn, and between every writing request and its
 * answer. Answers what was planned and never reached, and what did not come out as it.
 */
export async function killEverywhere(
  lanes: readonly KillLane[],
  undisturbed: FinishedFix,
  soundness: Soundness,
): Promise<{ readonly missed: readonly string[]; readonly faults: readonly Row[] }> {
  const plans = [...planSteps(undisturbed, soundness), ...planRequests(undisturbed), ...planTurns(undisturbed)];
  const rows: Row[] = [];
  await inLanes(lanes, plans, async (lane, planned) => {
    const startedMs = Date.now();
    const kills = planned.flatMap((kill) => everywhereItMayBe(kill, soundness));
    const row = await judge(soundness, await lane.fix(kills), planned, startedMs);
    rows.push(row);
    console.info(sayRow(row, rows.length));
  });
  console.info(`${rows.reduce((sum, { kills }) => sum + kills.length, 0)} kills in ${rows.length} fixes`);
  const hit = new Set(rows.flatMap(({ kills }) => kills.map((kill) => nameOf(kill, soundness))));
  return {
    missed: plans
      .flat()
      .map((kill) => nameOf(kill, soundness))
      .filter((kill) => !hit.has(kill)),
    faults: rows.filter(({ fault }) => fault !== null),
  };
}

/** Every `stride`-th step of the bursts, before and after apart; and each delivery, in fixes of their own. */
function planSteps({ points }: FinishedFix, soundness: Soundness): Kill[][] {
  const kills = unique(
    points.map((point): Kill => ({ kind: 'step', point })),
    (kill) => nameOf(kill, soundness),
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

async function judge(
  soundness: Soundness,
  fix: FinishedFix,
  planned: readonly Kill[],
  startedMs: number,
): Promise<Row> {
  const outcome = await soundness.outcomeOf(fix);
  const problems = Object.entries(outcome).flatMap(([name, found]) => {
    const expected = soundness.sound[name];
    const isSound = JSON.stringify(found) === JSON.stringify(expected);
    return isSound ? [] : [`${name}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`];
  });
  const hit = fix.kills.map((kill) => nameOf(kill, soundness));
  const missed = planned.map((kill) => nameOf(kill, soundness)).filter((kill) => !hit.includes(kill));
  const fault = [...problems, ...missed.map((kill) => `never reached: ${kill}`)].join('; ');
  const log = fault === '' ? '' : `\n${fix.output}`;
  return {
    kills: fix.kills,
    seconds: Math.round((Date.now() - startedMs) / 1000),
    fault: fault === '' ? null : fault + log,
  };
}

async function inLanes(
  lanes: readonly KillLane[],
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

function sayRow({ kills, fault, seconds }: Row, number: number): string {
  const end = fault === null ? 'as undisturbed' : `FAULT ${fault}`;
  return [
    `fix ${number}: ${kills.length} kills in ${seconds} s: ${end}`,
    ...kills.map((kill) => `    ${sayKill(kill)}`),
  ].join('\n');
}
