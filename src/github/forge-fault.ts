import { ForgeError } from '../domain/faults.ts';

export const statusOf = (error: unknown): number | undefined => {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
};

/** GitHub's word for what happened, once. Its own faults and rate limits pass with time; a bug of ours stays a bug. */
export function toForgeError(error: unknown, what: string): unknown {
  const status = statusOf(error);
  const isGitHubs = status !== undefined || (error instanceof Error && error.name === 'GraphqlResponseError');
  if (!isGitHubs || error instanceof ForgeError) return error;
  // Octokit reports a broken connection as status 500 without a response.
  // A GraphQL error without a status is GitHub's "something went wrong"; our one mutation looks before it acts.
  const isRetryable = status === undefined || status >= 500 || status === 408 || status === 401 || isRateLimited(error);
  const retryAfter = Number(headersOf(error)['retry-after']);
  const said = error instanceof Error ? error.message.slice(0, 300) : String(error);
  return new ForgeError(`GitHub did not let us ${what}: ${status ?? 'no answer'} ${said}`, {
    ...(status === undefined ? {} : { status }),
    ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1000 } : {}),
    isRetryable,
    cause: error,
  });
}

const headersOf = (error: unknown): Readonly<Record<string, string | undefined>> =>
  (error as { response?: { headers?: Record<string, string> } } | null)?.response?.headers ?? {};

/** A 403 may say "not you" or "not now": https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isRateLimited(error: unknown): boolean {
  const status = statusOf(error);
  const headers = headersOf(error);
  const saysLater = headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0';
  return status === 429 || (status === 403 && saysLater);
}

/** For answers that are expected ends, not faults: the status, or the error again. A rate limit is always a fault. */
export async function orStatus<T>(
  statuses: readonly number[],
  work: () => Promise<T>,
): Promise<T | { readonly refused: number; readonly error: unknown }> {
  try {
    return await work();
  } catch (error) {
    // A token that could not be had says nothing about the request it was for.
    if (error instanceof ForgeError) throw error;
    const status = statusOf(error);
    if (status === undefined || !statuses.includes(status) || isRateLimited(error)) throw error;
    return { refused: status, error };
  }
}

export const isRefused = (answer: unknown): answer is { readonly refused: number; readonly error: unknown } =>
  typeof answer === 'object' && answer !== null && 'refused' in answer;
