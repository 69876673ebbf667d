import { chatWire } from './wires/chat.ts';
import { messagesWire } from './wires/messages.ts';
import { responsesWire } from './wires/responses.ts';
import type { Wire } from './wires/wire.ts';

export const providers = ['openai', 'azure', 'anthropic'] as const;
export type Provider = (typeof providers)[number];

/** A provider as the drill plays it: one model over one protocol, below a door of its own. */
export interface Lane {
  readonly provider: Provider;
  readonly door: string;
  readonly wire: Wire;
  readonly model: string;
}

/** Azure is who sells OpenAI's models over Responses at an address that is the admin's to set. */
export const lanes: readonly Lane[] = [
  { provider: 'openai', door: '/openai', wire: chatWire, model: 'openai/gpt-6-sol' },
  { provider: 'azure', door: '/azure/openai', wire: responsesWire, model: 'azure/gpt-6-sol' },
  { provider: 'anthropic', door: '/anthropic', wire: messagesWire, model: 'anthropic/claude-sonnet-5' },
];

/** What an App is told to find them by. The first provider has a name, which can be taken away, the others an address. */
export const laneVariables = (port: number): Readonly<Record<string, string>> => ({
  AI_FIX_MODEL: 'openai/gpt-6-sol',
  OPENAI_BASE_URL: `http://localhost:${port}/openai/v1`,
  AZURE_OPENAI_ENDPOINT: `http://127.0.0.1:${port}/azure/openai/v1`,
  AZURE_OPENAI_API_KEY: 'azure-scripted-model-needs-no-key',
  ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}/anthropic`,
  ANTHROPIC_API_KEY: 'sk-ant-scripted-model-needs-no-key',
});

/** Null where no provider has such a path. */
export const laneAt = (url: string | undefined): Lane | null =>
  lanes.find(({ door, wire }) => url === `${door}${wire.path}`) ?? null;
