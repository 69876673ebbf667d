import { z } from 'zod';

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
  /** How long the texts of a fix are kept after its end. */
  readonly days: number;
}

export interface MetricsSettings {
  /** Whoever sends it may read; null: nobody may by a token. */
  readonly token: string | null;
  /** Whoever asks from this machine may read, without a token. */
  readonly isOpenToLoopback: boolean;
}

export interface SpanSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly timeoutMs: number;
  /** Words of conversations are sent too, redacted. */
  readonly withContent: boolean;
}

const keyBytes = 32;
const keyForm =
  '32 random bytes in base64 or hexadecimal (openssl rand -base64 32); several with commas between, the newest first';
const switchForm = z.enum(['true', 'false', 'TRUE', 'FALSE', '1', '0'], { error: 'true or false' });
const address = z.url({ protocol: /^https?$/, error: 'an http or https address' });

export const telemetryVariables = {
  AI_FIX_TRACE_KEY: z
    .string()
    .refine((text) => readKeys(text) !== null, keyForm)
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
    .regex(/^[\x21-\x7e]{16,500}$/, 'at least 16 characters, without spaces (openssl rand -hex 32)')
    .optional(),
  OTEL_SDK_DISABLED: switchForm.default('false'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], { error: 'otlp or none' }).default('otlp'),
  OTEL_EXPORTER_OTLP_ENDPOINT: address.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headersForm(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: headersForm(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocolForm(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocolForm(),
  OTEL_EXPORTER_OTLP_TIMEOUT: z.coerce
    .number({ error: 'milliseconds, from 100 to 60000' })
    .min(100, 'milliseconds, from 100 to 60000')
    .max(60_000, 'milliseconds, from 100 to 60000')
    .default(10_000),
  OTEL_SERVICE_NAME: z.string().trim().min(1).max(200).default('ai-fix'),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: switchForm.default('false'),
};

const schema = z.object(telemetryVariables);

/** What was checked, in the words of the house. */
export function telemetryOf(set: z.infer<typeof schema>): TelemetrySettings {
  const token = set.AI_FIX_METRICS_TOKEN ?? null;
  const isOpenToLoopback = set.AI_FIX_METRICS === 'loopback';
  return {
    trace: { keys: readKeys(set.AI_FIX_TRACE_KEY ?? '') ?? [], days: set.AI_FIX_TRACE_DAYS },
    metrics: token === null && !isOpenToLoopback ? null : { token, isOpenToLoopback },
    spans: spansOf(set),
  };
}

function spansOf(set: z.infer<typeof schema>): SpanSettings | null {
  const url = set.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? tracesOf(set.OTEL_EXPORTER_OTLP_ENDPOINT);
  if (url === undefined || isOn(set.OTEL_SDK_DISABLED) || set.OTEL_TRACES_EXPORTER === 'none') return null;
  return {
    url,
    headers: readHeaders(set.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? set.OTEL_EXPORTER_OTLP_HEADERS ?? '') ?? {},
    serviceName: set.OTEL_SERVICE_NAME,
    timeoutMs: set.OTEL_EXPORTER_OTLP_TIMEOUT,
    withContent: isOn(set.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT),
  };
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
const tracesOf = (base: string | undefined): string | undefined =>
  base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/traces`;

const isOn = (text: string): boolean => text === '1' || text.toLowerCase() === 'true';

function protocolForm() {
  return z.enum(['http/protobuf'], { error: 'http/protobuf; a collector takes it at port 4318' }).optional();
}

function headersForm() {
  return z
    .string()
    .refine((text) => readHeaders(text) !== null, 'name=value, several with commas between, values percent-encoded')
    .optional();
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables */
export function readHeaders(text: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const [, name = '', value = ''] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    const plain = decoded(value);
    if (name === '' || plain === null || /[\r\n\0]/.test(plain)) return null;
    headers[name.toLowerCase()] = plain;
  }
  return headers;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Null where one of them is no key. */
export function readKeys(text: string): Uint8Array[] | null {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const keys = parts.map(readKey);
  return keys.every((key) => key !== null) ? keys : null;
}

function readKey(text: string): Uint8Array | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.byteLength === keyBytes ? bytes : null;
}

/** Headers that let somebody in. Others may hold ordinary words, which a log has to be free to say. */
const secretHeader = /auth|key|token|secret|pass|cookie|credential/;

/** Each key and each value of a header by itself: a log line may hold one without its neighbours. */
export function listedSecrets(environment: Readonly<Record<string, string | undefined>>): string[] {
  const keys = (environment.AI_FIX_TRACE_KEY ?? '').split(',').map((part) => part.trim());
  const headers = [environment.OTEL_EXPORTER_OTLP_HEADERS, environment.OTEL_EXPORTER_OTLP_TRACES_HEADERS]
    .flatMap((text) => Object.entries(readHeaders(text ?? '') ?? {}))
    .filter(([name]) => secretHeader.test(name))
    .flatMap(([, value]) => [value, value.replace(/^\w+ /, '')]);
  return [...keys, ...headers].filter((secret) => secret !== '');
}
