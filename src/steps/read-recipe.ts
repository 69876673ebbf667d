import type { Fix } from '../domain/fix-facts.ts';
import type { Ask } from '../domain/gate.ts';
import type { Ground } from '../domain/ground.ts';
import { changedPaths, type Overlay, type OverlayEntry, writing } from '../domain/overlay.ts';
import { sayFindings } from '../domain/patch-policy.ts';
import type { FileContent } from '../domain/patched-file.ts';
import { type FixerRecord, recipeArtifact } from '../domain/recipe.ts';
import { maxReportLength, type RecipeFile, readRecipeReport } from '../domain/recipe-report.ts';
import { shownPath } from '../domain/repository-path.ts';
import type { Ports } from '../ports/ports.ts';
import { contentsAt } from './contents-at.ts';
import { asksOf, vet } from './vet-patch.ts';

const reportFile = `${recipeArtifact}.txt`;
const limits = { maxDownloadBytes: 20 * 1024 * 1024, maxEntries: 10, maxTextBytes: maxReportLength };
const maxTold = 5;

/** `reason` is for people, without its full stop; names of files in it are strangers' words. */
export type HarvestedRecipe =
  | {
      readonly kind: 'patch';
      readonly overlay: Overlay;
      readonly asks: readonly Ask[];
      readonly records: readonly FixerRecord[];
    }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * What the fixers changed, from the artifact of their run: a patch that is vetted like a model's, or why there is none.
 *
 * Code that nobody has read wrote the artifact. Only files that the base has as plain text can be part of it; it is taken
 * whole or not at all, so nothing of it is used that was not run together.
 *
 * @throws {ForgeError}
 */
export async function readRecipe(
  { sandbox, workspace }: Pick<Ports, 'sandbox' | 'workspace'>,
  fix: Fix,
  ground: Ground,
  { runId, fixers }: { readonly runId: number; readonly fixers: readonly string[] },
): Promise<HarvestedRecipe> {
  const wanted = (name: string) => name === recipeArtifact;
  const isRead = (path: string) => path === reportFile;
  const [artifact] = await sandbox.artifacts(fix.repository, runId, { ...limits, wanted, isRead });
  if (artifact === undefined) return none('their run left no report');
  if (artifact.fault !== null) return none(`their report could not be read: ${artifact.fault}`);
  const report = readRecipeReport(artifact.files[0]?.text ?? '', fixers);
  if (!report.ok) return none(`their report was refused: ${report.reason}`);
  const { records, files } = report;
  const tree = await workspace.open(fix.repository, ground.base);
  const made = overlayOf(
    files,
    await contentsAt(
      tree,
      files.map(({ path }) => path),
    ),
  );
  if (typeof made === 'string') return none(made);
  const changed = changedPaths(made).length;
  if (changed === 0) return none(['they changed nothing', ...records.flatMap(failureOf)].join('; '));
  const { maxFiles } = fix.policy.fixers;
  if (changed > maxFiles) return none(`they changed ${changed} files, and \`fixers.max_files\` allows ${maxFiles}`);
  const findings = await vet(tree, made, fix.policy);
  const refused = findings.filter(({ grade }) => grade === 'refuse');
  if (refused.length > 0)
    return none(`what they changed must not be in a patch: ${sayFindings(refused, maxTold).replaceAll('\n', '; ')}`);
  return { kind: 'patch', overlay: made, asks: asksOf(findings), records };
}

/** What really differs from the base, with the base's modes; a reason where something is made that was not there. */
function overlayOf(files: readonly RecipeFile[], base: ReadonlyMap<string, FileContent | null>): Overlay | string {
  const overlay: [string, OverlayEntry][] = [];
  for (const { path, content } of files) {
    const before = base.get(path) ?? null;
    if (before === null) return `they made a new file: ${shownPath(path).slice(0, 200)}`;
    if (content === null) overlay.push([path, { kind: 'delete' }]);
    else if (before.kind !== 'text' || before.text !== content.text || before.encoding !== content.encoding)
      overlay.push([path, writing(content, before.kind === 'text' ? before.mode : '100644')]);
  }
  return Object.fromEntries(overlay);
}

const failureOf = ({ name, exitCode }: FixerRecord): string[] =>
  exitCode === 0 ? [] : [`\`${name}\` failed with exit code ${exitCode}`];

const none = (reason: string): HarvestedRecipe => ({ kind: 'none', reason });
