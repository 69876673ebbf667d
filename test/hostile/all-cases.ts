import { branchNames } from './cases/branch-names.ts';
import { cheats } from './cases/cheats.ts';
import { frozenWords } from './cases/frozen-words.ts';
import { issueTexts } from './cases/issue-texts.ts';
import { logsAndArtifacts } from './cases/logs-and-artifacts.ts';
import { outgoingTexts } from './cases/outgoing-texts.ts';
import { patches } from './cases/patches.ts';
import { permissions } from './cases/permissions.ts';
import { repositoryContent } from './cases/repository-content.ts';
import { runs } from './cases/runs.ts';
import { webhooks } from './cases/webhooks.ts';
import type { HostileArea } from './hostile-case.ts';

/** Every area of the hostile suite, in the order of docs/hostile-suite.md. */
export const areas: readonly HostileArea[] = [
  frozenWords,
  patches,
  cheats,
  repositoryContent,
  permissions,
  webhooks,
  runs,
  issueTexts,
  outgoingTexts,
  branchNames,
  logsAndArtifacts,
];
