import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** What the App asks for: a call or an event beyond this is refused, as by GitHub. */
export interface AppManifest {
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly events: readonly string[];
}

const manifestFile = z.object({
  default_permissions: z.record(z.string(), z.enum(['read', 'write'])),
  default_events: z.array(z.string()).default([]),
});

/** Reads Probot's `app.yml`. GitHub grants every App `metadata: read`, whether it asks or not. */
export function readAppManifest(file: string | URL): AppManifest {
  const manifest = manifestFile.parse(parse(readFileSync(file, 'utf8')));
  return { permissions: { metadata: 'read', ...manifest.default_permissions }, events: manifest.default_events };
}
