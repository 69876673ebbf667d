/**
 * Takes secrets out of a text before it leaves the process. `known` are the values this process holds; the patterns
 * catch tokens it was never told of.
 */
export function redact(text: string, known: readonly string[]): string {
  // The longest first: where one secret begins like another, the shorter must not leave the rest of the longer behind.
  const secrets = known.filter((secret) => secret.length >= 8).sort((a, b) => b.length - a.length);
  const withoutKnown = secrets.reduce((sum, secret) => sum.replaceAll(secret, '[redacted]'), text);
  return withoutKnown.replaceAll(tokens, '[redacted]');
}

/** GitHub's, OpenAI's and Anthropic's token forms, and PEM blocks. */
const tokens =
  /\b(?:gh[pousr]_[A-Za-z0-9_]{20,}|github_pat_[A-Za-z0-9_]{20,}|sk-[A-Za-z0-9_-]{20,})|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
