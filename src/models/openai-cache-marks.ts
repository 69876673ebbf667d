import type OpenAI from 'openai';
import { cacheMark, isMarked } from './cache-marks.ts';

type Message = OpenAI.ChatCompletionMessageParam;
type Ours = OpenAI.ChatCompletionUserMessageParam | OpenAI.ChatCompletionToolMessageParam;

/**
 * The same messages with their texts in parts, of which some are marked, as OpenRouter hands them on to Anthropic
 * (https://openrouter.ai/docs/guides/best-practices/prompt-caching). All of ours are in parts, marked or not, so that a
 * prefix stays what it was when its mark moves on. The mark of a tool's result stands within its content: one beside it
 * has been seen to hang (https://github.com/NousResearch/hermes-agent/pull/2391).
 */
export function withCacheMarks(messages: readonly Message[]): Message[] {
  const turns = turnsOf(messages.filter((message) => message.role !== 'system' && !isBlankText(message)));
  const sizes = turns.map((turn) => turn.length);
  return [
    ...messages.flatMap((message) =>
      message.role === 'system' ? [{ ...message, content: partsOf(message, true) }] : [],
    ),
    ...turns.flatMap((turn, place) =>
      joinedTexts(
        turn.map((message, part) =>
          isOurs(message)
            ? ({ ...message, content: partsOf(message, isMarked({ turn: place, part }, sizes)) } as Ours)
            : message,
        ),
      ),
    ),
  ];
}

const isOurs = ({ role }: Message): boolean => role === 'user' || role === 'tool';

/** Anthropic takes no text without a visible character. */
const isBlank = (text: unknown): boolean => typeof text === 'string' && text.trim() === '';
const isBlankText = ({ role, content }: Message): boolean => role === 'user' && isBlank(content);

/** Ours and the model's, in turn. */
function turnsOf(messages: readonly Message[]): Message[][] {
  const turns: Message[][] = [];
  for (const message of messages) {
    const turn = turns.at(-1);
    if (turn?.[0] !== undefined && isOurs(turn[0]) === isOurs(message)) turn.push(message);
    else turns.push([message]);
  }
  return turns;
}

function partsOf({ content }: Message, hasMark: boolean): OpenAI.ChatCompletionContentPartText[] {
  const text = typeof content === 'string' && !isBlank(content) ? content : '(no output)';
  return [{ type: 'text', text, ...(hasMark && cacheMark) }];
}

/** Texts that follow each other are parts of one message, as roles have to alternate. */
function joinedTexts(turn: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const message of turn) {
    const last = joined.at(-1);
    if (last?.role === 'user' && message.role === 'user')
      joined[joined.length - 1] = { ...last, content: [...listOf(last.content), ...listOf(message.content)] };
    else joined.push(message);
  }
  return joined;
}

const listOf = <Part>(content: string | Part[]): Part[] => (typeof content === 'string' ? [] : content);
