import { findProvider } from '@pydantic/genai-prices';
import { nearestOf } from '../domain/nearest.ts';

const mostNames = 3;

/** What somebody may have meant by a model that its provider does not know: the nearest names of the price registry. */
export function nearModels(modelId: string): string[] {
  const slash = modelId.indexOf('/');
  const provider = modelId.slice(0, slash);
  let known = findProvider({ providerId: provider })?.models.map(({ id }) => id) ?? [];
  const near: string[] = [];
  while (near.length < mostNames) {
    const name = nearestOf(modelId.slice(slash + 1), known);
    if (name === null) break;
    near.push(`${provider}/${name}`);
    known = known.filter((other) => other !== name);
  }
  return near;
}
