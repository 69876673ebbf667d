import { z } from 'zod';
import { unsendablePart } from '../domain/header-text.ts';

/**
 * The standard variables of OpenTelemetry. Many a host sets them for all its programs, so what we cannot follow there is
 * told and ends nothing: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */

export interface SpanSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly timeoutMs: number;
  /** Words of conversations are sent too, redacted. */
  readonly withContent: boolean;
}

const address = z.url({ protocol: /^https?$/, error: 'an http or https address' }).optional();
const milliseconds = 'milliseconds, from 100 to 60000';
const protocol = z.literal('http/protobuf', { error: 'http/protobuf; a collector takes it at port 4318' }).optional();
const headers = z
  .string()
  .refine((text) => readHeaders(text) !== null, {
    error: ({ input }) => `${headerForm}${sayUnsendable(String(input))}`,
  })
  .optional();
const exporters = z
  .string()
  .refine((text) => exportersIn(text).includes('otlp'), 'otlp or none')
  .optional();
const anything = z.string().optional();

const forms = {
  OTEL_SDK_DISABLED: anything,
  OTEL_TRACES_EXPORTER: exporters,
  OTEL_EXPORTER_OTLP_ENDPOINT: address,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address,
  OTEL_EXPORTER_OTLP_HEADERS: headers,
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: headers,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TIMEOUT: z.coerce
    .number({ error: milliseconds })
    .min(100, milliseconds)
    .max(60_000, milliseconds)
    .default(10_000),
  OTEL_SERVICE_NAME: z.string().trim().min(1).max(200, 'at most 200 characters').default('ai-fix'),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: anything,
};
const schema = z.object(forms);

export const spanVariables = Object.fromEntries(Object.keys(forms).map((name) => [name, anything])) as Record<
  keyof typeof forms,
  typeof anything
>;

type SetSpans = Readonly<Partial<Record<keyof typeof forms, string | undefined>>>;

interface ReadSpans {
  readonly spans: SpanSettings | null;
  readonly spanIssues: readonly z.core.$ZodIssue[];
}

/** Checks what is set only where spans would be sent by it. */
export function readSpans(variables: SetSpans): ReadSpans {
  const asked = withoutOverruled(variables);
  const isWanted =
    (asked.OTEL_EXPORTER_OTLP_ENDPOINT ?? asked.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) !== undefined &&
    !isOn(asked.OTEL_SDK_DISABLED) &&
    !exportersIn(asked.OTEL_TRACES_EXPORTER).includes('none');
  if (!isWanted) return { spans: null, spanIssues: [] };
  const parsed = schema.safeParse(asked);
  if (!parsed.success) return { spans: null, spanIssues: parsed.error.issues };
  const set = parsed.data;
  return {
    spans: {
      url: set.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? tracesUnder(set.OTEL_EXPORTER_OTLP_ENDPOINT ?? ''),
      headers: readHeaders(set.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? set.OTEL_EXPORTER_OTLP_HEADERS ?? '') ?? {},
      serviceName: set.OTEL_SERVICE_NAME,
      timeoutMs: set.OTEL_EXPORTER_OTLP_TIMEOUT,
      withContent: isOn(set.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT),
    },
    spanIssues: [],
  };
}

/** What is said of traces alone stands in the place of what is said of everything that is sent. */
function withoutOverruled(variables: SetSpans): SetSpans {
  const kept = Object.entries(variables).filter(([name]) => {
    const ofTraces = name.replace('_OTLP_', '_OTLP_TRACES_') as keyof SetSpans;
    return ofTraces === name || variables[ofTraces] === undefined;
  });
  return Object.fromEntries(kept);
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
const tracesUnder = (base: string): string => `${base.replace(/\/+$/, '')}/v1/traces`;

const isOn = (text = ''): boolean => ['1', 'true'].includes(text.trim().toLowerCase());

const exportersIn = (text = 'otlp'): string[] => text.split(',').map((part) => part.trim().toLowerCase());

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables */
export function readHeaders(text: string): Record<string, string> | null {
  const pairs = pairsIn(text);
  const isGood = pairs.every(
    ({ name, plain }) => name !== '' && plain !== null && unsendablePart(plain, true) === null,
  );
  return isGood ? Object.fromEntries(pairs.map(({ name, plain }) => [name, plain ?? ''])) : null;
}

const headerForm = 'name=value, several with commas between, values percent-encoded and of ASCII';

function sayUnsendable(text: string): string {
  const [said] = pairsIn(text).flatMap(({ name, plain }) => {
    const odd = plain === null ? null : unsendablePart(plain, true);
    return name === '' || odd === null ? [] : [`; the value of ${name} holds ${odd}`];
  });
  return said ?? '';
}

interface Pair {
  /** Empty where there is none. */
  readonly name: string;
  readonly written: string;
  /** Null where it is not percent-encoded as it must be. */
  readonly plain: string | null;
}

const pairsIn = (text: string): Pair[] =>
  text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, name = '', written = ''] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=(.*)$/s.exec(part) ?? ['', '', part];
      return { name: name.toLowerCase(), written: written.trim(), plain: decoded(written.trim()) };
    });

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Headers that hold names, which a log has to be free to say. */
const plainHeaders = [
  'accept',
  'content-type',
  'user-agent',
  'x-tenant',
  'x-tenant-id',
  'x-scope-orgid',
  'x-honeycomb-dataset',
  'organization',
  'stream-name',
];
/** What lets somebody in is a secret however short it is; of others a short word is more likely an ordinary one. */
const secretHeader = /auth|key|token|secret|pass|cookie|credential/;
const shortestSecret = 8;

/** The values of headers that let somebody in, as they are written and as they are sent. */
export function headerSecrets(environment: Readonly<Record<string, string | undefined>>): string[] {
  return [environment.OTEL_EXPORTER_OTLP_HEADERS, environment.OTEL_EXPORTER_OTLP_TRACES_HEADERS]
    .flatMap((text) => pairsIn(text ?? ''))
    .filter(
      ({ name, written }) =>
        secretHeader.test(name) || (!plainHeaders.includes(name) && written.length >= shortestSecret),
    )
    .flatMap(({ written, plain }) => [written, plain ?? written])
    .flatMap((value) => [value, value.replace(/^\w+ /, '')])
    .filter((value) => value !== '');
}
