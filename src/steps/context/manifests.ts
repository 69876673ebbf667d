import { z } from 'zod';
import { shownPath } from '../../domain/repository-path.ts';
import type { Tree, TreeEntry } from '../../ports/workspace.ts';
import { visibleLine } from '../../thread/incoming.ts';
import { depthOf, folderOf, nameOf } from './paths.ts';

/** How a project is built and tested, by its own word: the manifests, without running anything of them. */
export interface Manifest {
  /** One line for people and models. */
  readonly text: string;
  /** Files that it names as where the program begins. */
  readonly entryPoints: readonly string[];
  /** Names of packages it stands on, as far as they are told. */
  readonly packages: readonly string[];
}

const maxManifests = 12;
const maxManifestBytes = 256 * 1024;
const maxScripts = 10;
const maxCommandLength = 90;

type Read = (text: string, folder: string, siblings: ReadonlySet<string>) => Manifest | null;

const readers: Readonly<Record<string, Read>> = {
  'package.json': readPackage,
  'pyproject.toml': (text) => {
    const packages = [...text.matchAll(/^\s*"?([A-Za-z][\w.-]*)/gm)].map(([, name = '']) => name.toLowerCase());
    const runner = /\bpytest\b/.test(text) ? 'pytest' : 'python -m unittest';
    return { text: `tests run with \`${runner}\``, entryPoints: [], packages: [...new Set(packages)] };
  },
  'go.mod': (text) => {
    const name = /^module\s+(\S+)/m.exec(text)?.[1] ?? '';
    return {
      text: `module ${visibleLine(name, 100)}; tests run with \`go test ./...\``,
      entryPoints: [],
      packages: [],
    };
  },
  'Cargo.toml': (text) => {
    const kind = /^\[workspace\]/m.test(text) ? 'workspace; ' : '';
    return { text: `${kind}tests run with \`cargo test\``, entryPoints: ['src/lib.rs', 'src/main.rs'], packages: [] };
  },
  'pom.xml': (_text, _folder, siblings) => {
    const program = siblings.has('mvnw') ? './mvnw' : 'mvn';
    return { text: `tests run with \`${program} test\``, entryPoints: [], packages: [] };
  },
  'build.gradle': readGradle,
  'build.gradle.kts': readGradle,
  'tox.ini': () => ({ text: 'tests run with `tox`', entryPoints: [], packages: [] }),
  Makefile: (text) => {
    const targets = [...text.matchAll(/^([a-z][\w-]{0,30})\s*:(?!=)/gm)].map(([, name = '']) => name);
    return targets.length === 0
      ? null
      : { text: `targets ${[...new Set(targets)].slice(0, maxScripts).join(', ')}`, entryPoints: [], packages: [] };
  },
};

function readGradle(_text: string, _folder: string, siblings: ReadonlySet<string>): Manifest {
  return {
    text: `tests run with \`${siblings.has('gradlew') ? './gradlew' : 'gradle'} test\``,
    entryPoints: [],
    packages: [],
  };
}

/** The manifests nearest to the root, each with its path; what cannot be read is left out. */
export async function readManifests(
  tree: Tree,
  entries: readonly TreeEntry[],
): Promise<readonly (Manifest & { readonly path: string })[]> {
  const chosen = entries
    .filter(({ path, mode, sizeBytes }) => isManifest(path) && mode !== '120000' && sizeBytes <= maxManifestBytes)
    .toSorted((a, b) => depthOf(a.path) - depthOf(b.path))
    .slice(0, maxManifests);
  const read = await Promise.all(
    chosen.map(async ({ path }) => {
      const bytes = await tree.read(path);
      const folder = folderOf(path);
      const siblings = new Set(
        entries.filter((entry) => folderOf(entry.path) === folder).map((entry) => nameOf(entry.path)),
      );
      const manifest = bytes === null ? null : readers[nameOf(path)]?.(bytes.toString('utf8'), folder, siblings);
      return manifest == null ? [] : [{ ...manifest, path, text: `${shownPath(path)}: ${manifest.text}` }];
    }),
  );
  return read.flat();
}

const isManifest = (path: string): boolean =>
  Object.hasOwn(readers, nameOf(path)) && !/(?:^|\/)(?:node_modules|vendor|fixtures?|examples?)\//.test(path);

const texts = z.record(z.string(), z.string()).catch({});
const packageSchema = z.object({
  scripts: texts,
  dependencies: texts,
  devDependencies: texts,
  main: z.string().optional().catch(undefined),
  module: z.string().optional().catch(undefined),
  bin: z.union([z.string(), texts]).optional().catch(undefined),
});
/** Scripts that say how the project is checked come first. */
const tellingScripts = /^(?:test|check|lint|types?|build)/;

function readPackage(text: string, folder: string): Manifest | null {
  const parsed = packageSchema.safeParse(jsonOf(text));
  if (!parsed.success) return null;
  const { scripts, main, module, bin, dependencies, devDependencies } = parsed.data;
  const told = Object.entries(scripts)
    .toSorted(([a], [b]) => Number(tellingScripts.test(b)) - Number(tellingScripts.test(a)))
    .slice(0, maxScripts)
    .map(
      ([name, command]) =>
        `${visibleLine(name, 40)} = \`${visibleLine(command, maxCommandLength).replaceAll('`', "'")}\``,
    );
  const bins = bin === undefined ? [] : typeof bin === 'string' ? [bin] : Object.values(bin);
  const entryPoints = [main, module, ...bins]
    .filter((path) => path !== undefined)
    .map((path) => [folder, path.replace(/^\.?\//, '')].filter(Boolean).join('/'));
  return {
    text: told.length === 0 ? 'no scripts' : `scripts ${told.join(', ')}`,
    entryPoints,
    packages: [...Object.keys(dependencies), ...Object.keys(devDependencies)],
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
}
