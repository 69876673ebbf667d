import type { Change, Refusal } from './refusals.ts';

/** What a refusal may teach about a model: by what words it is known, and what is done otherwise from then on. */
export interface Lesson<Form> {
  isNamedIn(refusal: Refusal, form: Form): boolean;
  /** Null where nothing is left to change. */
  after(form: Form): Form | null;
  /** Whether this refusal teaches something of the one conversation only; left out where none does. */
  isPassing?(refusal: Refusal): boolean;
  /** Told once for a model; left out where nobody needs to know. */
  readonly told?: (after: Form, isPassing: boolean) => string | null;
}

/**
 * What the first fitting lesson makes of this form; null when the refusal is about something else, or nothing is
 * left to change. Nothing is guessed: a refusal changes what it names, and only that.
 */
export function formAfter<Form>(
  lessons: readonly Lesson<Form>[],
  refusal: Refusal,
  form: Form,
  warn: (text: string) => void,
): Change<Form> | null {
  for (const lesson of lessons) {
    const after = lesson.isNamedIn(refusal, form) ? lesson.after(form) : null;
    if (after === null) continue;
    const isPassing = lesson.isPassing?.(refusal) ?? false;
    const text = lesson.told?.(after, isPassing) ?? null;
    if (text !== null) warn(text);
    return { form: after, isPassing };
  }
  return null;
}

interface Leaving<Name extends string> {
  readonly leftOut: ReadonlySet<Name>;
}

/** That a parameter is left out. */
export const leavesOut = <Name extends string, Form extends Leaving<Name>>(
  name: Name,
  isNamedIn: Lesson<Form>['isNamedIn'],
): Lesson<Form> => ({
  isNamedIn,
  after: (form) => (form.leftOut.has(name) ? null : { ...form, leftOut: new Set([...form.leftOut, name]) }),
  told: () => `takes no ${name}; it is left out from now on`,
});

interface Recalling {
  readonly isReasoningBack: boolean;
}

/** How servers say that they know no such thing, whatever it holds. */
const isUnknown = ({ message }: Refusal): boolean =>
  /\b(?:unknown|unrecognized|unsupported|unexpected|extra (?:inputs|fields)|expected tags)\b|\bnot (?:permitted|supported|allowed)\b|\bdoes ?n[o']t support\b/i.test(
    message,
  );

/**
 * That the reasoning of earlier turns is not handed back. A seal that does not fit, as after a change of the key in the
 * middle of a fix, says nothing of other conversations: only a server that does not know the field never gets it again.
 */
export const recallsNothing = <Form extends Recalling>(isNamedIn: Lesson<Form>['isNamedIn']): Lesson<Form> => ({
  isNamedIn,
  after: (form) => (form.isReasoningBack ? { ...form, isReasoningBack: false } : null),
  isPassing: (refusal) => !isUnknown(refusal),
  told: (_after, isPassing) =>
    isPassing
      ? 'refused the reasoning of earlier turns in a conversation, which went on without it'
      : 'takes no reasoning of earlier turns; it is left out from now on',
});

interface Thinking {
  readonly effort: number;
}

/** That the effort is told in the next of so many ways, of which the last says nothing. */
export const tellsEffortElse = <Form extends Thinking>(
  lastEffort: number,
  isNamedIn: Lesson<Form>['isNamedIn'],
): Lesson<Form> => ({
  isNamedIn,
  after: (form) => (form.effort < lastEffort ? { ...form, effort: form.effort + 1 } : null),
  told: ({ effort }) => (effort === lastEffort ? 'takes no effort; it is left out from now on' : null),
});
