import { isUtf8 } from 'node:buffer';
import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import { type DocumentKind, documentKinds } from '../domain/plan.ts';
import { headingsIn, type PlanTemplates, templatesFolder } from '../domain/plan-template.ts';
import type { Ports } from '../ports/ports.ts';
import type { TreeEntry } from '../ports/workspace.ts';
import { instructionsCommit } from './freeze-prompts.ts';

export interface ReadTemplates {
  readonly templates: PlanTemplates;
  /** Why a template that is there is not used, in a person's words. */
  readonly ignored: Readonly<Partial<Record<DocumentKind, string>>>;
}

const maxTemplateBytes = 16 * 1024;

/**
 * The templates of plan documents as the repository has them at a commit of the base branch: no patch changes them.
 * On a fork's pull request they are those of the default branch.
 */
export async function readTemplates(
  { workspace, effects }: Pick<Ports, 'workspace' | 'effects'>,
  fix: Pick<Fix, 'id' | 'origin' | 'repository' | 'policy'>,
  base: Sha,
): Promise<ReadTemplates> {
  const commit = await instructionsCommit({ effects }, fix, base);
  if (commit === null) return { templates: {}, ignored: {} };
  const tree = await workspace.open(fix.repository, commit);
  const folder = templatesFolder(fix.policy.documents);
  const entries = new Map((await tree.list(folder)).map((entry) => [entry.path, entry]));
  const templates: Partial<Record<DocumentKind, string>> = {};
  const ignored: Partial<Record<DocumentKind, string>> = {};
  for (const kind of documentKinds) {
    const path = `${folder}/${kind}.md`;
    const entry = entries.get(path);
    if (entry === undefined) continue;
    const bytes = isReadable(entry) ? await tree.read(path) : null;
    const text = bytes !== null && isUtf8(bytes) && !bytes.includes(0) ? asText(bytes) : null;
    const fault = faultOf(entry, text);
    if (text !== null && fault === null) templates[kind] = text;
    else ignored[kind] = `The template \`${path.replaceAll('`', "'")}\` of this repository is not used: ${fault}.`;
  }
  return { templates, ignored };
}

const asText = (bytes: Buffer): string =>
  bytes
    .toString('utf8')
    .replaceAll('\r\n', '\n')
    .replace(/^\ufeff/, '');

const isReadable = ({ mode, sizeBytes }: TreeEntry): boolean => mode !== '120000' && sizeBytes <= maxTemplateBytes;

function faultOf({ mode, sizeBytes }: TreeEntry, text: string | null): string | null {
  if (mode === '120000') return 'it is a symlink';
  if (sizeBytes > maxTemplateBytes) return `it has ${sizeBytes.toLocaleString('en-US')} bytes; at most 16 KB are read`;
  if (text === null) return 'it is no UTF-8 text';
  return headingsIn(text).length === 0 ? 'it has no heading (a line that begins with #)' : null;
}
