import { z } from 'zod';
import { readSpans, type SpanSettings, spanVariables } from './span-variables.ts';

/** What others may see of the App's work, and how its texts are kept. */
export interface TelemetrySettings {
  readonly trace: TraceSettings;
  /** Null: there is no `/metrics`. */
  readonly metrics: MetricsSettings | null;
  /** Null: no spans are sent. */
  readonly spans: SpanSettings | null;
}

export interface TraceSettings {
  /** Of 32 bytes each; the first encrypts, all decrypt. Without any, texts are kept as they are. */
  readonly keys: readonly Uint8Array[];
  /** New texts are kept as they are, and the keys only read older ones: a step of a roll-out, or the way back. */
  readonly isPlain: boolean;
  /** How long the texts of a fix are kept after its end. */
  readonly days: number;
}

export interface MetricsSettings {
  /** Whoever sends it may read; null: nobody may by a token. */
  readonly token: string | null;
  /** Whoever asks from this machine may read, without a token. */
  readonly isOpenToLoopback: boolean;
}

const keyBytes = 32;
const keyForm =
  '32 random bytes in base64 or hexadecimal (openssl rand -base64 32); several with commas between, the newest first; plain in front of them encrypts nothing new';

export const telemetryVariables = {
  AI_FIX_TRACE_KEY: z
    .string()
    .refine((text) => (readKeys(text) ?? []).length > 0, keyForm)
    .refine((text) => !isGuessable(text), `${keyForm}; these are a pattern`)
    .optional(),
  AI_FIX_TRACE_DAYS: z.coerce
    .number({ error: 'a whole number from 0 to 3650' })
    .int('a whole number from 0 to 3650')
    .min(0, 'a whole number from 0 to 3650')
    .max(3_650, 'a whole number from 0 to 3650')
    .default(90),
  AI_FIX_METRICS: z.enum(['off', 'loopback'], { error: 'off or loopback' }).default('off'),
  AI_FIX_METRICS_TOKEN: z
    .string()
    .trim()
    .regex(
      /^[\x21-\x7e]{16,500}$/,
      '16 to 500 letters, digits and signs of ASCII, without spaces (openssl rand -hex 32)',
    )
    .optional(),
  ...spanVariables,
};

const schema = z.object(telemetryVariables);

/**
 * What was checked, in the words of the house, with the reasons why no spans are sent where somebody seems to want them.
 */
export function telemetryOf(
  set: z.infer<typeof schema>,
): TelemetrySettings & { readonly spanIssues: readonly z.core.$ZodIssue[] } {
  const token = set.AI_FIX_METRICS_TOKEN ?? null;
  const isOpenToLoopback = set.AI_FIX_METRICS === 'loopback';
  return {
    trace: {
      keys: readKeys(set.AI_FIX_TRACE_KEY ?? '') ?? [],
      isPlain: partsOf(set.AI_FIX_TRACE_KEY)[0] === plainWord,
      days: set.AI_FIX_TRACE_DAYS,
    },
    metrics: token === null && !isOpenToLoopback ? null : { token, isOpenToLoopback },
    ...readSpans(set),
  };
}

/** In front of the keys. */
const plainWord = 'plain';

const partsOf = (text = ''): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Null where one of them is no key. */
export function readKeys(text: string): Uint8Array[] | null {
  const [first, ...others] = partsOf(text);
  const parts = first === undefined || first === plainWord ? others : [first, ...others];
  const keys = parts.map(readKey);
  return keys.every((key) => key !== null) ? keys : null;
}

/** 32 random bytes never have so few values. Of keys that only read older texts nothing is asked: they are what they are. */
const leastValues = 8;

function isGuessable(text: string): boolean {
  if (partsOf(text)[0] === plainWord) return false;
  const [newest] = readKeys(text) ?? [];
  return newest !== undefined && new Set(newest).size < leastValues;
}

function readKey(text: string): Uint8Array | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.byteLength === keyBytes ? bytes : null;
}

/** Each key by itself: a log line may hold one without its neighbours. */
export const listedKeys = (environment: Readonly<Record<string, string | undefined>>): string[] =>
  partsOf(environment.AI_FIX_TRACE_KEY).filter((part) => part !== plainWord);
