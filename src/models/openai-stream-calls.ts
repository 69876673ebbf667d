import { z } from 'zod';
import { createJsonEnd, type JsonEnd } from './json-end.ts';
import { argumentsSchema, extraContentSchema } from './openai-reply.ts';

/** A call, as far as it has come. */
export interface ChatCall {
  id: string | null;
  name: string;
  argumentsJson: string;
  extra: z.infer<typeof extraContentSchema> | undefined;
}

const pieceSchema = z.object({
  index: z.number().nullish().catch(null),
  id: z.string().nullish().catch(null),
  function: z
    .object({ name: z.string().nullish().catch(null), arguments: argumentsSchema.nullish().catch(null) })
    .nullish()
    .catch(null),
  extra_content: extraContentSchema,
});
type Piece = z.infer<typeof pieceSchema>;

/** A call that may go on. */
interface OpenCall extends ChatCall {
  readonly end: JsonEnd;
}

interface ChatCalls {
  /** Takes a piece of a call, and tells how many characters it added. */
  take(piece: unknown): number;
  all(): readonly ChatCall[];
}

/**
 * Puts streamed calls together.
 *
 * OpenAI numbers them and tells id and name once, in the first piece. Compatible servers also leave the number out, send
 * whole calls under the number 0, repeat id and name in every piece, make up an id for each, or mix the pieces of calls:
 * a piece opens a new call where it names another tool under another id than the call that it would go on with.
 */
export function createChatCalls(): ChatCalls {
  const calls: OpenCall[] = [];
  const byIndex = new Map<number, OpenCall>();
  /** The newest of each id. */
  const byId = new Map<string, OpenCall>();
  let last: OpenCall | undefined;

  const open = (piece: Piece): OpenCall => {
    const call: OpenCall = {
      id: piece.id || null,
      name: '',
      argumentsJson: '',
      extra: undefined,
      end: createJsonEnd(),
    };
    calls.push(call);
    if (typeof piece.index === 'number') byIndex.set(piece.index, call);
    return call;
  };

  const goesOnWith = (piece: Piece): OpenCall | undefined => {
    const named = piece.id ? byId.get(piece.id) : undefined;
    if (typeof piece.index !== 'number') {
      const call = named ?? last;
      return opensAnother(piece, call) ? undefined : call;
    }
    const call = byIndex.get(piece.index);
    if (call === undefined || !opensAnother(piece, call)) return call;
    return named === call ? undefined : named;
  };

  return {
    take(given) {
      const parsed = pieceSchema.safeParse(given);
      if (!parsed.success) return 0;
      const piece = parsed.data;
      if (!piece.id && !piece.function?.name && !piece.function?.arguments) return 0;
      const call = goesOnWith(piece) ?? open(piece);
      last = call;
      const added = add(call, piece);
      if (call.id !== null) byId.set(call.id, call);
      return added;
    },
    all: () => calls,
  };
}

/** Whether this piece begins a call of its own rather than going on with this one. */
function opensAnother(piece: Piece, call: OpenCall | undefined): boolean {
  const name = piece.function?.name;
  if (call === undefined || !name) return false;
  if (piece.id && call.id !== null) {
    if (piece.id !== call.id) return call.name !== '';
    // One id for two calls: arguments begin anew behind those that were closed.
    return call.end.isClosed && Boolean(piece.function?.arguments?.trim());
  }
  // Without ids: a name behind arguments belongs to the next call.
  return call.argumentsJson !== '' && call.end.isWhole;
}

function add(call: OpenCall, piece: Piece): number {
  const before = call.name.length + call.argumentsJson.length;
  call.id ??= piece.id || null;
  const name = piece.function?.name ?? '';
  if (name !== call.name && call.argumentsJson === '') call.name += name;
  const given = piece.function?.arguments ?? '';
  call.argumentsJson += given;
  call.end.push(given);
  call.extra ??= piece.extra_content ?? undefined;
  return call.name.length + call.argumentsJson.length - before;
}
