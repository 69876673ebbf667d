import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import treeSitter, { type Language as Grammar, type Node, type Parser } from '@vscode/tree-sitter-wasm';
import { findProblems } from './find-problems.ts';
import type { Language } from './language.ts';
import { languageOf } from './languages.ts';
import { readOutline } from './read-outline.ts';

/** One question; `path` tells the language, and was looked at before. */
export interface SyntaxQuestion {
  readonly ask: 'outline' | 'problems';
  readonly path: string;
  readonly text: string;
}

export type ThreadReply =
  | { readonly kind: 'answer'; readonly answer: unknown }
  | { readonly kind: 'no-grammar'; readonly why: string };

/** How long one text may take to parse. The asker waits longer, and ends the thread where this was not enough. */
const maxParseMs = 4_000;

const grammars = new Map<string, Promise<Grammar>>();
const folder = dirname(createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm'));

/** The installation's fault and no text's. */
class NoGrammar extends Error {
  override readonly name = 'NoGrammar';
}

function grammarOf({ grammar }: Language): Promise<Grammar> {
  const known = grammars.get(grammar);
  if (known !== undefined) return known;
  const loading = treeSitter.Language.load(join(folder, grammar)).catch((error: unknown) => {
    throw new NoGrammar(`the grammar ${grammar} cannot be loaded: ${String(error).slice(0, 300)}`);
  });
  grammars.set(grammar, loading);
  return loading;
}

/** Null when the text takes too long. */
async function withTree<T>(language: Language, text: string, read: (root: Node) => T): Promise<T | null> {
  const grammar = await grammarOf(language);
  const parser: Parser = new treeSitter.Parser();
  parser.setLanguage(grammar);
  const endAt = performance.now() + maxParseMs;
  const tree = parser.parse(text, null, { progressCallback: () => performance.now() > endAt });
  try {
    return tree === null ? null : read(tree.rootNode);
  } finally {
    tree?.delete();
    parser.delete();
  }
}

async function answer({ ask, path, text }: SyntaxQuestion): Promise<unknown> {
  const language = languageOf(path);
  if (language === null) return null;
  return ask === 'outline'
    ? withTree(language, text, (root) => readOutline(language, root, text))
    : withTree(language, text, findProblems);
}

const post = (reply: ThreadReply): void => parentPort?.postMessage(reply);

await treeSitter.Parser.init();
// What answering throws else ends the thread: that is how the asker hears of a parser that broke.
parentPort?.on('message', (question: SyntaxQuestion) => {
  void answer(question).then(
    (found) => post({ kind: 'answer', answer: found }),
    (error: unknown) => {
      if (!(error instanceof NoGrammar)) throw error;
      post({ kind: 'no-grammar', why: error.message });
    },
  );
});
parentPort?.postMessage('ready');
