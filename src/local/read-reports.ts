import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isReportName } from '../domain/report-names.ts';
import type { Artifact, ArtifactFile, ArtifactLimits } from '../ports/sandbox.ts';
import type { Cell } from './cell.ts';
import { readPlain } from './read-plain-file.ts';

interface Place {
  readonly in: 'reports' | 'workspace';
  readonly path: string;
}

/** Where test reports are looked for: in the folder for them, and where the sandbox workflow's templates have them. */
const places: readonly Place[] = [
  { in: 'reports', path: '' },
  { in: 'workspace', path: 'ai-fix-junit.xml' },
];
const maxDepth = 4;

/** Maven and Gradle write reports by themselves, in each module. */
const builds: readonly { readonly file: RegExp; readonly reports: string }[] = [
  { file: /^pom\.xml$/, reports: 'target/surefire-reports' },
  { file: /^(?:build|settings)\.gradle(?:\.kts)?$/, reports: 'build/test-results' },
];
const maxModuleDepth = 3;
const maxModules = 500;

/** Caps beyond what any report of a person has; the reader's own limits come on top. */
const kept = { maxEntries: 500, maxTextBytes: 64 * 1024 * 1024 };

/**
 * The test reports that a check left in its cell, or null where there are none. Nothing runs there any more; code that
 * nobody has read made everything in it, so links are not followed and what is no plain file is not opened.
 */
export async function readReports(
  cell: Pick<Cell, 'reports' | 'workspace'>,
): Promise<Pick<Artifact, 'files' | 'fault'> | null> {
  const paths: { readonly path: string; readonly file: string }[] = [];
  for (const place of [...places, ...(await placesOfModules(cell.workspace))]) {
    const root = cell[place.in];
    if (await leadsThroughLinks(root, place.path)) continue;
    await collect(join(root, place.path), place.path, 0, paths);
  }
  if (paths.length === 0) return null;
  if (paths.length > kept.maxEntries) return { files: [], fault: `more than ${kept.maxEntries} reports` };
  const files: ArtifactFile[] = [];
  let bytes = 0;
  for (const { path, file } of paths) {
    const text = await readPlain(file, kept.maxTextBytes - bytes);
    if (text === null) return { files: [], fault: `reports larger than ${kept.maxTextBytes} bytes together` };
    bytes += Buffer.byteLength(text);
    files.push({ path, text });
  }
  return { files, fault: null };
}

/** The kept reports, as far as the reader wants them. */
export function withinLimits(artifact: Artifact, limits: ArtifactLimits): Artifact {
  const bytes = artifact.files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (artifact.files.length > limits.maxEntries)
    return { ...artifact, files: [], fault: `more than ${limits.maxEntries} entries` };
  if (bytes > limits.maxTextBytes) return { ...artifact, files: [], fault: 'larger than allowed' };
  return artifact;
}

async function placesOfModules(workspace: string): Promise<readonly Place[]> {
  const atRoot = await readdir(workspace).catch(() => []);
  const known = builds.filter(({ file }) => atRoot.some((name) => file.test(name)));
  if (known.length === 0) return [];
  const folders = [''];
  for (const folder of folders) {
    if (folder.split('/').length > maxModuleDepth || folders.length > maxModules) continue;
    const entries = await readdir(join(workspace, folder), { withFileTypes: true }).catch(() => []);
    const modules = entries.filter(
      (entry) => entry.isDirectory() && !/^\.|^(?:node_modules|target|build|src)$/.test(entry.name),
    );
    folders.push(...modules.map(({ name }) => (folder === '' ? name : `${folder}/${name}`)));
  }
  return folders
    .slice(0, maxModules)
    .flatMap((folder) =>
      known.map(({ reports }): Place => ({ in: 'workspace', path: folder === '' ? reports : `${folder}/${reports}` })),
    );
}

async function leadsThroughLinks(root: string, path: string): Promise<boolean> {
  const parts = path.split('/').filter(Boolean);
  for (const [index] of parts.entries()) {
    const stats = await lstat(join(root, ...parts.slice(0, index + 1))).catch(() => null);
    if (stats === null || stats.isSymbolicLink()) return true;
  }
  return false;
}

async function collect(at: string, path: string, depth: number, into: { path: string; file: string }[]): Promise<void> {
  const stats = await lstat(at).catch(() => null);
  if (stats?.isFile() === true && isReportName(basename(at))) into.push({ path, file: at });
  if (stats?.isDirectory() !== true || depth >= maxDepth || into.length > kept.maxEntries) return;
  const names = await readdir(at).catch(() => []);
  for (const name of names.sort().slice(0, 2_000))
    await collect(join(at, name), path === '' ? name : `${path}/${name}`, depth + 1, into);
}
