import type { Tree, TreeEntry } from '../../ports/workspace.ts';
import { visibleLine } from '../../thread/incoming.ts';
import type { Manifest } from './manifests.ts';
import { nameOf } from './paths.ts';
import { isSource, isTest, type Source } from './sources.ts';

/** How the files of a repository are written, seen from the files themselves: a few lines, so that new code fits in. */

const maxSampled = 20;
const maxTestsRead = 4;
const maxEditorConfigBytes = 64 * 1024;

export async function styleText(
  tree: Tree,
  entries: readonly TreeEntry[],
  manifests: readonly Manifest[],
  sources: readonly Source[],
): Promise<string> {
  const sampled = sources.filter(({ path }) => endingOf(path) === commonEnding(sources)).slice(0, maxSampled);
  const tests = entries.filter((entry) => isSource(entry) && isTest(entry.path)).map(({ path }) => path);
  const lines = [
    sampled.length === 0
      ? ''
      : `Files in *${commonEnding(sources)}: ${manners(
          sampled.map(({ text }) => text),
          commonEnding(sources),
        ).join(', ')}.`,
    await editorConfig(tree, entries),
    await testManner(tree, tests, manifests),
  ];
  return lines.filter(Boolean).join('\n');
}

const endingOf = (path: string): string => /\.[^./]+$/.exec(path)?.[0] ?? '';

function commonEnding(sources: readonly Source[]): string {
  const counts = new Map<string, number>();
  for (const { path } of sources) counts.set(endingOf(path), (counts.get(endingOf(path)) ?? 0) + 1);
  return mostOf(counts) ?? '';
}

const mostOf = (counts: ReadonlyMap<string, number>): string | null =>
  [...counts].toSorted(([a, x], [b, y]) => y - x || a.localeCompare(b, 'en'))[0]?.[0] ?? null;

/** By what most of the texts do; nothing about what they do not agree on. */
export function manners(texts: readonly string[], ending: string): string[] {
  const most = (of: (text: string) => string | null): string | null => {
    const counts = new Map<string, number>();
    for (const text of texts) {
      const one = of(text);
      if (one !== null) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    const winner = mostOf(counts);
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return winner !== null && (counts.get(winner) ?? 0) * 3 >= total * 2 ? winner : null;
  };
  const ends = /^\.[cm]?[jt]sx?$/.test(ending) ? most(semicolons) : null;
  return [most(indentation), most(quotes), ends, most(lineEndings)].filter((manner) => manner !== null);
}

function indentation(text: string): string | null {
  const steps = new Map<string, number>();
  let before = 0;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    if (line.startsWith('\t')) {
      steps.set('tabs', (steps.get('tabs') ?? 0) + 1);
      continue;
    }
    const depth = /^ */.exec(line)?.[0].length ?? 0;
    const step = depth - before;
    if (step === 2 || step === 4 || step === 8) steps.set(`${step} spaces`, (steps.get(`${step} spaces`) ?? 0) + 1);
    before = depth;
  }
  return mostOf(steps);
}

function quotes(text: string): string | null {
  const single = text.match(/'[^'"\n]*'/g)?.length ?? 0;
  const double = text.match(/"[^'"\n]*"/g)?.length ?? 0;
  if (single + double < 4) return null;
  return single > double ? 'single quotes' : 'double quotes';
}

/** Only where a language leaves the choice. */
function semicolons(text: string): string | null {
  if (!/^\s*(?:import|export|const|let)\b/m.test(text)) return null;
  const statements = text.match(/^\s*(?:import|export \*|const|let|return)\b.*[^\s{(,[=]\s*$/gm) ?? [];
  if (statements.length < 2) return null;
  const ended = statements.filter((statement) => statement.trimEnd().endsWith(';')).length;
  return ended * 2 > statements.length ? 'semicolons' : 'no semicolons';
}

function lineEndings(text: string): string | null {
  if (!text.includes('\n')) return null;
  return (text.match(/\r\n/g)?.length ?? 0) * 2 > text.split('\n').length ? 'CRLF line endings' : 'LF line endings';
}

const editorKeys = /^\s*(indent_style|indent_size|end_of_line|max_line_length|insert_final_newline)\s*=\s*([\w-]+)/i;

/** What `.editorconfig` says of all files. */
async function editorConfig(tree: Tree, entries: readonly TreeEntry[]): Promise<string> {
  const entry = entries.find(({ path }) => path === '.editorconfig');
  if (entry === undefined || entry.mode === '120000' || entry.sizeBytes > maxEditorConfigBytes) return '';
  const text = (await tree.read(entry.path))?.toString('utf8') ?? '';
  const section = /^\s*\[\*\]\s*$([\s\S]*?)(?=^\s*\[|(?![\s\S]))/m.exec(text)?.[1] ?? '';
  const told = section.split('\n').flatMap((line) => {
    const [, key = '', value = ''] = editorKeys.exec(line) ?? [];
    return key === '' ? [] : [`${key.toLowerCase()} ${value.toLowerCase()}`];
  });
  return told.length === 0 ? '' : `.editorconfig asks for ${told.join(', ')}.`;
}

const frameworks: readonly (readonly [name: string, inTest: RegExp, inPackages: readonly string[]])[] = [
  ['vitest', /from ['"]vitest['"]/, ['vitest']],
  ['node:test', /['"]node:test['"]/, []],
  ['jest', /from ['"]@jest\/globals['"]/, ['jest', 'ts-jest']],
  ['mocha', /from ['"]mocha['"]/, ['mocha']],
  ['pytest', /\bimport pytest\b|^def test_/m, ['pytest']],
  ['unittest', /\bimport unittest\b|unittest\.TestCase/, []],
  ['testing', /^import \(?[\s\S]{0,400}"testing"/m, []],
  ['JUnit', /org\.junit/, []],
  ['#[test]', /#\[(?:tokio::)?test\]/, []],
];

async function testManner(tree: Tree, tests: readonly string[], manifests: readonly Manifest[]): Promise<string> {
  if (tests.length === 0) return 'There are no tests yet.';
  const texts = await Promise.all(
    spreadOver(tests, maxTestsRead).map(
      async (path) => (await tree.read(path))?.subarray(0, 20_000).toString('utf8') ?? '',
    ),
  );
  const packages = manifests.flatMap((manifest) => manifest.packages);
  const framework =
    frameworks.find(([, inTest]) => texts.some((text) => inTest.test(text))) ??
    frameworks.find(([, , names]) => names.some((name) => packages.includes(name)));
  const naming = mostOf(countOf(tests.map((path) => namingOf(nameOf(path)))));
  const alike = tests.filter((path) => namingOf(nameOf(path)) === naming);
  const [example = ''] = alike.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const by = framework === undefined ? '' : ` with ${framework[0]}`;
  return `Tests${by}, ${alike.length} files named like ${naming}, for instance ${visibleLine(example, 120)}.`;
}

const spreadOver = (paths: readonly string[], most: number): readonly string[] =>
  paths.filter((_, index) => index % Math.ceil(paths.length / most) === 0).slice(0, most);

function countOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** `cart.test.ts` is named like `*.test.ts`, `test_cart.py` like `test_*.py`. */
function namingOf(name: string): string {
  const ending = /(?:[._-](?:test|spec)s?|(?<=[a-z0-9])Tests?)?\.[a-z]+$/.exec(name)?.[0] ?? '';
  const start = /^test_/.exec(name)?.[0] ?? '';
  return `${start}*${ending}`;
}
