import type { AnthropicForm, LeftOut } from './anthropic-wire.ts';
import { type Lesson, leavesOut, recallsNothing, tellsEffortElse } from './lessons.ts';
import { names, namesWithin, type Refusal } from './refusals.ts';

type AnthropicLesson = Lesson<AnthropicForm>;

/** For instance "messages.1.content.0: Invalid `signature` in `thinking` block". */
const isAboutHistory = ({ message }: Refusal): boolean =>
  /\bsignature\b/.test(message) || (/\bmessages\.\d/.test(message) && /\b(redacted_)?thinking\b/.test(message));

const isAboutThinking = ({ message }: Refusal): boolean =>
  /\b(thinking|effort|output_config|budget_tokens)\b/.test(message);

const left = (name: LeftOut, isNamedIn = (refusal: Refusal) => names(refusal, name)): AnthropicLesson =>
  leavesOut(name, isNamedIn);

/** All that a server of Messages may teach, in the order in which it is looked for. */
export const anthropicLessons = (lastEffort: number): readonly AnthropicLesson[] => [
  left('cache_control', (refusal) => namesWithin(refusal, 'cache_control')),
  // "Thinking may not be enabled when tool_choice forces tool use."
  left('tool_choice'),
  left('temperature'),
  recallsNothing(isAboutHistory),
  tellsEffortElse(lastEffort, isAboutThinking),
  left('stream'),
];
