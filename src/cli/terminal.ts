import { createRedactor, type Redactor } from '../domain/redact.ts';

/** Where a command writes. Nothing reaches either stream without passing the redactor, and nothing steers the terminal. */
export interface Terminal {
  say(text: string): void;
  complain(text: string): void;
  /**
   * Waits until whoever reads has taken what was written. A pipe holds little: what waits behind it fills the memory, and
   * `process.exit` drops it.
   */
  taken(): Promise<void>;
  /** From now on this one cleans what is written; until then only the patterns of secrets are known. */
  redactWith(redactor: Redactor): void;
}

interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly taken?: () => Promise<void>;
}

const ownStreams: Streams = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  taken: async () => {
    await Promise.all([process.stdout, process.stderr].map(isTaken));
  },
};

/** What is written last is told of last; a reader that is gone takes nothing any more. */
const isTaken = (stream: NodeJS.WriteStream): Promise<void> =>
  stream.writableLength === 0 || stream.destroyed
    ? Promise.resolve()
    : new Promise((resolve) => stream.write('', () => resolve()));

export function openTerminal(streams: Streams = ownStreams): Terminal {
  let current = createRedactor([]);
  const clean = (text: string): string => current.redact(text).replaceAll(/[^\P{Cc}\n\t]+/gu, ' ');
  return {
    say: (text) => streams.out(`${clean(text)}\n`),
    complain: (text) => streams.err(`${clean(text)}\n`),
    taken: async () => streams.taken?.(),
    redactWith: (redactor) => {
      current = redactor;
    },
  };
}
