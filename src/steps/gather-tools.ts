import type { Toolkit } from '../agent/tool-sets.ts';
import { ForgeError } from '../domain/faults.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import type { PastCommit } from '../ports/history.ts';
import type { Ports } from '../ports/ports.ts';
import { visibleText } from '../thread/incoming.ts';

export type ToolPorts = Pick<Ports, 'syntax' | 'history'>;

const maxMessageLength = 600;

/** A reply that is paid waits for it. */
const historyDeadlineMs = 8_000;

/** What the tools of a conversation over one commit ask. Commit messages are outsiders' text and cleaned like issues. */
export function gatherTools(
  { syntax, history }: ToolPorts,
  { repository }: Pick<Fix, 'repository'>,
  commit: Sha,
  deadlineMs: number = historyDeadlineMs,
): Toolkit {
  const clean = (past: PastCommit): PastCommit => ({
    ...past,
    author: visibleText(past.author, 80).text,
    message: visibleText(past.message, maxMessageLength).text,
  });
  return {
    syntax,
    history: {
      ofFile: async (path, limit) => {
        const commits = await readable(history.ofFile(repository, path, commit, limit), deadlineMs);
        return commits === 'unreadable' ? commits : commits.map(clean);
      },
      ofLines: async (path) => {
        const lines = await readable(history.ofLines(repository, path, commit), deadlineMs);
        if (lines === 'unreadable' || lines === null) return lines;
        return lines.map((range) => ({ ...range, commit: clean(range.commit) }));
      },
    },
  };
}

/** What is read in time; whatever the forge has against it, or whatever it is busy with, is no fault of the call. */
async function readable<T>(reading: Promise<T>, deadlineMs: number): Promise<T | 'unreadable'> {
  const late = Promise.withResolvers<'unreadable'>();
  const timer = setTimeout(() => late.resolve('unreadable'), deadlineMs);
  try {
    return await Promise.race([reading, late.promise]);
  } catch (error) {
    if (error instanceof ForgeError) return 'unreadable';
    throw error;
  } finally {
    clearTimeout(timer);
    reading.catch(() => undefined);
  }
}
