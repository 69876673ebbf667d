import type { HostileArea } from '../hostile-case.ts';
import { patchesOfContent } from './patches-of-content.ts';
import { patchesOfPlaces } from './patches-of-places.ts';
import { patchesOfTests } from './patches-of-tests.ts';

export const patches: HostileArea = {
  area: 'patches of the model',
  cases: [...patchesOfPlaces, ...patchesOfContent, ...patchesOfTests],
};
