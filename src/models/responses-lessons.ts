import { type Lesson, leavesOut, recallsNothing, tellsEffortElse } from './lessons.ts';
import { names, namesPath, type Refusal } from './refusals.ts';
import type { LeftOut, ResponsesForm } from './responses-wire.ts';

type ResponsesLesson = Lesson<ResponsesForm>;

/** "Encrypted content is not supported with this model.", param `include`, says that it does not reason at all. */
const isAboutHistory = ({ param, message }: Refusal): boolean =>
  /encrypted[_ ]content|\brs_\w+/i.test(message) && param !== 'include';

const left = (name: LeftOut, isNamedIn = (refusal: Refusal) => names(refusal, name)): ResponsesLesson =>
  leavesOut(name, isNamedIn);

/** All that a server of Responses may teach, in the order in which it is looked for. */
export const responsesLessons = (lastEffort: number): readonly ResponsesLesson[] => [
  recallsNothing(isAboutHistory),
  left('include', isAboutHistory),
  left('phase', (refusal) => namesPath(refusal, 'phase')),
  left('tool_choice'),
  tellsEffortElse(lastEffort, (refusal) => names(refusal, 'reasoning.effort', 'reasoning', 'effort')),
  left('include'),
  left('parallel_tool_calls'),
  left('prompt_cache_key'),
  left('temperature'),
  left('store'),
  left('stream'),
];
