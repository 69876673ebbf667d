/** Just enough of both wires to spoil a reply on its way, to mark it, and to know it again. */

export type Json = Record<string, unknown>;

export interface Dialect {
  readonly name: 'openai' | 'anthropic';
  /** Below the provider's door. */
  readonly path: string;
  error(status: number, code: string, message: string): Json;
  empty(reply: Json): Json;
  /** Gives all calls this one id. */
  withCallId(reply: Json, id: string): Json;
  withoutUsage(reply: Json): Json;
  /** The same call once more, before the others. */
  withSecondCall(reply: Json): Json;
  withBrokenArguments(reply: Json, text: string): Json;
}

interface Call {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}
interface Choice {
  readonly message: { readonly content: string | null; readonly tool_calls?: readonly Call[] };
  readonly finish_reason: string;
}

const withMessage = (reply: Json, change: (message: Choice['message']) => object): Json => ({
  ...reply,
  choices: (reply.choices as Choice[]).map((choice) => ({ ...choice, message: change(choice.message) })),
});

export const openAiDialect: Dialect = {
  name: 'openai',
  path: '/v1/chat/completions',
  error: (_status, code, message) => ({ error: { message, type: code, code, param: null } }),
  empty: (reply) => withMessage(reply, () => ({ role: 'assistant', content: null })),
  withCallId: (reply, id) =>
    withMessage(reply, (message) => ({
      ...message,
      tool_calls: (message.tool_calls ?? []).map((call) => ({ ...call, id })),
    })),
  withoutUsage: ({ usage: _usage, ...reply }) => reply,
  withSecondCall: (reply) =>
    withMessage(reply, ({ tool_calls: calls = [], ...message }) => ({
      ...message,
      tool_calls: [...calls.slice(0, 1), ...calls],
    })),
  withBrokenArguments: (reply, text) =>
    withMessage(reply, ({ tool_calls: calls = [], ...message }) => ({
      ...message,
      content: text,
      tool_calls: calls.map((call) => ({ ...call, function: { ...call.function, arguments: '{"path": "gree' } })),
    })),
};

interface Block {
  readonly type: string;
  readonly id?: string;
}

const withContent = (reply: Json, change: (blocks: readonly Block[]) => readonly object[]): Json => ({
  ...reply,
  content: change(reply.content as Block[]),
});
const isCall = ({ type }: Block): boolean => type === 'tool_use';

export const anthropicDialect: Dialect = {
  name: 'anthropic',
  path: '/v1/messages',
  error: (_status, code, message) => ({ type: 'error', error: { type: code, message } }),
  empty: (reply) => withContent(reply, () => []),
  withCallId: (reply, id) =>
    withContent(reply, (blocks) => blocks.map((block) => (isCall(block) ? { ...block, id } : block))),
  withoutUsage: ({ usage: _usage, ...reply }) => reply,
  withSecondCall: (reply) => withContent(reply, (blocks) => [...blocks.filter(isCall).slice(0, 1), ...blocks]),
  withBrokenArguments: (reply, text) =>
    withContent(reply, (blocks) => [
      { type: 'text', text },
      ...blocks.filter(isCall).map((block) => ({ ...block, input: '{"path": "gree' })),
    ]),
};

export const dialects: readonly Dialect[] = [openAiDialect, anthropicDialect];

/** System prompt and first message as plain text, in which form ever the dialect has them. */
export function openingOf({ system, messages }: Json): string {
  const said = messages as { role: string; content: unknown }[];
  const isSystem = ({ role }: { role: string }) => role === 'system' || role === 'developer';
  const first = said.find((message) => !isSystem(message));
  return [system, ...said.filter(isSystem).map(({ content }) => content), first?.content].map(textOf).join('\n');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map(({ text }: { text?: unknown }) => (typeof text === 'string' ? text : '')).join('');
}

/** The turns a model has spoken in a request. */
export const spokenIn = (body: Json): number =>
  (body.messages as { role: string }[]).filter(({ role }) => role === 'assistant').length;

/** The request as if the turns that carry this text, and what was answered to them, had never been. */
export function withoutTurns(body: Json, text: string): Json {
  const messages = body.messages as { role: string }[];
  const kept = messages.filter((message, index) => {
    const spoken = message.role === 'assistant' ? index : lastSpoken(messages, index);
    return spoken < 0 || !JSON.stringify(messages[spoken]).includes(text);
  });
  return { ...body, messages: kept };
}

const lastSpoken = (messages: readonly { role: string }[], before: number): number =>
  messages.slice(0, before).findLastIndex(({ role }) => role === 'assistant');
