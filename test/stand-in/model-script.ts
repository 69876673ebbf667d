import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigError } from '../../src/domain/faults.ts';

/**
 * What the scripted models say, as plain JSON.
 *
 * `role` → conversations → replies. The conversation is chosen by the attempt (a line `attempt: 2` in the first user
 * message takes the second; `reproduction: 2` that of the `reproducer`), the reply by how often the model has spoken already; where a list is too short its last
 * entry repeats. `match` holds other scripts for conversations whose first user message contains a text, so that
 * several issues can differ; the first that fits and knows the role wins over the roles at the top.
 */
const tokens = z.int().min(0);

const replySchema = z
  .strictObject({
    text: z.string().optional(),
    tools: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          /** A string is sent as it stands, so it may be malformed JSON (on the Anthropic wire that becomes `{}`). */
          arguments: z.union([z.record(z.string(), z.unknown()), z.string()]),
        }),
      )
      .min(1)
      .optional(),
    /** Default: derived from the lengths of request and reply. `input` includes `cachedInput`. */
    usage: z.strictObject({ input: tokens, cachedInput: tokens.optional(), output: tokens }).optional(),
    /** Answers this error status instead. */
    status: z.int().min(400).max(599).optional(),
    retryAfterSeconds: z.int().min(0).optional(),
    delayMs: z.int().min(0).optional(),
    /** Closes the connection without an answer. */
    disconnect: z.literal(true).optional(),
    /** Says that the output limit cut the reply. */
    truncated: z.literal(true).optional(),
    /** Answers 200 with neither text nor tool calls. */
    empty: z.literal(true).optional(),
  })
  .refine((reply) => reply.text || reply.tools || reply.status || reply.disconnect || reply.empty, {
    message: 'says nothing; allowed: text, tools, status, disconnect or empty',
  });

const conversationsSchema = z.array(z.array(replySchema).min(1)).min(1).optional();

const roleScripts = {
  architect: conversationsSchema,
  coder: conversationsSchema,
  fast: conversationsSchema,
  debugger: conversationsSchema,
  reviewer: conversationsSchema,
  /**
   * The coder before it is one: asked for the test that comes first. A script without it says that it has none, so that
   * one which is about something else goes on without.
   */
  reproducer: conversationsSchema,
};

const noTest: ScriptedReply = {
  tools: [{ name: 'cannot_reproduce', arguments: { cannot: 'the script of this model holds no failing test' } }],
};

export const modelScriptSchema = z.strictObject({
  ...roleScripts,
  match: z.record(z.string().min(1), z.strictObject(roleScripts)).optional(),
});

export type ModelScript = z.infer<typeof modelScriptSchema>;
export type ScriptedReply = z.infer<typeof replySchema>;

/** @throws {ConfigError} naming each place in the file that is wrong. */
export async function readModelScript(path: string): Promise<ModelScript> {
  return parseModelScript(parseJson(await readFile(path, 'utf8'), path), path);
}

/** @throws {ConfigError} naming each place that is wrong, below the name of the source. */
export function parseModelScript(script: unknown, source: string): ModelScript {
  const parsed = modelScriptSchema.safeParse(script);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => `${source}: ${z.core.toDotPath(issue.path) || '(top)'}: ${issue.message}`),
  );
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError([`${source}: is no JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** Where a conversation stands: all that decides which reply comes next. */
export interface ScriptPlace {
  readonly role: string;
  readonly attempt: number;
  readonly turn: number;
  readonly firstUserText: string;
}

/** The reply for a place, or null where the script has nothing for that role. */
export function chooseReply(script: ModelScript, place: ScriptPlace): ScriptedReply | null {
  const matching = Object.entries(script.match ?? {})
    .filter(([text]) => place.firstUserText.includes(text))
    .map(([, scripts]) => scripts);
  for (const scripts of [...matching, script]) {
    const conversations = conversationsOf(scripts, place.role);
    if (conversations !== undefined) return atOrLast(atOrLast(conversations, place.attempt - 1), place.turn);
  }
  return place.role === 'reproducer' ? noTest : null;
}

type RoleScripts = Omit<ModelScript, 'match'>;

function conversationsOf(scripts: RoleScripts, role: string): ScriptedReply[][] | undefined {
  return Object.hasOwn(roleScripts, role) ? scripts[role as keyof RoleScripts] : undefined;
}

function atOrLast<T>(list: readonly T[], index: number): T {
  const entry = list[Math.min(Math.max(index, 0), list.length - 1)];
  if (entry === undefined) throw new TypeError('a parsed script has no empty lists');
  return entry;
}
