import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { Stack } from '../domain/stack.ts';
import type { Ports } from '../ports/ports.ts';
import { adaptWorkflow, filesToAdaptBy } from './adapt-workflow.ts';
import { sandboxTemplate } from './starter-files.ts';

const maxBytes = 256 * 1024;

/** The sandbox workflow for a stack, adapted by what the files at the root of a commit say. @throws {ForgeError} */
export async function starterWorkflow(
  { file }: Pick<Ports['repositories'], 'file'>,
  place: { readonly repository: RepositoryRef; readonly commit: Sha; readonly rootFiles: readonly string[] },
  stack: Stack,
): Promise<string> {
  const files = new Map<string, string>();
  for (const name of filesToAdaptBy[stack].filter((one) => place.rootFiles.includes(one))) {
    const found = await file(place.repository, name, place.commit, maxBytes);
    if (found !== null) files.set(name, found.text);
  }
  return adaptWorkflow(stack, sandboxTemplate(stack), files);
}
