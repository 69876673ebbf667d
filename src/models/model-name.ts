import { hasControlCharacters, hasHiddenCharacters } from '../domain/hidden-characters.ts';
import { nearestOf } from '../domain/nearest.ts';
import { isProviderName, providerNames, splitId } from './providers.ts';

/** The form of `provider/model`; the model's own name may hold slashes. */
export const modelNameForm = /^[^\s/]+(?:\/[^\s/]+)+$/;

/** Why a text is no name of a model, whoever has which key; null where it may be one. Says nothing of the text itself. */
export function modelNameProblem(text: string): string | null {
  const { provider } = splitId(text);
  return spellingProblem(text) ?? (isProviderName(provider) ? null : providerProblem(provider));
}

/** The same of a model's name alone, too. */
export function spellingProblem(text: string): string | null {
  if (hasHiddenCharacters(text) || hasControlCharacters(text)) return 'a character in it is not shown';
  return /^\/|\/\/|\/$/.test(text) ? 'nothing stands before, between or behind its slashes' : null;
}

/** Names no provider: that one, or all there are. */
export function providerProblem(said: string): string {
  const meant = nearestOf(said, providerNames);
  return meant === null ? `allowed providers: ${providerNames.join(', ')}` : `did you mean ${meant}?`;
}
