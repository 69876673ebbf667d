import type { Fix } from '../domain/fix-facts.ts';
import type { PlanDocument } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import { visibleLine, visibleText } from '../thread/incoming.ts';

/** The parts of prompts that come from outside, each within its bound. */

const maxIssueLength = 24_000;

/** The issue as it was frozen: every role reads the same words, and people find them in the pull request. */
export async function issueText({ inputs }: Pick<Ports, 'inputs'>, { id, issue }: Fix): Promise<string> {
  const frozen = await inputs.find(id);
  // A fix that an older version began has no frozen words yet.
  return frozen?.text ?? `${visibleLine(issue.title, 300)}\n\n${visibleText(issue.body, maxIssueLength).text}`;
}

/** Of a patch that fixers made: what is to be changed of it is planned nowhere. */
export const noPlanText = "There is no plan: the repository's own fixers wrote the patch, without any model.";

export const planText = (documents: readonly PlanDocument[]): string =>
  documents.map((document) => `# ${document.kind}\n${document.markdown}`).join('\n\n');
