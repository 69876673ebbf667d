import { basename, extname } from 'node:path/posix';
import { isFixture, kindsOf } from '../domain/path-kinds.ts';

/**
 * What a file is to somebody who looks for the place of a fault.
 *
 * - **source**: code of the product, where faults are mended.
 * - **test**: tests, and what they stand on.
 * - **text**: documents, change logs.
 * - **settings**: manifests, configuration, scripts, workflows, and formats that hold values.
 * - **made**: lock files, generated, vendored, minified or recorded: nobody mends it by hand.
 * - **unread**: images, archives and the like.
 */
export type FileKind = 'source' | 'test' | 'text' | 'settings' | 'made' | 'unread';

const code = new Set(
  `ts tsx mts cts js jsx mjs cjs vue svelte astro py pyi pyx go java kt kts scala groovy clj cljs cljc rs rb php cs fs fsx vb
   c h cc cpp cxx hpp hh hxx m mm swift dart ex exs erl hrl hs ml mli lua pl pm r jl nim zig sol sh bash zsh fish ps1 bat
   sql graphql gql proto thrift html htm css scss sass less styl hbs ejs jinja j2 tmpl cshtml razor elm coffee cr d v sv
   tf f90 f pas asm s el lisp scm rkt vim awk`.split(/\s+/),
);
const text = new Set('md mdx markdown rst adoc asciidoc txt tex org'.split(' '));
const settings = new Set(
  'json jsonc json5 yaml yml toml ini cfg conf properties xml gradle env lock mod sum'.split(' '),
);

const documentFolders = /(?:^|\/)(?:docs?|documentation|website|site|changelogs?|\.changeset|rfcs?)\//i;
const documentNames =
  /^(?:changes?|changelog|history|news|readme|license|licence|copying|authors|contributing|notice)\b/i;
const madeFolders =
  /(?:^|\/)(?:node_modules|vendor|vendored|third[-_]?party|dist|build|out|target|coverage|generated|__generated__|gen|\.yarn|bower_components|site-packages)\//i;
const madeNames =
  /(?:\.min\.[a-z]+|[.-]bundle\.js|\.map|\.pb\.go|_pb2(?:_grpc)?\.pyi?|\.g\.dart|\.generated\.[a-z]+|_generated\.[a-z]+|\.snap)$/i;
const sideFolders =
  /(?:^|\/)(?:examples?|samples?|demos?|bench(?:es|marks?)?|perf|fuzz|playground|fixtures?|mocks?|stories|testing|runtime[-_]tests?|[a-z]+[-_]tests?)\//i;
const sideNames = /(?:[._-](?:bench|stories|mock|test-d)\.[a-z]+|^(?:bench|mock)[_-][^/]*)$/i;

export function fileKind(path: string): FileKind {
  const name = basename(path);
  const ending = extname(name).slice(1).toLowerCase();
  const kinds = kindsOf(path);
  if (kinds.has('lockfile') || madeFolders.test(path) || madeNames.test(path)) return 'made';
  if (kinds.has('test') || isFixture(path) || sideFolders.test(path) || sideNames.test(name)) return 'test';
  if (text.has(ending) || documentNames.test(name) || documentFolders.test(path)) return 'text';
  const steers = kinds.size > 0 && !isProductFolder(path);
  if (steers || settings.has(ending) || path.startsWith('.')) return 'settings';
  if (code.has(ending)) return 'source';
  return ending === '' ? 'settings' : 'unread';
}

/** `kindsOf` calls in doubt a script what may as well be product code. */
const isProductFolder = (path: string): boolean => /(?:^|\/)(?:src|lib|app|pkg|internal|cmd)\//.test(path);
