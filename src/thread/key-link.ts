import { externalKey, keyAddress } from '../domain/external-key.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { bracketed } from './link-targets.ts';

/** The issue's key of an outside tracker as Markdown, linked where the repository says how; null where it has none. */
export function keyLink({ policy, issue }: Pick<Fix, 'policy' | 'issue'>): string | null {
  const key = externalKey(policy.externalKeys, issue);
  const address = key === null ? null : keyAddress(policy.externalKeys, key);
  return address === null ? key : `[${key}](${bracketed(address)})`;
}
