import { quoteInSentence } from './outgoing.ts';

/** What people read about a `.github/ai-fix.yml`. Problems are Markdown already, and say which file they are in. */

const listOf = (problems: readonly string[]): string => problems.map((problem) => `- ${problem}`).join('\n');

export const configurationTitle = (problems: number): string =>
  problems === 0
    ? 'The configuration is valid'
    : `The configuration has ${problems} problem${problems === 1 ? '' : 's'}`;

const validConfiguration = 'ai-fix can use it. It holds for fixes that are started from now on.';

/** Valid, and perhaps not what was meant. */
export const oddConfiguration = (warnings: readonly string[]): string =>
  warnings.length === 0 ? validConfiguration : `${validConfiguration}\n\nTo look at:\n\n${listOf(warnings)}`;

export const invalidConfiguration = (problems: readonly string[]): string =>
  `ai-fix cannot use it:\n\n${listOf(problems)}\n\nUntil it is mended, the last valid configuration of the default branch stays in force; where there was none, nothing is started.`;

/** Prompts in a repository's own words, where some cannot be used. */
export const unusablePromptsText = (problems: readonly string[]): string =>
  `Of the prompts of this repository these are not used; those of ai-fix itself take their place:\n\n${listOf(problems)}`;

/** For a fix that cannot start, because no valid configuration is known. */
export const refusedConfiguration = (problems: readonly string[]): string =>
  `ai-fix cannot use the configuration of this repository:\n\n${listOf(problems)}\n\nMend it, then label this issue again.`;

/** One line of the status comment. What is allowed is said at length elsewhere. */
export const lastValidApplies = (problem: string): string =>
  `The configuration of this repository is not valid (${quoteInSentence(problem.replace(/; allowed: .*$/s, ''), 300)}), so the last valid one applies.`;
