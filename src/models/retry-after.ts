/** More would be a mistake of the provider's or of its clock; whoever asked for it is asked again after this long. */
const longestAskedMs = 60 * 60_000;

/**
 * How long a provider wants to be left alone, from the headers of its answer; undefined when it does not say.
 *
 * A wait that it names itself comes first; then, of the limits that are used up, the one that is filled again last.
 * Dates are read against the `date` of the same answer and never against our clock, which may be wrong or jump.
 *
 * - https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 * - https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers (durations: `6m0s`, `20ms`)
 * - https://docs.claude.com/en/api/rate-limits#response-headers (RFC 3339 dates)
 */
export function retryAfterOf(headers: Headers | undefined): number | undefined {
  if (headers === undefined) return undefined;
  const asked =
    numberOf(headers.get('retry-after-ms')) ?? waitOf(headers.get('retry-after'), headers) ?? longestReset(headers);
  return asked === undefined ? undefined : Math.min(Math.max(0, asked), longestAskedMs);
}

/** The same from a sentence, where no header says it: "Please retry in 12.4s" (Gemini), "try again in 1m2.5s" (Groq). */
export function retryAfterIn(message: string): number | undefined {
  const asked = durationOf(/\b(?:retry|try again) in ((?:\d+(?:\.\d+)?(?:ms|[smhd]))+)/i.exec(message)?.[1] ?? null);
  return asked === undefined ? undefined : Math.min(asked, longestAskedMs);
}

function waitOf(text: string | null, headers: Headers): number | undefined {
  const seconds = numberOf(text);
  return seconds === undefined ? untilDate(text, headers) : seconds * 1_000;
}

/** Below zero is nonsense and counts as absent, as everything does that is no number. */
function numberOf(text: string | null): number | undefined {
  if (text === null || !/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}

function untilDate(text: string | null, headers: Headers): number | undefined {
  const now = Date.parse(headers.get('date') ?? '');
  // `Date.parse` takes nearly anything for a year; dates of both forms hold a time.
  const then = text?.includes(':') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(then) || Number.isNaN(now) ? undefined : then - now;
}

const openAiLimits = ['requests', 'tokens'] as const;
const anthropicLimits = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const;

function longestReset(headers: Headers): number | undefined {
  const waits = [
    ...openAiLimits
      .filter((limit) => isUsedUp(headers.get(`x-ratelimit-remaining-${limit}`)))
      .map((limit) => durationOf(headers.get(`x-ratelimit-reset-${limit}`))),
    ...anthropicLimits
      .filter((limit) => isUsedUp(headers.get(`anthropic-ratelimit-${limit}-remaining`)))
      .map((limit) => untilDate(headers.get(`anthropic-ratelimit-${limit}-reset`), headers)),
  ].filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

const isUsedUp = (remaining: string | null): boolean => numberOf(remaining) === 0;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1h2m3.5s`, `20ms`, or plain seconds. */
function durationOf(text: string | null): number | undefined {
  const seconds = numberOf(text);
  if (seconds !== undefined) return seconds * 1_000;
  if (text === null || !/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0),
    0,
  );
}
