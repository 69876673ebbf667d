import { z } from 'zod';
import type { Conversation } from '../../src/agent/conversation.ts';
import { converse } from '../../src/agent/converse.ts';
import { defineFinish } from '../../src/agent/finish.ts';
import { editingTools } from '../../src/agent/tool-sets.ts';
import { emptyOverlay } from '../../src/domain/overlay.ts';
import { fakeHistory } from '../support/fake-history.ts';
import { type FakeModel, type FakeReply, fakeModel } from '../support/fake-model.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';
import { fakeTree } from '../support/fake-tree.ts';
import type { FakeTurnLedger } from '../support/fake-turn-ledger.ts';

const finish = defineFinish({
  name: 'finish',
  description: 'Ends the work.',
  arguments: z.strictObject({ summary: z.string() }),
  check: ({ summary }) => (summary === 'lazy' ? 'say more than that' : null),
});

/** A short conversation with everything in it that a writer has. */
export const conversation: Conversation<{ summary: string }> = {
  system: 'You mend code.',
  opening: 'Mend it.',
  tools: editingTools({ syntax: fakeSyntax(), history: fakeHistory() }),
  finishes: [finish],
  maxTurns: 8,
  maxOutputTokens: 1000,
};

export const tree = fakeTree({ 'a.ts': 'one\ntwo\n' });
export const quiet = new AbortController().signal;
export const create = (path: string, content = 'x\n') => ['create_file', { path, content }] as const;
export const done = ['finish', { summary: 'done' }] as const;

/** Holds the conversation with these replies, to its end. */
export function talk(
  script: readonly FakeReply[] | FakeModel,
  ledger: FakeTurnLedger,
  more: Partial<typeof conversation> = {},
) {
  const model = 'reply' in script ? script : fakeModel(script);
  return converse(model, { ...conversation, ...more }, tree, emptyOverlay, ledger, quiet);
}
