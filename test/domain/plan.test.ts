import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  documentKinds,
  documentsFor,
  nextDocuments,
  type Plan,
  type PlanDocument,
  planDigest,
  planFault,
  planSchema,
} from '../../src/domain/plan.ts';
import { gateReason } from '../../src/domain/policy.ts';
import { sha } from '../support/sample-fix.ts';

const document = (kind: PlanDocument['kind'], markdown = `The ${kind} of this change.`): PlanDocument => ({
  kind,
  markdown,
});
const plan = (...kinds: PlanDocument['kind'][]): Plan => ({
  documents: kinds.map((kind) => document(kind)),
  protected_paths_touched: [],
  risks: 'none',
});

describe('the documents of a plan', () => {
  it.each([
    [['plan'], ['plan']],
    [['requirements'], ['requirements']],
    [
      ['requirements', 'design', 'plan'],
      ['plan', 'design', 'requirements'],
    ],
  ] as const)('where %j are wanted, %j will do', (wanted, kinds) => {
    expect(planFault(plan(...kinds), wanted)).toBeNull();
  });

  it.each([
    [['plan'], ['design'], /missing plan$/],
    [['requirements', 'design', 'plan'], ['plan'], /missing requirements, design$/],
    [['plan'], ['plan', 'plan'], /may stand once; found plan, plan/],
    [['requirements'], ['requirements', 'plan'], /leave out plan$/],
  ] as const)('where %j are wanted, %j will not do', (wanted, kinds, fault) => {
    expect(planFault(plan(...kinds), wanted)).toMatch(fault);
  });

  it.each([
    ['small', [], [], ['plan']],
    ['large', [], [], ['requirements', 'design', 'plan']],
    ['large', ['requirements'], [], ['requirements']],
    ['large', ['requirements'], ['requirements'], ['design', 'plan']],
    ['large', ['plan'], ['requirements', 'design', 'plan'], []],
    ['small', ['design'], [], ['design']],
    ['small', ['design'], ['design'], ['plan']],
  ] as const)('of a %s ticket where %j wait and %j are written, %j come next', (complexity, waiting, written, next) => {
    const mustWait = (kind: PlanDocument['kind']) => (waiting as readonly string[]).includes(kind);

    expect(nextDocuments(documentsFor(complexity, mustWait), written, mustWait)).toEqual(next);
  });

  it('a document that says nothing is refused, and so is one that is a book', () => {
    const empty = planSchema.safeParse({ ...plan(), documents: [document('plan', ' '.repeat(30))] });
    const book = planSchema.safeParse({ ...plan(), documents: [document('plan', 'x'.repeat(40_001))] });

    expect([empty.success, book.success]).toEqual([false, false]);
  });
});

describe('the digest of a plan', () => {
  const base = sha('a');

  it('differs for another commit', () => {
    const documents = [document('plan')];

    expect(planDigest(documents, sha('b'))).not.toBe(planDigest(documents, base));
  });

  const anyDocuments = fc
    .uniqueArray(fc.constantFrom(...documentKinds), { minLength: 1 })
    .chain((kinds) => fc.tuple(...kinds.map((kind) => fc.string().map((markdown) => document(kind, markdown)))));

  it('is the same in whatever order the documents come', () => {
    fc.assert(
      fc.property(anyDocuments, (documents) => {
        expect(planDigest(documents.toReversed(), base)).toBe(planDigest(documents, base));
      }),
    );
  });

  it('differs when a document differs by a character, is moved to another kind, or is missing', () => {
    const digests = [
      [document('plan', 'one'), document('design', 'two')],
      [document('plan', 'one'), document('design', 'two ')],
      [document('plan', 'two'), document('design', 'one')],
      [document('requirements', 'one'), document('design', 'two')],
      [document('plan', 'one')],
      [document('plan', 'one'), document('design', '')],
    ].map((documents) => planDigest(documents, base));

    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe('the plan gate', () => {
  const small = { complexity: 'small', protectedPaths: [] };
  const large = { complexity: 'large', protectedPaths: [] };
  const touching = { complexity: 'small', protectedPaths: ['src/auth/login.ts'] };

  it('opens by itself when it is automatic, whatever the plan', () => {
    expect([small, large, touching].map((each) => gateReason('plan', 'auto', each))).toEqual([null, null, null]);
  });

  it('waits for every plan when an approval is required', () => {
    expect([small, large, touching].every((each) => gateReason('plan', 'required', each) !== null)).toBe(true);
  });

  it('waits for large tickets and protected paths when it is for risky ones', () => {
    const reasons = [small, large, touching].map((each) => gateReason('plan', 'risky', each));

    expect(reasons).toEqual([null, 'the ticket is large', 'the plan touches protected paths: src/auth/login.ts']);
  });

  it('names at most five of the protected paths', () => {
    const paths = Array.from({ length: 50 }, (_, index) => `secret-${index}`);

    const reason = gateReason('plan', 'risky', { complexity: 'small', protectedPaths: paths });

    expect(reason).toMatch(/secret-4$/);
  });
});
