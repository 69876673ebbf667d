import { createHash } from 'node:crypto';
import type { Sha } from '../../domain/ids.ts';
import type { Depot } from '../../git/depot.ts';

/** Files by which package managers and builds decide what to install. */
const manifests =
  /^(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(?:lock|workspace)\.yaml|bun\.lockb?|\.npmrc|\.yarnrc(?:\.yml)?|pyproject\.toml|setup\.(?:py|cfg)|requirements[\w.-]*\.txt|Pipfile(?:\.lock)?|(?:poetry|uv|pdm)\.lock|tox\.ini|go\.(?:mod|sum|work)|Cargo\.(?:toml|lock)|pom\.xml|(?:build|settings)\.gradle(?:\.kts)?|gradle\.(?:properties|lockfile)|Gemfile(?:\.lock)?|composer\.(?:json|lock))$/;

/** Names the state of all manifests and lockfiles of a commit. */
export async function lockStateOf({ listFiles }: Pick<Depot, 'listFiles'>, commit: Sha): Promise<string> {
  const files = (await listFiles(commit)).filter(({ path }) => manifests.test(path.slice(path.lastIndexOf('/') + 1)));
  const lines = files.map(({ path, blob }) => `${blob} ${path}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
