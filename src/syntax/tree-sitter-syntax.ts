import type { Outline, Syntax, SyntaxProblem } from '../ports/syntax.ts';
import { languageOf } from './languages.ts';
import { openThread, type Thread } from './open-thread.ts';
import { createSlowTexts } from './slow-texts.ts';
import type { SyntaxQuestion } from './syntax-thread.ts';

const maxTextLength = 1_000_000;

/** The thread's memory only grows: it goes with the thread, after a large text and where no work is left. */
const largeTextLength = 200_000;
const maxIdleMs = 30_000;

/** A text may cost a thread; when so many in a row do, it is hardly the texts. */
const suspiciousLosses = 5;

/**
 * Parses with the grammars of tree-sitter, compiled to WebAssembly, in a thread of its own: a large text does not hold
 * up this one, and a text that the parser cannot cope with costs that thread and no more. One text at a time.
 *
 * The thread starts with the first question and does not keep the process alive.
 *
 * @param warn Told once of each thing that keeps the parser from its work, whatever the text.
 */
export function createTreeSitterSyntax(warn: (text: string) => void): Syntax & { close(): Promise<void> } {
  let thread: Thread | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let idle: NodeJS.Timeout | undefined;
  let losses = 0;
  const slow = createSlowTexts();
  const warned = new Set<string>();
  const warnOnce = (text: string) => {
    if (!warned.has(text)) warn(text);
    warned.add(text);
  };

  const endThread = async () => {
    const ended = thread;
    thread = null;
    await ended?.end();
  };
  const askNow = async (question: SyntaxQuestion): Promise<unknown> => {
    if (slow.has(question.path, question.text)) return null;
    thread ??= await openThread();
    const reply = await thread.ask(question);
    if (reply.kind === 'lost' || question.text.length > largeTextLength) await endThread();
    losses = reply.kind === 'lost' ? losses + 1 : 0;
    if (losses === suspiciousLosses) warnOnce(`the parser was lost over ${losses} texts in a row`);
    if (reply.kind === 'no-grammar') warnOnce(reply.why);
    if (reply.kind === 'lost' || (reply.kind === 'answer' && reply.answer === null))
      slow.add(question.path, question.text);
    return reply.kind === 'answer' ? reply.answer : null;
  };
  const whenIdle = () => {
    waiting -= 1;
    if (waiting === 0) idle = setTimeout(() => void endThread(), maxIdleMs).unref();
  };
  const inTurn = (question: SyntaxQuestion): Promise<unknown> => {
    clearTimeout(idle);
    waiting += 1;
    const turn = last.then(() => askNow(question)).finally(whenIdle);
    last = turn.catch(() => undefined);
    return turn;
  };
  const ask = async (question: SyntaxQuestion): Promise<unknown> =>
    languageOf(question.path) === null || question.text.length > maxTextLength ? null : inTurn(question);

  return {
    outline: async (path, text) => (await ask({ ask: 'outline', path, text })) as Outline | null,
    problems: async (path, text) => (await ask({ ask: 'problems', path, text })) as readonly SyntaxProblem[] | null,
    async close() {
      await last;
      clearTimeout(idle);
      await endThread();
    },
  };
}
