import type { Chains } from '../domain/conversation.ts';
import type { PriceEntry } from './prices.ts';
import type { ProviderName } from './providers.ts';

/** How a provider is reached from this host. */
export interface ProviderAccess {
  /** Empty where a server wants none. */
  readonly apiKey: string;
  /** Left out: the provider's own address. */
  readonly baseUrl?: string;
}

/** What the admin of this host set up: who can be asked, who is asked first, and what it costs. */
export interface HostModels {
  readonly providers: Partial<Readonly<Record<ProviderName, ProviderAccess>>>;
  /** `AI_FIX_MODEL`: the one model of a provider that stands for its defaults in every role. */
  readonly everyRole?: EveryRole;
  /** `AI_FIX_MODELS`: in place of the defaults, where a repository chooses nothing. */
  readonly chains?: Chains;
  /** `AI_FIX_ALLOWED_MODELS`: globs of what repositories may name; left out, whatever can be asked. */
  readonly allowed?: readonly string[];
  /** `AI_FIX_PRICES`: goes before the price registry. */
  readonly prices?: readonly PriceEntry[];
}

export interface EveryRole {
  readonly provider: ProviderName;
  /** The model's name there. */
  readonly model: string;
}
