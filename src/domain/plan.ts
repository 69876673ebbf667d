import { createHash } from 'node:crypto';
import { z } from 'zod';

export const documentKinds = ['requirements', 'design', 'plan'] as const;
export type DocumentKind = (typeof documentKinds)[number];

export const planDocumentSchema = z.object({
  kind: z.enum(documentKinds),
  markdown: z.string().trim().min(20).max(40_000),
});
export type PlanDocument = z.infer<typeof planDocumentSchema>;

export const planSchema = z.object({
  documents: z.array(planDocumentSchema).min(1).max(3),
  protected_paths_touched: z
    .array(z.string())
    .max(50)
    .describe('Paths of protected or sensitive files the plan would change; empty if none'),
  risks: z.string().max(2_000).describe('What could go wrong; "none" if nothing'),
});
export type Plan = z.infer<typeof planSchema>;

/** Why these documents cannot be posted for a ticket of this complexity, or null. */
export function planFault(plan: Plan, complexity: 'small' | 'medium' | 'large'): string | null {
  const kinds = plan.documents.map((document) => document.kind);
  if (new Set(kinds).size !== kinds.length) return `each kind of document may stand once; found ${kinds.join(', ')}`;
  const wanted: readonly DocumentKind[] = complexity === 'small' ? ['plan'] : documentKinds;
  const missing = wanted.filter((kind) => !kinds.includes(kind));
  return missing.length === 0
    ? null
    : `a ${complexity} ticket needs ${wanted.join(', ')}; missing ${missing.join(', ')}`;
}

/** Names exactly these documents. An approval binds it, so an edit voids the approval. */
export function planDigest(documents: readonly PlanDocument[]): string {
  const canonical = documentKinds.map((kind) => [
    kind,
    documents.find((document) => document.kind === kind)?.markdown ?? null,
  ]);
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}
