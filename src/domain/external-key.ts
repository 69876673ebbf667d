import { fillPlaceholders } from './placeholders.ts';
import type { ExternalKeys } from './policy.ts';

/** A key of an outside tracker; what stands beside it must not make another word or another key of it. */
const keys = /(?<![\p{L}\p{N}_-])([A-Z][A-Z0-9_]{0,19})-([1-9]\d{0,9})(?![\p{L}\p{N}_]|-\d)/gu;

/** Titles and bodies are capped where they come in; no key that matters stands behind this. */
const maxLength = 100_000;

/** The first key with one of the prefixes, in the title, else in the body; null where there is none. */
export function externalKey(
  { prefixes }: Pick<ExternalKeys, 'prefixes'>,
  issue: { readonly title: string; readonly body: string },
): string | null {
  if (prefixes.length === 0) return null;
  for (const text of [issue.title, issue.body])
    for (const [key, prefix = ''] of text.slice(0, maxLength).matchAll(keys)) if (prefixes.includes(prefix)) return key;
  return null;
}

/** Where a key leads, by the pattern of the repository; null without one, or where it makes no https address. */
export function keyAddress({ link }: Pick<ExternalKeys, 'link'>, key: string): string | null {
  if (link === null) return null;
  const url = URL.parse(fillPlaceholders(link, { key }));
  return url?.protocol === 'https:' ? url.href : null;
}
