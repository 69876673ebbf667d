import { z } from 'zod';
import type { Assembly } from './read-answer.ts';

/** Events of Messages: https://platform.claude.com/docs/en/build-with-claude/streaming */
const eventSchema = z.looseObject({
  type: z.string(),
  index: z.number().optional().catch(undefined),
  message: z.looseObject({}).optional().catch(undefined),
  content_block: z.looseObject({ type: z.string() }).optional().catch(undefined),
  delta: z
    .looseObject({
      text: z.string().optional().catch(undefined),
      partial_json: z.string().optional().catch(undefined),
      thinking: z.string().optional().catch(undefined),
      signature: z.string().optional().catch(undefined),
      stop_reason: z.string().nullish().catch(undefined),
    })
    .optional()
    .catch(undefined),
  usage: z.looseObject({}).nullish().catch(undefined),
});

type Event = z.infer<typeof eventSchema>;
type Block = Record<string, unknown>;

/** A stream of Messages, as the one message that it comes to. */
export function assembleAnthropic(): Assembly {
  const blocks = new Map<number, Block>();
  const partialInputs = new Map<number, string>();
  let message: Record<string, unknown> = {};
  let usage: Record<string, unknown> = {};
  let error: unknown;
  let lastIndex = 0;
  let progress: Assembly['progress'] = 'begun';
  let characters = 0;

  const append = (block: Block, field: string, text: string): void => {
    characters += text.length;
    block[field] = `${typeof block[field] === 'string' ? block[field] : ''}${text}`;
  };

  const start = ({ index, content_block: block }: Event): void => {
    lastIndex = index ?? blocks.size;
    blocks.set(lastIndex, { ...block });
    characters += typeof block?.text === 'string' ? block.text.length : 0;
  };

  const grow = ({ index, delta }: Event): void => {
    const at = index ?? lastIndex;
    if (delta === undefined) return;
    const block = blocks.get(at) ?? { type: delta.thinking === undefined ? 'text' : 'thinking' };
    blocks.set(at, block);
    if (delta.text !== undefined) append(block, 'text', delta.text);
    if (delta.thinking !== undefined) append(block, 'thinking', delta.thinking);
    if (delta.signature !== undefined) block.signature = delta.signature;
    if (delta.partial_json !== undefined) {
      characters += delta.partial_json.length;
      partialInputs.set(at, (partialInputs.get(at) ?? '') + delta.partial_json);
    }
  };

  const content = (): Block[] =>
    [...blocks.entries()]
      .toSorted(([one], [other]) => one - other)
      .map(([index, block]) => {
        const input = partialInputs.get(index);
        return input === undefined || input === '' ? block : { ...block, input };
      });

  const take = (event: Event): void => {
    switch (event.type) {
      case 'message_start':
        message = event.message ?? {};
        usage = merged(usage, message.usage);
        break;
      case 'content_block_start':
        start(event);
        break;
      case 'content_block_delta':
        grow(event);
        break;
      case 'message_delta':
        usage = merged(usage, event.usage);
        if (typeof event.delta?.stop_reason === 'string') {
          message = { ...message, stop_reason: event.delta.stop_reason };
          progress = 'whole';
        }
        break;
      case 'message_stop':
        progress = 'over';
        break;
      case 'error':
        error = event;
        progress = 'over';
        break;
      default:
        break;
    }
  };

  return {
    take(event) {
      const parsed = eventSchema.safeParse(event);
      if (parsed.success) take(parsed.data);
    },
    get progress() {
      return progress;
    },
    get characters() {
      return characters;
    },
    get written() {
      return JSON.stringify(content());
    },
    body: () => (error === undefined ? { ...message, content: content(), usage } : { ...(error as object), usage }),
  };
}

/** Counts grow through a stream, and compatible servers fill with zeros what they told before: the larger one holds. */
function merged(usage: Record<string, unknown>, more: unknown): Record<string, unknown> {
  if (typeof more !== 'object' || more === null) return usage;
  const sum = { ...usage };
  for (const [name, count] of Object.entries(more)) {
    const known = sum[name];
    if (count === null || (typeof count === 'number' && typeof known === 'number' && count <= known)) continue;
    sum[name] = count;
  }
  return sum;
}
