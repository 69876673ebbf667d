import type { Toolkit } from '../agent/tool-sets.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import type { PastCommit } from '../ports/history.ts';
import type { Ports } from '../ports/ports.ts';
import { visibleText } from '../thread/incoming.ts';

export type ToolPorts = Pick<Ports, 'syntax' | 'history'>;

const maxMessageLength = 600;

/** What the tools of a conversation over one commit ask. Commit messages are outsiders' text and cleaned like issues. */
export function gatherTools(
  { syntax, history }: ToolPorts,
  { repository }: Pick<Fix, 'repository'>,
  commit: Sha,
): Toolkit {
  const clean = (past: PastCommit): PastCommit => ({
    ...past,
    author: visibleText(past.author, 80).text,
    message: visibleText(past.message, maxMessageLength).text,
  });
  return {
    syntax,
    history: {
      ofFile: async (path, limit) => (await history.ofFile(repository, path, commit, limit)).map(clean),
      ofLines: async (path) => {
        const lines = await history.ofLines(repository, path, commit);
        return lines?.map((range) => ({ ...range, commit: clean(range.commit) })) ?? null;
      },
    },
  };
}
