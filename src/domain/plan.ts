import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Sha } from './ids.ts';
import type { Ticket } from './ticket.ts';

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
  out_of_reach: z
    .object({ why: z.string().trim().min(10).max(2_000), diff: z.string().max(20_000).optional() })
    .optional()
    .describe(
      'Only for failing checks whose fault lies in .github/, which nobody here may change: why, and the diff a person should apply',
    ),
  risks: z.string().max(2_000).describe('What could go wrong; "none" if nothing'),
});
export type Plan = z.infer<typeof planSchema>;

/** Why these documents cannot be posted where just these kinds are wanted, or null. */
export function planFault(plan: Plan, wanted: readonly DocumentKind[]): string | null {
  const kinds = plan.documents.map((document) => document.kind);
  if (new Set(kinds).size !== kinds.length) return `each kind of document may stand once; found ${kinds.join(', ')}`;
  const missing = wanted.filter((kind) => !kinds.includes(kind));
  if (missing.length > 0) return `this call needs ${wanted.join(', ')}; missing ${missing.join(', ')}`;
  const early = kinds.filter((kind) => !wanted.includes(kind));
  return early.length === 0 ? null : `this call is for ${wanted.join(', ')} only; leave out ${early.join(', ')}`;
}

/** The documents a ticket gets: one for a small one, unless the repository asks for an approval of another. */
export const documentsFor = (
  complexity: Ticket['complexity'],
  mustWait: (kind: DocumentKind) => boolean,
): DocumentKind[] => documentKinds.filter((kind) => complexity !== 'small' || kind === 'plan' || mustWait(kind));

/**
 * The documents to write next: up to the first that has to wait for a person, because what comes after builds on it.
 * Empty when all are written.
 */
export function nextDocuments(
  all: readonly DocumentKind[],
  written: readonly DocumentKind[],
  mustWait: (kind: DocumentKind) => boolean,
): DocumentKind[] {
  const left = all.filter((kind) => !written.includes(kind));
  const stop = left.findIndex(mustWait);
  return stop === -1 ? left : left.slice(0, stop + 1);
}

/** Names exactly these documents and the commit they were written for. An approval binds it, so an edit voids it. */
export function planDigest(documents: readonly PlanDocument[], base: Sha): string {
  const canonical = documentKinds.map((kind) => [
    kind,
    documents.find((document) => document.kind === kind)?.markdown ?? null,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([base, canonical]))
    .digest('hex');
}
