import { type Chains, type ModelChoice, roles } from '../../domain/conversation.ts';
import { costUsd } from '../../domain/cost.ts';
import { ConfigError, ModelReplyError, ProviderError } from '../../domain/faults.ts';
import { adminPart } from '../../domain/model-health.ts';
import { createRoster, type RosterOptions } from '../../models/roster.ts';
import type { Roster } from '../../ports/roster.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Check, Patient } from './patient.ts';

const rosterOptions = ({ settings: { models }, deadlineMs }: Patient): RosterOptions => ({
  host: models,
  // One try: whoever looks wants to see the fault, not to wait it out.
  requests: { timeoutMs: deadlineMs, maxRetryDelayMs: 0 },
});

export const rosterCheck: Check = {
  name: 'models',
  run: async (patient) => rosterFindings('models', rosterOptions(patient)),
};

/** The roster under the default choice of models, or a repository's. */
export function rosterFindings(check: string, options: RosterOptions): Finding[] {
  let roster: Roster;
  try {
    roster = createRoster(options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => fail(check, problem, 'Set the key, or name other models.'));
  }
  const ids = idsOf(roster);
  const unpriced = ids.filter((id) => roster.priceOf(id) === null);
  const known = ok(check, `${ids.join(', ')}`);
  const odd = (roster.warnings ?? []).map((warning) =>
    warn(check, warning, 'Mend the name, unless it is a new model.'),
  );
  if (unpriced.length === 0) return [known, ...odd];
  const found = `no price is known of ${unpriced.join(', ')}: money cannot limit them`;
  const mend = 'Set AI_FIX_PRICES (docs/models.md). Until then tokens, attempts and minutes limit them.';
  return [known, ...odd, warn(check, found, mend)];
}

export const rosterOptionsFor = (patient: Patient, chains: NonNullable<RosterOptions['chains']>): RosterOptions => ({
  ...rosterOptions(patient),
  chains,
});

const idsOf = (roster: Roster): string[] => [...new Set(Object.values(roster.describe()).flat())];

/** Asks one model of each key, in the very form of the App's own requests; a few tokens each. */
export const modelRequestsCheck: Check = {
  name: 'model requests',
  run: async (patient) => {
    if (!patient.asksModels) return [];
    const options = rosterOptions(patient);
    const roster = createRoster(options);
    const { fast } = roster.describe();
    const ids = new Map([...fast, ...idsOf(roster)].toReversed().map((id) => [id.slice(0, id.indexOf('/')), id]));
    return Promise.all([...ids.values()].map((model) => askModel({ model }, options)));
  },
};

const question = {
  system: 'role: fast\n\nYou are asked whether you can be reached.',
  messages: [{ from: 'user', text: 'Reply with the word ok.' }],
  tools: [],
  maxOutputTokens: 16,
} as const;

const graceMs = 5_000;
const unreachableAdvice = 'Can this machine reach the provider (proxy, firewall, *_BASE_URL)?';

/** Asks a model one word, in the very form of the App's own requests, and says how that went, whatever comes of it. */
export async function askModel(choice: ModelChoice, options: RosterOptions): Promise<Finding> {
  const check = `model ${choice.model}`;
  // What repositories may not name may be asked by whoever sits here.
  const { allowed: _allowed, ...host } = options.host;
  const roster = createRoster({ ...options, host, chains: chainsOf(choice) });
  const model = roster.modelFor('fast');
  const timeoutMs = options.requests?.timeoutMs ?? 60_000;
  // The call's own limit comes first, and says what was waited for.
  const signal = AbortSignal.timeout(timeoutMs + graceMs);
  const startedMs = performance.now();
  try {
    const { usage } = await model.reply(question, signal);
    const price = roster.priceOf(choice.model);
    const usd = price === null ? null : costUsd(usage, price);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    return ok(check, `answers${usd === null ? '' : `; asking cost $${usd.toFixed(6)}`} and took ${seconds} s`);
  } catch (error) {
    if (error instanceof ProviderError) return findingOf(check, error);
    if (signal.aborted) return fail(check, `did not answer within ${timeoutMs / 1_000} s`, unreachableAdvice);
    return fail(check, `could not be asked: ${error}`, 'It is a bug of ai-fix: report it.');
  }
}

/** Nothing but it, whatever the host's own choice is. */
const chainsOf = (choice: ModelChoice): Chains => Object.fromEntries(roles.map((role) => [role, [choice]]));

function findingOf(check: string, error: ProviderError): Finding {
  const { fault, message } = error;
  const part = adminPart(fault);
  if (part !== null) return fail(check, message, `${part[0]?.toUpperCase()}${part.slice(1)}.`);
  switch (fault) {
    case 'rate-limited':
      return warn(check, message, 'The account is at its limit; fixes wait for it. Raise it, or try later.');
    case 'overloaded':
      return warn(check, message, 'The provider is not well now; fixes wait for it. Try later.');
    case 'timed-out':
    case 'unreachable':
      return fail(check, message, unreachableAdvice);
    case 'no-reply':
      // The key and the name are right.
      if (isCutShort(error)) return ok(check, 'takes the key, and thought until its few tokens were over');
      return fail(check, message, 'Does somebody else answer at this address, as a proxy does, or another protocol?');
    default:
      return fail(check, message, 'The provider takes other requests than ours from this model: name another.');
  }
}

/** A chain's fault is caused by that of its model. */
function isCutShort(fault: ProviderError): boolean {
  let cause: unknown = fault;
  while (cause instanceof ProviderError) cause = cause.cause;
  return cause instanceof ModelReplyError && cause.isCutShort;
}
