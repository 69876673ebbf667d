import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** What the App asks GitHub for, as it is registered with it. */
export interface AppManifest {
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

const manifestSchema = z.object({
  default_permissions: z.record(z.string(), z.enum(['read', 'write'])),
  default_events: z.array(z.string()),
});

/** Reads the `app.yml` that came with this version. */
export function readAppManifest(): AppManifest {
  const text = readFileSync(new URL('../../app.yml', import.meta.url), 'utf8');
  const { default_permissions: permissions, default_events: events } = manifestSchema.parse(parse(text));
  return { permissions, events };
}
