import { failingStep, headAndTail } from './plain-log.ts';

/**
 * The part of a job's log that tells why it failed, as plain text for a model and for people, whatever wrote it.
 *
 * No part of this is evidence, and no line of the result is one that a runner would obey. Takes time in proportion to
 * the log.
 */
export const failingPart = (log: string, maxLength: number): string => headAndTail(failingStep(log), maxLength);
