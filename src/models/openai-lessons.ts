import { type Lesson, leavesOut, recallsNothing, tellsEffortElse } from './lessons.ts';
import type { ChatForm, LeftOut } from './openai-form.ts';
import { isAboutSingleCalls, isAboutSystemRole, names, namesWithin, type Refusal } from './refusals.ts';

type ChatLesson = Lesson<ChatForm>;

const named =
  (...parameters: readonly string[]) =>
  (refusal: Refusal): boolean =>
    names(refusal, ...parameters);

const swapsLimit: ChatLesson = {
  isNamedIn: (refusal, { outputLimit }) => names(refusal, outputLimit),
  after: (form) =>
    form.isLimitSwapped
      ? null
      : {
          ...form,
          outputLimit: form.outputLimit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens',
          isLimitSwapped: true,
        },
  told: ({ outputLimit }) => `is told its output limit as ${outputLimit} from now on`,
};

/** A path to one of these counts; Gemini says "Thought signature is not valid", too. */
const isAboutHistory = (refusal: Refusal): boolean =>
  /\bthought signature\b/i.test(refusal.message) ||
  ['reasoning_details', 'thought_signature', 'reasoning_content'].some((name) => namesWithin(refusal, name));

const switchesReasoningOff: ChatLesson = {
  isNamedIn: named('reasoning_effort'),
  after: (form) => (form.isReasoningOff ? null : { ...form, isReasoningOff: true }),
  told: () => 'calls tools over Chat Completions with reasoning off only; it is off from now on',
};

const lacksSystemRole: ChatLesson = {
  isNamedIn: isAboutSystemRole,
  after: (form) => (form.system === 'first-message' ? null : { ...form, system: 'first-message' }),
  told: () => 'knows no system role; its text stands in the first message from now on',
};

const callsOneAtATime: ChatLesson = {
  isNamedIn: isAboutSingleCalls,
  after: (form) => (form.parallelCalls ? { ...form, parallelCalls: false } : null),
  told: () => 'calls one tool at a time; conversations are told that way from now on',
};

const left = (name: LeftOut): ChatLesson => leavesOut(name, (refusal) => names(refusal, name));

const leavesMarks: ChatLesson = leavesOut<LeftOut, ChatForm>('cache_control', (refusal) =>
  namesWithin(refusal, 'cache_control'),
);

/** What was sent, as far as it can be refused. */
interface Sent {
  readonly hasTools: boolean;
  readonly isForced: boolean;
  readonly hasMarks: boolean;
  readonly lastEffort: number;
}

/**
 * All that a server of Chat Completions may teach, in the order in which it is looked for: what goes with another thing
 * before that thing (models that think refuse to be forced), and longer names first, as a refusal of `stream_options`
 * often proposes `stream`.
 */
export function chatLessons({ hasTools, isForced, hasMarks, lastEffort }: Sent): readonly ChatLesson[] {
  return [
    ...(hasMarks ? [leavesMarks] : []),
    ...(isForced ? [left('tool_choice')] : []),
    swapsLimit,
    recallsNothing(isAboutHistory),
    tellsEffortElse(
      lastEffort,
      named('reasoning_effort', 'reasoning', 'reasoning.effort', 'thinking', 'chat_template_kwargs'),
    ),
    ...(hasTools ? [switchesReasoningOff] : []),
    left('stream_options'),
    left('parallel_tool_calls'),
    left('prompt_cache_key'),
    left('temperature'),
    left('stream'),
    lacksSystemRole,
    callsOneAtATime,
  ];
}
