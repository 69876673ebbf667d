import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { Redactor } from '../domain/redact.ts';

/**
 * The log of the process, in which no line at any level holds a secret, whoever wrote it: libraries log through it too,
 * and their errors carry requests and responses.
 */
export function openLog(
  level: NonNullable<LoggerOptions['level']>,
  redactor: Redactor,
  destination: DestinationStream = pino.destination(1),
): Logger {
  return pino({ level, hooks: { streamWrite: (line) => cleanLine(line, redactor) } }, destination);
}

/** The log as clients of GitHub take it, which would else warn on the console, past everything above. */
export const warningsTo = (log: Logger) => ({
  debug: () => undefined,
  info: () => undefined,
  warn: (message: string) => log.warn(message),
  error: (message: string) => log.error(message),
});

/** Read back and written anew, because a secret of several lines looks otherwise inside JSON. */
function cleanLine(line: string, redactor: Redactor): string {
  const parsed = parse(line);
  return parsed === null
    ? `${redactor.redact(line.trimEnd())}\n`
    : `${JSON.stringify(clean(parsed.value, redactor))}\n`;
}

function parse(line: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(line) };
  } catch {
    return null;
  }
}

/** Fields that are a secret by their name, in headers and in the options of clients. */
const secretField =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|(?:x-)?api-?_?key|private_?key|password|passphrase|(?:client_?|webhook_?)?secret|(?:access_?|refresh_?)?token)$/i;

function clean(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.redact(value);
  if (Array.isArray(value)) return value.map((part) => clean(part, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      redactor.redact(name),
      secretField.test(name) && part !== null ? '[redacted]' : clean(part, redactor),
    ]),
  );
}
