import { matchesGlob } from '../agent/path-glob.ts';
import { type Finding, mostSevereFirst } from '../domain/finding.ts';
import type { Ask } from '../domain/gate.ts';
import { changedPaths, type Overlay } from '../domain/overlay.ts';
import { vetPatch } from '../domain/patch-policy.ts';
import type { FileContent, PatchedFile } from '../domain/patched-file.ts';
import { templatesFolder } from '../domain/plan-template.ts';
import type { Policy } from '../domain/policy.ts';
import { foldPath } from '../domain/portable-paths.ts';
import type { Tree } from '../ports/workspace.ts';
import { contentsAt } from './contents-at.ts';
import { findSecrets } from './find-secrets.ts';

/** Everything that is wrong with a patch, or that a person has to allow: the policy's findings and secrets in new lines. */
export async function vet(
  tree: Tree,
  overlay: Overlay,
  { protectedPaths, forbiddenPaths, documents, promptsFolder }: Policy,
): Promise<readonly Finding[]> {
  // Models obey the prompts, and the architect the templates of plan documents, so they are for people to write.
  const obeyed = [templatesFolder(documents), promptsFolder].map((folder) => `${foldPath(folder)}/`);
  const base = await contentsAt(tree, changedPaths(overlay));
  const files = changedPaths(overlay).map((path) => patchedFile(path, base.get(path) ?? null, overlay));
  const policy = vetPatch(files, {
    basePaths: [...(await tree.list()).map(({ path }) => path), ...(await tree.submodules())],
    isProtected: (path) => protectedPaths.some((glob) => matchesGlob(path, glob)),
    isForbidden: (path) =>
      obeyed.some((folder) => foldPath(path).startsWith(folder)) ||
      forbiddenPaths.some((glob) => matchesGlob(path, glob)),
  });
  const secrets = await findSecrets(
    files.flatMap(({ path, before, after }) =>
      after?.kind === 'text' ? [{ path, before: before?.kind === 'text' ? before.text : null, after: after.text }] : [],
    ),
  );
  const leaks = secrets.map(
    ({ path, line, kind }): Finding => ({
      grade: 'refuse',
      rule: 'secret',
      path,
      why: `line ${line} adds what looks like a secret (${kind})`,
    }),
  );
  return mostSevereFirst([...policy, ...leaks]);
}

function patchedFile(path: string, before: FileContent | null, overlay: Overlay): PatchedFile {
  const entry = overlay[path];
  if (entry?.kind !== 'write') return { path, before, after: null };
  const { text, mode, encoding = 'utf-8' } = entry;
  return { path, before, after: { kind: 'text', text, mode, encoding } };
}

const maxAsks = 50;

/** What a person has to allow, as it stands in the gate's comment. */
export function asksOf(findings: readonly Finding[]): readonly Ask[] {
  const asks = findings.filter(({ grade }) => grade === 'ask').map(({ path, why }): Ask => ({ path, why }));
  const more = asks.length - maxAsks;
  return more <= 0 ? asks : [...asks.slice(0, maxAsks), { path: 'the patch', why: `${more} further findings` }];
}
