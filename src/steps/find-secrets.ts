import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend';

/** Where a secret stands and what it looks like. Never the secret, nor anything a scanner says about it. */
export interface FoundSecret {
  readonly path: string;
  /** Counted from 1, in the text after the patch. */
  readonly line: number;
  readonly kind: string;
}

/** What a patch makes of a file; null before it where there was none. */
export interface ChangedText {
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
}

/** The kind of a file of which the patch changes more than is searched: it may hold anything. */
export const tooMuchText = 'more text than is searched for secrets';

/**
 * Finds the secrets that a patch brings into a repository: what a scanner finds in a text after it, and what did not
 * stand in that file before it.
 *
 * Reads no disk and obeys no directive in the texts. At most 100 findings; beyond 1 million changed characters of a
 * file, or 32 million of all, the file itself is one. Lets others work every 64,000 characters.
 */
export async function findSecrets(files: readonly ChangedText[]): Promise<readonly FoundSecret[]> {
  const found: FoundSecret[] = [];
  let searched = 0;
  for (const file of files) {
    const span = changedSpan(file);
    searched += span.end - span.start;
    const isTooMuch = span.end - span.start > limits.file || searched > limits.all;
    if (isTooMuch) found.push({ path: file.path, line: lineAt(file.after, span.start), kind: tooMuchText });
    else found.push(...(await secretsIn(file, span)));
    if (found.length >= limits.findings) break;
  }
  return found.slice(0, limits.findings);
}

const limits = { file: 1_000_000, all: 32_000_000, findings: 100 };

/**
 * The scanner compares each finding with all others of a text, and its slowest patterns take 2 s for a million hostile
 * characters. The overlap is longer than the longest thing it knows, a private key of 10,000 characters.
 */
const window = { size: 64_000, overlap: 12_000 };

interface Span {
  readonly start: number;
  readonly end: number;
}

async function secretsIn({ path, before, after }: ChangedText, span: Span): Promise<readonly FoundSecret[]> {
  const found = new Map<string, FoundSecret>();
  for (let start = span.start; start < span.end; start += window.size - window.overlap) {
    const part = after.slice(start, Math.min(start + window.size, span.end));
    for (const { at, text, kind } of await scan(part)) {
      if (before?.includes(text)) continue;
      const line = lineAt(after, start + at);
      found.set(`${line} ${kind}`, { path, line, kind });
      if (found.size >= limits.findings) return [...found.values()];
    }
    await new Promise((resolve) => setImmediate(resolve));
    if (start + window.size >= span.end) break;
  }
  return [...found.values()];
}

/** What a patch changed of a long text, with what a secret may reach beyond it; all of a short one. */
function changedSpan({ before, after }: ChangedText): Span {
  if (before === null || after.length <= window.size) return { start: 0, end: after.length };
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return {
    start: Math.max(0, start - window.overlap),
    end: Math.min(after.length, after.length - same + window.overlap),
  };
}

function lineAt(text: string, end: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

// It is on by default and keeps its marks for the life of the process, over a hundred for each text.
secretLintProfiler.setEnabled(false);

const prefix = '@secretlint/secretlint-rule-';

/**
 * The rules of the preset without the one that obeys `secretlint-disable`. They are listed one by one because a rule
 * that is marked as disabled within a preset runs all the same (@secretlint/core 13.0.7).
 */
const rules = preset.rules
  .filter((rule) => rule.meta.id !== `${prefix}filter-comments`)
  .map((rule) => ({
    id: rule.meta.id,
    rule,
    options: rule.meta.id === `${prefix}aws` ? { enableIDScanRule: true } : {},
    // The number of an account is on every bill and in every ARN.
    allowMessageIds: ['AWSAccountID'],
  }));

interface Match {
  readonly at: number;
  readonly text: string;
  readonly kind: string;
}

async function scan(content: string): Promise<readonly Match[]> {
  // The ending .json makes the Google Cloud rule try every text as a key file; .p12 would make it read a disk.
  const source = { content, filePath: 'patch', ext: '.json', contentType: 'text' } as const;
  const { messages } = await lintSource({ source, options: { config: { rules }, noPhysicFilePath: true } });
  // The scanner counts from behind a byte order mark.
  const shift = content.startsWith('\uFEFF') ? 1 : 0;
  return messages.map(({ ruleId, range }) => {
    const rule = ruleId.slice(prefix.length);
    const kind = kinds[rule] ?? `${rule} token`;
    // Reported as the whole file.
    const key = rule === 'gcp' ? /"private_key"\s*:\s*"[^"]*"/.exec(content) : null;
    if (key !== null) return { at: key.index, text: key[0], kind };
    return { at: range[0] + shift, text: content.slice(range[0] + shift, range[1] + shift), kind };
  });
}

/** By rule and not by message: a message quotes the secret. */
const kinds: Readonly<Record<string, string>> = {
  aws: 'AWS access key',
  gcp: 'Google Cloud key file',
  privatekey: 'private key',
  basicauth: 'password in an address',
  'database-connection-string': 'password of a database',
  npm: 'npm token',
  slack: 'Slack token or webhook',
  sendgrid: 'SendGrid key',
  shopify: 'Shopify key',
  stripe: 'Stripe key',
  github: 'GitHub token',
  gitlab: 'GitLab token',
  grafana: 'Grafana token',
  openai: 'OpenAI key',
  anthropic: 'Anthropic key',
  groq: 'Groq key',
  huggingface: 'Hugging Face token',
  linear: 'Linear token',
  notion: 'Notion token',
  '1password': '1Password token',
  'hashicorp-vault': 'Vault token',
  vercel: 'Vercel token',
  databricks: 'Databricks token',
  docker: 'Docker token',
  figma: 'Figma token',
  cloudflare: 'Cloudflare token',
  tailscale: 'Tailscale key',
};
