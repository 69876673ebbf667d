import type { ModelParameters } from '../domain/conversation.ts';
import type { Provider } from './providers.ts';

/**
 * What of a model's parameters a provider would refuse whichever model it is, so that it is said before a fix begins. Each
 * begins with the parameter.
 */
export function parameterProblems(parameters: ModelParameters, { name, title, protocol }: Provider): readonly string[] {
  const { temperature, effort } = parameters;
  if (temperature === undefined) return [];
  const problems: string[] = [];
  const found = `temperature: found ${temperature}`;
  // https://platform.claude.com/docs/en/api/messages/create
  if (protocol === 'anthropic' && temperature > 1) problems.push(`${found}; allowed at ${title}: 0 to 1`);
  // https://platform.claude.com/docs/en/build-with-claude/extended-thinking: thinking takes no temperature but 1.
  // Models of OpenAI take none while they reason: https://developers.openai.com/api/docs/guides/latest-model
  const thinksByEffort = protocol === 'anthropic' || name === 'openai' || name === 'azure';
  if (thinksByEffort && effort !== undefined && effort !== 'none')
    problems.push(`${found} beside effort: ${effort}; allowed at ${title}: one of the two, or effort: none`);
  return problems;
}
