import { createRedactor, type Redactor } from '../domain/redact.ts';

/** Where a command writes. Nothing reaches either stream without passing the redactor, and nothing steers the terminal. */
export interface Terminal {
  say(text: string): void;
  complain(text: string): void;
  /** From now on this one cleans what is written; until then only the patterns of secrets are known. */
  redactWith(redactor: Redactor): void;
}

export function openTerminal(
  streams: { readonly out: (text: string) => void; readonly err: (text: string) => void } = {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  },
): Terminal {
  let current = createRedactor([]);
  const clean = (text: string): string => current.redact(text).replaceAll(/[^\P{Cc}\n\t]+/gu, ' ');
  return {
    say: (text) => streams.out(`${clean(text)}\n`),
    complain: (text) => streams.err(`${clean(text)}\n`),
    redactWith: (redactor) => {
      current = redactor;
    },
  };
}
