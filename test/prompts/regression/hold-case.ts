import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '../../../src/domain/conversation.ts';
import type { Fix } from '../../../src/domain/fix-facts.ts';
import type { Sha } from '../../../src/domain/ids.ts';
import { emptyOverlay } from '../../../src/domain/overlay.ts';
import { openDepot } from '../../../src/git/depot.ts';
import { createGitWorkspace } from '../../../src/git/git-workspace.ts';
import { baseOf, openUserRepository } from '../../../src/git/user-repository.ts';
import type { Model } from '../../../src/ports/model.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import type { Roster } from '../../../src/ports/roster.ts';
import type { PaidTurn } from '../../../src/ports/stores.ts';
import { askWhere } from '../../../src/steps/ask-where.ts';
import { freezePrompts, promptFor } from '../../../src/steps/freeze-prompts.ts';
import { profile } from '../../../src/steps/profile-ticket.ts';
import { reviewPatch } from '../../../src/steps/review-patch.ts';
import { writePatch } from '../../../src/steps/write-patch.ts';
import { writePlan } from '../../../src/steps/write-plan.ts';
import { writeReproduction } from '../../../src/steps/write-reproduction.ts';
import { createTreeSitterSyntax } from '../../../src/syntax/tree-sitter-syntax.ts';
import { fakeAttempts } from '../../support/fake-attempts.ts';
import { fakeDocuments } from '../../support/fake-documents.ts';
import { fakeEffects } from '../../support/fake-effects.ts';
import { plentyOfMoney } from '../../support/fake-purses.ts';
import { fakeRepositories } from '../../support/fake-repositories.ts';
import { fakeTurns } from '../../support/fake-turns.ts';
import { makeLocalRepository } from '../../support/local-repository.ts';
import { portsForTest } from '../../support/ports-for-test.ts';
import { sampleGround, sampleRepository } from '../../support/sample-fix.ts';
import { attemptOf, fixOf, triedBefore } from './case-facts.ts';
import type { Held } from './held.ts';
import type { PromptCase } from './prompt-case.ts';

export interface HoldOptions {
  readonly roster: Roster;
  readonly limits: { readonly usd: number; readonly tokens: number };
  readonly signal: AbortSignal;
}

export interface HeldCase extends Held {
  readonly usd: number;
  readonly hasUnknownPrice: boolean;
  /** Why it ended without a result, where no model could be asked or the budget was spent. */
  readonly outside: string | null;
  /** What its turns were expected to read. */
  readonly expectedTokens: readonly number[];
}

/** A case's repository, in which its conversation can be held any number of times. */
export interface Site {
  hold(options: HoldOptions): Promise<HeldCase>;
  close(): Promise<void>;
}

/** @param ownWords a repository's own prompts, by file name below `.ai/prompts/` */
export async function openSite(of: PromptCase, ownWords: Readonly<Record<string, string>> = {}): Promise<Site> {
  const own = Object.entries(ownWords).map(([file, text]) => [`.ai/prompts/${file}`, text] as const);
  const repository = makeLocalRepository({ ...of.base, ...Object.fromEntries(own) });
  const folder = await mkdtemp(join(tmpdir(), 'ai-fix-prompts-'));
  const syntax = createTreeSitterSyntax(() => undefined);
  const user = await openUserRepository(repository.path);
  const base = await baseOf(user, null);
  const depot = await openDepot(folder, user, base, 'ai-fix/');
  const workspace = createGitWorkspace({ mirrorsDir: join(folder, 'mirrors'), remotes: depot.remotes });
  return {
    hold: (options) => holdCase(of, base.commit, { workspace, syntax, history: depot.history }, options),
    close: async () => {
      await workspace.close();
      await syntax.close();
      repository.remove();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Holds the conversation as the app would: its own step, prompt, tools, finishes and ledger, over a real repository. */
async function holdCase(
  of: PromptCase,
  base: Sha,
  real: Pick<Ports, 'workspace' | 'syntax' | 'history'>,
  { roster, limits, signal }: HoldOptions,
): Promise<HeldCase> {
  const seen = watchedRoster(roster);
  const { store, recorded } = recordedTurns();
  const fix = fixOf(of, base, limits);
  const ports = portsForTest({
    ...fakePorts(of, base),
    ...real,
    turns: store,
    ...plentyOfMoney(store),
    now: Date.now,
    rosterFor: () => seen.roster,
    repositories: fakeRepositories({ head: base }),
    fixes: { find: async () => fix },
  });
  await freezePrompts(ports, fix);
  const outside = await askStep(ports, of, fix, base, signal);
  const { usd, hasUnknownPrice } = await store.spending(fix.id);
  return {
    prompt: await promptFor(ports, fix, of.prompt),
    turns: recorded,
    tools: seen.tools(),
    finishes: finishesOf[of.prompt],
    base: of.base,
    start: of.prompt === 'reproduce' ? emptyOverlay : attemptOf(of, base).overlay,
    usd,
    hasUnknownPrice,
    outside,
    expectedTokens: store.accounts.map(({ estimatedInputTokens }) => estimatedInputTokens),
  };
}

const patchFinishes = ['finish', 'validate'];
const finishesOf: Readonly<Record<PromptCase['prompt'], readonly string[]>> = {
  code: patchFinishes,
  debug: patchFinishes,
  replan: patchFinishes,
  revise: patchFinishes,
  reproduce: ['reproduce', 'cannot_reproduce'],
  plan: ['post_plan'],
  review: ['post_review'],
  profile: ['profile_ticket'],
  localize: ['rank_files'],
};

async function askStep(ports: Ports, of: PromptCase, fix: Fix, base: Sha, signal: AbortSignal): Promise<string | null> {
  const ground = { ...sampleGround, base, tip: base };
  const checks = ['test', 'lint'];
  switch (of.prompt) {
    case 'profile':
      return outsideOf(await profile(ports, fix, base, signal));
    case 'plan':
      return outsideOf(
        await writePlan(ports, fix, { ticket: fix.ticket ?? never('a ticket'), ground, kinds: of.documents }, signal),
      );
    case 'reproduce':
      return outsideOf(await writeReproduction(ports, fix, { ground, checks }, signal));
    case 'review':
      return outsideOf(await reviewPatch(ports, fix, attemptOf(of, base), ground, signal));
    case 'localize': {
      const tree = await ports.workspace.open(sampleRepository, base);
      const { isSettled } = await askWhere(
        ports,
        fix,
        tree,
        { issue: wordsOf(of), found: foundIn(of), of: 'case' },
        signal,
      );
      return isSettled ? null : 'no model could be asked';
    }
    case 'code':
    case 'debug':
    case 'replan':
    case 'revise':
      return outsideOf(
        await writePatch(ports, fix, { ground, attempt: attemptOf(of, base), checks, published: null }, signal),
      );
  }
}

/** What ended a conversation without any fault of its words. */
function outsideOf(talk: {
  readonly kind: string;
  readonly event?: { readonly type: string; readonly reason?: string };
}) {
  if (talk.kind === 'superseded') return 'it was stopped';
  return talk.event === undefined
    ? null
    : `${talk.event.type}${talk.event.reason === undefined ? '' : `: ${talk.event.reason}`}`;
}

const never = (what: string): never => {
  throw new TypeError(`the case has no ${what}`);
};

const wordsOf = ({ issue }: PromptCase): string => `${issue.title}\n\n${issue.body}`;

/** Fewer than forty are not worth asking about. */
const foundIn = ({ candidates }: PromptCase) => ({
  candidates: [...candidates, ...Array.from({ length: 40 }, (_, at) => `src/legacy/module${at + 1}.js`)].map(
    (path, at) => ({
      path,
      share: 1 / (at + 1),
      ranges: [],
      evidence: ['its text fits words of the issue'],
      tests: [],
    }),
  ),
  isComplete: true,
});

function fakePorts(of: PromptCase, base: Sha): object {
  return {
    documents: fakeDocuments(of.prompt === 'plan' ? [] : [{ kind: 'plan', markdown: of.plan }]),
    attempts: fakeAttempts(...triedBefore(of, base)),
    reproductions: { find: async () => null, put: async () => undefined },
    localizer: { localize: async () => ({ candidates: [], isComplete: true }) },
    pastIssues: { solved: async () => [] },
    inputs: { find: async () => ({ text: wordsOf(of), digest: '', leftOut: [] }), put: async () => undefined },
    effects: fakeEffects(),
    redact: (text: string) => text,
    engine: { holdWhileStopping: async () => undefined },
    pace: { outagePauseMs: () => 1 },
    log: { warn: () => undefined, info: () => undefined, error: () => undefined },
  };
}

function recordedTurns() {
  const store = fakeTurns();
  const recorded: PaidTurn[] = [];
  return {
    recorded,
    store: {
      ...store,
      record: async (...[key, turn, cost]: Parameters<typeof store.record>) => {
        recorded.push(turn);
        return store.record(key, turn, cost);
      },
    },
  };
}

/** Sees which tools a model is shown; asks and prices as the roster behind it. */
function watchedRoster(roster: Roster) {
  const tools = new Set<string>();
  const modelFor = (role: Role): Model => {
    const model = roster.modelFor(role);
    return {
      ...model,
      reply: (request, signal, watch) => {
        for (const { name } of request.tools) tools.add(name);
        return model.reply(request, signal, watch);
      },
    };
  };
  return { roster: { ...roster, modelFor }, tools: () => [...tools] };
}
