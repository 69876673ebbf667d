import type { Chance, FaultKind } from './drill-faults.ts';
import type { StreamEvent, Wire } from './wires/wire.ts';

/**
 * What is sent of a stream, and how it goes on.
 *
 * - `end`: as every stream ends.
 * - `break`: the connection is lost.
 * - `hang`: nothing more comes.
 * - `drip`, `flood`: the last event grows by a word a second, or by ten megabytes as fast as they are taken.
 * - `line`: one event that has no end.
 */
export interface Sending {
  readonly events: readonly StreamEvent[];
  /** Half of an event, or what is none. */
  readonly tail: 'nothing' | 'torn event' | 'no JSON';
  readonly ending: 'end' | 'break' | 'hang' | 'drip' | 'flood' | 'line';
  /** Whether a client has a reply by it. */
  readonly isWhole: boolean;
}

const whole = (events: readonly StreamEvent[]): Sending => ({ events, tail: 'nothing', ending: 'end', isWhole: true });

const lost = (
  events: readonly StreamEvent[],
  ending: Sending['ending'] = 'end',
  tail: Sending['tail'] = 'nothing',
): Sending => ({ events, tail, ending, isWhole: false });

/** Stands in arguments that no model would have written: the script goes on as if they had never been. */
export const spoiledMark = 'This reply is spoiled on its way.';

/** A whole stream, spoiled as its fate wants it: `chance` says where. */
export function spoil(wire: Wire, events: readonly StreamEvent[], fate: FaultKind | null, chance: Chance): Sending {
  const end = events.findIndex((event) => wire.isEnd(event));
  const growing = events.findIndex((event) => wire.grownBy(event) !== '') + 1;
  if (end < 1 || growing < 1) throw new TypeError(`a stream over ${wire.name} that has no end or says nothing`);
  /** From the first event to all but the one that makes it whole. */
  const begun = () => events.slice(0, 1 + Math.floor(chance() * end));
  switch (fate) {
    case 'silence after the first event':
      return lost(events.slice(0, 1), 'hang');
    case 'one token a second':
      return lost(events.slice(0, growing), 'drip');
    case 'stream cut between two events':
      return lost(begun(), 'break');
    case 'stream cut within an event':
      return lost(begun(), 'break', 'torn event');
    case 'stream without its end':
      return lost(events.slice(0, end));
    case 'error in the stream':
      return lost([...begun(), wire.errorEvent('something broke behind this server')]);
    case 'event that is no JSON':
      return lost(begun(), 'end', 'no JSON');
    case 'stream of 10 MB':
      return lost(events.slice(0, growing), 'flood');
    case 'event of 10 MB':
      return lost(begun(), 'line');
    case 'empty reply':
      return lost(wire.empty(events));
    case 'two calls with one id':
      return whole(wire.withCallsTwice(events));
    case 'arguments that are no JSON':
      return whole(wire.withArguments(events, `{"path": "${spoiledMark}`));
    case 'usage missing':
      return whole(events.map((event) => wire.withoutUsage(event)));
    case 'stream without its last word':
      return whole(events.filter((event) => !wire.isLastWord(event)));
    default:
      return whole(events);
  }
}
