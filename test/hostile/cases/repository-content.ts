import type { HostileArea } from '../hostile-case.ts';
import { repositoryFiles } from './repository-files.ts';
import { repositorySettings } from './repository-settings.ts';

export const repositoryContent: HostileArea = {
  area: 'what a repository holds',
  cases: [...repositoryFiles, ...repositorySettings],
};
