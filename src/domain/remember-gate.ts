import type { EventOf } from './event.ts';
import type { Fix } from './fix-facts.ts';
import type { Gate } from './gate.ts';

/** How a gate closes, is put anew, loses what it showed, and opens. */
export function rememberGate(fix: Fix, event: EventOf<'planned' | 'asked' | 'words-changed' | 'approved'>): Fix {
  switch (event.type) {
    case 'planned':
      return { ...fix, planDigest: event.digest, isPlanPartial: event.isPartial ?? false, ...planGate(fix, event) };
    case 'asked':
      return { ...fix, gate: gateOf(fix, event), isReminded: false };
    case 'words-changed':
      return { ...fix, gate: fix.gate === null ? null : { ...fix.gate, ...voidBy(event) } };
    case 'approved':
      return openGate(fix, event);
  }
}

function planGate(
  { settledDocuments }: Fix,
  event: EventOf<'planned'>,
): Pick<Fix, 'gate' | 'isReminded' | 'settledDocuments'> {
  const { digest, waitsBecause, words = null, shownIn = null, document = 'plan', settles = [] } = event;
  if (waitsBecause === null)
    return { gate: null, isReminded: false, settledDocuments: [...settledDocuments, ...settles] };
  const gate: Gate = { kind: 'plan', digest, reasons: [waitsBecause], words, shownIn, document, settles };
  return { gate, isReminded: false, settledDocuments };
}

const voidBy = ({ words, reason }: EventOf<'words-changed'>): Partial<Gate> => ({
  isVoid: true,
  words,
  reasons: [reason],
});

/** A gate that is asked about again keeps the document it waits for. */
function gateOf(fix: Fix, { gate: kind, digest, reasons, words, shownIn = null }: EventOf<'asked'>): Gate {
  const { document, settles = [] } = fix.gate ?? {};
  const ofPlan = kind === 'plan' && document !== undefined ? { document, settles } : {};
  return { kind, digest, reasons, words, shownIn, ...ofPlan };
}

/** An approval of something else than what the gate shows opens nothing. */
function openGate(fix: Fix, { by, digest }: EventOf<'approved'>): Fix {
  const { gate } = fix;
  if (gate === null || gate.isVoid === true || gate.digest !== digest) return fix;
  const approvals = [...fix.approvals, { gate: gate.kind, digest, by }];
  const settledDocuments = [...fix.settledDocuments, ...(gate.settles ?? [])];
  return {
    ...fix,
    approvals,
    settledDocuments,
    gate: null,
    isReminded: false,
    confirmedWords: gate.words ?? fix.confirmedWords,
  };
}
