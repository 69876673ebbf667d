/** One event of a stream; the names of events stand in their data too, in every dialect, so they are passed over. */
export interface EventReader {
  /** The data of each event that this text completes. */
  push(text: string): string[];
  /** The data of an event that the stream ended in without the empty line that belongs behind it. */
  end(): string[];
  /** Characters held back because their line or event is not whole yet. */
  readonly held: number;
}

/**
 * Takes a text of server-sent events apart, in whatever pieces it comes: lines end in LF, CR or CRLF, comments (the
 * keep-alives of gateways) say nothing, data may stand in several lines (https://html.spec.whatwg.org/#server-sent-events).
 */
export function createEventReader(): EventReader {
  // The unfinished line in pieces: joined once, when its end has come.
  let pieces: string[] = [];
  let heldLine = 0;
  let isReturnHeld = false;
  let data: string[] = [];
  let heldData = 0;
  const take = (line: string, events: string[]): void => {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'));
      data = [];
      heldData = 0;
      return;
    }
    const value = dataOf(line);
    if (value === null) return;
    data.push(value);
    heldData += value.length;
  };
  const hold = (piece: string): void => {
    pieces.push(piece);
    heldLine += piece.length;
  };
  const takeHeld = (events: string[]): void => {
    take(pieces.join(''), events);
    pieces = [];
    heldLine = 0;
  };
  return {
    push(text) {
      const events: string[] = [];
      // A CR at the end may be half of a CRLF: it waits for what follows.
      const whole = isReturnHeld ? `\r${text}` : text;
      isReturnHeld = whole.endsWith('\r');
      const [first = '', ...others] = (isReturnHeld ? whole.slice(0, -1) : whole).split(/\r\n|\n|\r/);
      hold(first);
      for (const line of others) {
        takeHeld(events);
        hold(line);
      }
      return events;
    },
    end() {
      const events: string[] = [];
      takeHeld(events);
      take('', events);
      return events;
    },
    get held() {
      return heldLine + heldData;
    },
  };
}

function dataOf(line: string): string | null {
  if (!line.startsWith('data')) return null;
  if (line.length === 4) return '';
  if (line[4] !== ':') return null;
  return line[5] === ' ' ? line.slice(6) : line.slice(5);
}
