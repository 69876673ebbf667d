import { sayUsd } from '../../../src/cli/eval/tables.ts';
import type { Roster } from '../../../src/ports/roster.ts';
import { type HeldCase, type HoldOptions, openSite, type Site } from './hold-case.ts';
import type { PromptCase } from './prompt-case.ts';
import { judge, type PropertyName } from './properties.ts';
import { scriptedRoster } from './scripted.ts';

/** What a judge said of one property of one conversation. */
export interface Told {
  readonly prompt: PromptCase['prompt'];
  readonly case: string;
  readonly property: PropertyName;
  readonly fault: string | null;
}

export interface CaseRun {
  readonly of: PromptCase;
  readonly held: HeldCase;
  readonly told: readonly Told[];
}

export type OwnWordsByFile = Readonly<Record<string, string>>;

export interface ScriptedRun extends CaseRun {
  /** Planted conversations whose faults were not told, or others than theirs, with what was told of them. */
  readonly misjudged: readonly string[];
}

/** The case's own replies, which have to keep everything, and the planted ones, which must not. */
export async function runScripted(of: PromptCase, ownWords: OwnWordsByFile, signal: AbortSignal): Promise<ScriptedRun> {
  const site = await openSite(of, ownWords);
  try {
    const options = { limits: free, signal };
    const right = await run(of, site, { ...options, roster: scriptedRoster(of.replies) });
    const misjudged: string[] = [];
    for (const [index, { breaks, replies }] of of.planted.entries()) {
      const { told } = await run(of, site, { ...options, roster: scriptedRoster(replies) });
      const broken = told.filter(({ fault }) => fault !== null);
      const names = broken.map(({ property }) => property).toSorted();
      if (names.join() === [...breaks].toSorted().join()) continue;
      const said = broken.map(({ property, fault }) => `${property} (${fault})`).join(', ') || 'nothing';
      misjudged.push(`${of.id}: planted ${index + 1} breaks ${breaks.join(', ')}; told was ${said}`);
    }
    return { ...right, misjudged };
  } finally {
    await site.close();
  }
}

const free = { usd: 1_000, tokens: 100_000_000 };

export interface LiveLimits {
  readonly repeats: number;
  readonly totalUsd: number;
  /** For one conversation. */
  readonly eachUsd: number;
  /** For one conversation; what holds where nobody knows the price. */
  readonly eachTokens: number;
}

interface LiveOptions {
  readonly ownWords: OwnWordsByFile;
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
}

/**
 * Asks real models, one conversation after another, so that the limit of the whole is never passed: each is held to what
 * is left, and none begins without that.
 *
 * @returns `left`: how many were not held.
 */
export async function runLive(
  cases: readonly PromptCase[],
  roster: Roster,
  { repeats, totalUsd, eachUsd, eachTokens }: LiveLimits,
  { ownWords, signal, tell }: LiveOptions,
): Promise<{ readonly runs: readonly CaseRun[]; readonly left: number }> {
  const runs: CaseRun[] = [];
  let usd = 0;
  for (const of of cases) {
    const site = await openSite(of, ownWords);
    try {
      for (let repeat = 0; repeat < repeats && !signal.aborted && totalUsd - usd >= leastUsd; repeat++) {
        const limits = { usd: Math.min(eachUsd, totalUsd - usd), tokens: eachTokens };
        const one = await run(of, site, { roster, limits, signal });
        usd += one.held.usd;
        runs.push(one);
        tell(lineOf(one));
      }
    } finally {
      await site.close();
    }
  }
  return { runs, left: cases.length * repeats - runs.length };
}

/** With less nothing can be asked. */
const leastUsd = 0.01;

function lineOf({ of, held, told }: CaseRun): string {
  const broken = told.flatMap(({ property, fault }) => (fault === null ? [] : [`breaks ${property}: ${fault}`]));
  const word = held.outside === null ? broken.join('; ') || 'keeps all' : `not judged: ${held.outside}`;
  return `${of.id}: ${word} (${held.turns.length} turns, ${sayUsd(held.usd, held.hasUnknownPrice)})`;
}

async function run(of: PromptCase, site: Site, options: HoldOptions): Promise<CaseRun> {
  const held = await site.hold(options);
  // Who could not be asked has broken nothing.
  if (held.outside !== null) return { of, held, told: [] };
  return { of, held, told: judge(held, of.keeps).map((one) => ({ ...one, prompt: of.prompt, case: of.id })) };
}
