import { z } from 'zod';
import { policyPath, schemaAddress } from '../domain/policy.ts';
import type { PolicyReading } from '../ports/ports.ts';
import { settingsSchema } from './policy-schema.ts';
import { readPolicyText } from './policy-text.ts';
import { conflictsIn, toPolicy } from './to-policy.ts';

export { maxPolicyBytes } from './policy-text.ts';

/** What one file comes to by itself; a file that it extends is not looked at. */
export function readPolicy(text: string | null): PolicyReading {
  const reading = readPolicyText(text ?? '', 'in-full');
  if (reading.kind === 'invalid') return reading;
  const conflicts = conflictsIn(reading.settings);
  return conflicts.length > 0
    ? { kind: 'invalid', problems: conflicts }
    : { kind: 'valid', policy: toPolicy(reading.settings) };
}

/** The file's JSON Schema, for editors: draft 7, which the language servers know best. */
export function policyJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(settingsSchema, { target: 'draft-7', io: 'input' });
  return { $schema, $id: schemaAddress, title: `ai-fix: ${policyPath}`, ...schema };
}
