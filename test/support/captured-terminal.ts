import { openTerminal, type Terminal } from '../../src/cli/terminal.ts';

export interface CapturedTerminal extends Terminal {
  readonly said: string;
  readonly complained: string;
}

export function captureTerminal(): CapturedTerminal {
  const texts = { said: '', complained: '' };
  const terminal = openTerminal({
    out: (text) => {
      texts.said += text;
    },
    err: (text) => {
      texts.complained += text;
    },
  });
  return Object.defineProperties(terminal as CapturedTerminal, {
    said: { get: () => texts.said },
    complained: { get: () => texts.complained },
  });
}
