import type { Provider } from './providers.ts';

/** What a provider's models can be asked for through its row, in words for people. */
export interface Features {
  readonly protocol: string;
  readonly streaming: string;
  readonly tools: string;
  readonly parallelTools: string;
  readonly reasoningKept: string;
  readonly effort: string;
  readonly caching: string;
  readonly usage: string;
  readonly prices: string;
}

const protocolWords = {
  anthropic: 'Messages',
  openai: 'Responses, else Chat Completions',
  'openai-chat': 'Chat Completions',
  'openai-responses': 'Responses',
} as const satisfies Record<Provider['protocol'], string>;

const streamWords = { always: 'yes', 'without-tools': 'but with tools', never: 'no' } as const;
const usageWords = { 'on-request': 'asked for', unasked: 'comes unasked' } as const;
const cachingWords = { marked: 'marked by us', 'by-itself': 'by itself', varies: 'as the model does' } as const;
const effortWords = {
  reasoning_effort: '`reasoning_effort`',
  reasoning: '`reasoning.effort`',
  thinking: '`thinking` and `reasoning_effort`',
  template: 'on or off',
  untold: 'no',
} as const;

export function featuresOf(row: Provider): Features {
  const { protocol, quirks } = row;
  return {
    protocol: protocolWords[protocol],
    streaming: protocol === 'anthropic' ? 'yes' : streamWords[quirks.streams],
    tools: 'yes',
    parallelTools: protocol === 'anthropic' || quirks.parallelCalls ? 'yes' : 'one at a time',
    reasoningKept: reasoningKept(row),
    effort: effortOf(row),
    caching: cachingWords[row.caching],
    usage: protocol === 'openai-chat' ? usageWords[quirks.usage] : 'comes unasked',
    prices: row.registryId === null ? '`AI_FIX_PRICES`' : 'registry',
  };
}

function effortOf({ protocol, quirks }: Provider): string {
  if (protocol === 'anthropic') return '`thinking` and `output_config`';
  return protocol === 'openai-chat' ? effortWords[quirks.effort] : '`reasoning.effort`';
}

function reasoningKept({ protocol, quirks }: Provider): string {
  if (protocol === 'anthropic') return 'signed blocks';
  if (protocol !== 'openai-chat') return 'encrypted items';
  return quirks.reasoningBack === 'nothing' ? 'no' : `\`${quirks.reasoningBack}\``;
}
