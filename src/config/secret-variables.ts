import { providers } from '../models/providers.ts';
import { listedSecrets } from './telemetry-variables.ts';

/** The variables that hold our secrets. */
export const secretVariables: readonly string[] = [
  'PRIVATE_KEY',
  'WEBHOOK_SECRET',
  ...providers.map(({ keyVariable }) => keyVariable),
  'DATABASE_URL',
  'PGPASSWORD',
  'AI_FIX_TRACE_KEY',
  'AI_FIX_METRICS_TOKEN',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  // The vendors' SDKs send these to every address that they are pointed at, other providers' too.
  'OPENAI_CUSTOM_HEADERS',
  'ANTHROPIC_CUSTOM_HEADERS',
];

export const isSecretVariable = (name: string): boolean => secretVariables.includes(name);

/** What somebody else's secret is called: of AWS, npm, GitHub, a vendor's SDK. None is ours, and libraries look for them. */
const secretEnding = /(?:KEY|KEY_PATH|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|_HEADERS)$/i;

/**
 * Takes every secret out of the environment, ours and others', so that neither a library nor a child process finds it
 * there.
 *
 * What the process was started with stays readable in `/proc/<pid>/environ` for its own user and root, as its memory is:
 * no program can take that back. Secrets that came from `.env` or from the file of `PRIVATE_KEY_PATH` never stand there.
 */
export function forgetSecrets(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) {
    if (isSecretVariable(name) || secretEnding.test(name)) delete environment[name];
  }
}

/** Variables whose value is an address, which may hold a user's password. */
const addresses = [
  'DATABASE_URL',
  ...providers.flatMap(({ addressVariables }) => addressVariables),
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
];

/** The values that must never leave the process: each secret, and each password inside an address, as it travels. */
export function secretsIn(environment: Readonly<Record<string, string | undefined>>): string[] {
  const whole = secretVariables.map((name) => environment[name]?.trim());
  const inside = addresses.flatMap((name) => passwordOf(environment[name]));
  return [
    ...new Set(
      [...whole, ...inside, ...listedSecrets(environment)].filter((secret) => secret !== undefined && secret !== ''),
    ),
  ] as string[];
}

function passwordOf(address: string | undefined): string[] {
  const written = URL.parse(address ?? '')?.password ?? '';
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    return [written];
  }
}

export const hasPassword = (address: string): boolean => /\/\/[^/?#]*@/.test(address);

/** libpq's way of keeping the password out of the address. Without a host there is no place for it, and no need. */
export function withPassword(address: string, password: string | undefined): string {
  const url = URL.parse(address);
  if (password === undefined || url === null || url.host === '' || url.password !== '') return address;
  url.password = encodeURIComponent(password);
  return url.href;
}
