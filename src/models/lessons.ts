import type { Refusal } from './refusals.ts';

/** What a refusal may teach about a model: by what words it is known, and what is done otherwise from then on. */
export interface Lesson<Form> {
  isNamedIn(refusal: Refusal, form: Form): boolean;
  /** Null where nothing is left to change. */
  after(form: Form): Form | null;
  /** Told once for a model; left out where nobody needs to know. */
  readonly told?: (after: Form) => string | null;
}

/**
 * The form that the first fitting lesson makes of this one; null when the refusal is about something else, or nothing is
 * left to change. Nothing is guessed: a refusal changes what it names, and only that.
 */
export function formAfter<Form>(
  lessons: readonly Lesson<Form>[],
  refusal: Refusal,
  form: Form,
  warn: (text: string) => void,
): Form | null {
  for (const lesson of lessons) {
    const after = lesson.isNamedIn(refusal, form) ? lesson.after(form) : null;
    if (after === null) continue;
    const text = lesson.told?.(after) ?? null;
    if (text !== null) warn(text);
    return after;
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
