import { z } from 'zod';
import type { Quirks } from './quirks.ts';

/**
 * How reasoning over Chat Completions is kept: one part for each field that it came in. Which of them goes back is the
 * provider's row to say; what was written into the text as `<think>` never does.
 */
const partSchema = z.union([
  z.object({ reasoning_content: z.string() }),
  z.object({ reasoning_details: z.array(z.unknown()) }),
  z.object({ thought_signature: z.string(), call: z.number() }),
]);
type Part = z.infer<typeof partSchema>;

const partsOf = (kept: readonly unknown[]): Part[] =>
  kept.flatMap((part) => {
    const parsed = partSchema.safeParse(part);
    return parsed.success ? [parsed.data] : [];
  });

/** What a message of the server's own words held; `calls` in their order. */
export interface ToldReasoning {
  readonly content: string | null | undefined;
  readonly details: readonly unknown[] | null | undefined;
  readonly signatures: readonly (string | null | undefined)[];
}

/** What of it is worth keeping, where this provider wants it back. */
export function keptParts(back: Quirks['reasoningBack'], { content, details, signatures }: ToldReasoning): Part[] {
  switch (back) {
    case 'nothing':
      return [];
    case 'reasoning_content':
      return content ? [{ reasoning_content: content }] : [];
    case 'reasoning_details':
      return details?.length ? [{ reasoning_details: [...details] }] : [];
    case 'thought_signature':
      return signatures.flatMap((signature, call) => (signature ? [{ thought_signature: signature, call }] : []));
  }
}

/** The fields of a turn that goes back. DeepSeek wants its own with every turn that called something, were it empty. */
export function fieldsBack(
  back: Quirks['reasoningBack'],
  kept: readonly unknown[] | null,
  hasCalls: boolean,
): Readonly<Record<string, unknown>> {
  const parts = partsOf(kept ?? []);
  if (back === 'reasoning_content') {
    const [content] = parts.flatMap((part) => ('reasoning_content' in part ? [part.reasoning_content] : []));
    return hasCalls ? { reasoning_content: content ?? '' } : {};
  }
  if (back === 'reasoning_details') {
    const details = parts.flatMap((part) => ('reasoning_details' in part ? part.reasoning_details : []));
    return details.length === 0 ? {} : { reasoning_details: details };
  }
  return {};
}

/** Google's word for a call that no Gemini model signed: https://ai.google.dev/gemini-api/docs/thought-signatures */
const unsigned = 'skip_thought_signature_validator';

/** Only the first of the calls of one turn is signed; one without a signature at all is another model's. */
export function signatureBack(
  back: Quirks['reasoningBack'],
  kept: readonly unknown[] | null,
  index: number,
): Readonly<Record<string, unknown>> {
  if (back !== 'thought_signature') return {};
  const signed = partsOf(kept ?? []).flatMap((part) => ('thought_signature' in part ? [part] : []));
  const own = signed.find(({ call }) => call === index)?.thought_signature;
  const signature = own ?? (signed.length === 0 && index === 0 ? unsigned : undefined);
  return signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };
}
