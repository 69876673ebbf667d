import type { ChatCompletionRequest } from '@copilotkit/aimock';
import { costUsd, type Price } from '../../src/domain/cost.ts';
import { chooseReply, type ModelScript } from '../stand-in/model-script.ts';
import type { ScriptedRequest } from '../stand-in/scripted-model.ts';

/** What the models of one role were sent and what they wrote, counted alike for every model: four bytes a token. */
export interface RoleTokens {
  readonly role: string;
  readonly turns: number;
  readonly inputTokens: number;
  /** Of these, what stood at the beginning of an earlier request to the same model, to the letter. */
  readonly repeatedTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
  /** The same turns without caches and with every result shown whole to the end. */
  readonly plain: { readonly inputTokens: number; readonly usd: number };
}

const tokensOf = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);
/** Shorter beginnings are not cached by either vendor. */
const leastCachedTokens = 1_024;

export function countTokens(
  requests: readonly ScriptedRequest[],
  script: ModelScript,
  priceOf: (role: string) => Price,
): RoleTokens[] {
  const counts = new Map<string, RoleTokens>();
  const earlier = new Map<string, (readonly string[])[]>();
  const whole = new Map<string, string[]>();
  for (const request of requests) {
    const { role, attempt } = request;
    const parts = partsOf(request.body);
    const before = earlier.get(role) ?? [];
    earlier.set(role, [...before, parts]);
    const repeated = Math.max(0, ...before.map((other) => commonTokens(parts, other)));
    const read = repeated < leastCachedTokens ? 0 : repeated;
    const inputTokens = sumOf(parts);
    // Each message as it was when it was new; later requests may show it shorter.
    const conversation = `${role} ${attempt}`;
    const first = whole.get(conversation) ?? [];
    whole.set(conversation, [...first, ...parts.slice(first.length)]);
    const plainTokens = sumOf(whole.get(conversation) ?? []);
    const outputTokens = tokensOf(
      JSON.stringify(chooseReply(script, { ...request, firstUserText: firstTextOf(request.body) }) ?? {}),
    );
    const price = priceOf(role);
    const usage = { inputTokens, cachedInputTokens: read, cacheWriteTokens: inputTokens - read, outputTokens };
    const plain = { inputTokens: plainTokens, cachedInputTokens: 0, outputTokens };
    const known = counts.get(role);
    counts.set(role, {
      role,
      turns: (known?.turns ?? 0) + 1,
      inputTokens: (known?.inputTokens ?? 0) + inputTokens,
      repeatedTokens: (known?.repeatedTokens ?? 0) + read,
      outputTokens: (known?.outputTokens ?? 0) + outputTokens,
      usd: (known?.usd ?? 0) + costUsd(usage, price),
      plain: {
        inputTokens: (known?.plain.inputTokens ?? 0) + plainTokens,
        usd: (known?.plain.usd ?? 0) + costUsd(plain, price),
      },
    });
  }
  return [...counts.values()];
}

/** In the order in which vendors read them: tools, then system prompt and messages. */
const partsOf = ({ tools = [], messages }: ChatCompletionRequest): string[] => [
  JSON.stringify(tools),
  ...messages.map((message) => JSON.stringify(message)),
];

function commonTokens(one: readonly string[], other: readonly string[]): number {
  const end = one.findIndex((part, index) => part !== other[index]);
  return sumOf(end < 0 ? one : one.slice(0, end));
}

const sumOf = (parts: readonly string[]): number => parts.reduce((sum, part) => sum + tokensOf(part), 0);

function firstTextOf({ messages }: ChatCompletionRequest): string {
  const { content } = messages.find(({ role }) => role === 'user') ?? { content: '' };
  return typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join('');
}
