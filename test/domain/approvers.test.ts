import { describe, expect, it } from 'vitest';
import { approversOf, asksForPlan } from '../../src/domain/approvers.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';

const admins = { level: 'admin', named: null } as const;
const policyWith = (gates: Partial<Policy['gates']>): Policy => ({
  ...defaultPolicy,
  gates: { ...defaultPolicy.gates, ...gates },
});
const strict = policyWith({ plan: { mode: 'required', approvers: admins } });

describe('a patch without a plan', () => {
  it('needs an approval where the repository asks for one of every plan document', () => {
    const both = policyWith({
      design: { mode: 'required', approvers: null },
      plan: { mode: 'required', approvers: null },
    });

    expect(asksForPlan(both)).toEqual([
      {
        path: 'the plan',
        why: 'there is none, and this repository asks for an approval of every design document, and this repository asks for an approval of every plan',
      },
    ]);
  });

  it('needs none where only some plans wait', () => {
    expect(asksForPlan(defaultPolicy)).toEqual([]);
  });

  it('is approved by those who approve the plan', () => {
    const fix = { policy: strict, gate: null, asks: asksForPlan(strict) };

    expect(approversOf(fix).rules.approve).toEqual(admins);
  });
});

describe('any other patch', () => {
  it('is approved by whoever may approve in general, whoever approves plans', () => {
    const fix = { policy: strict, gate: null, asks: [{ path: 'package.json', why: 'w' }] };

    expect(approversOf(fix)).toEqual(defaultPolicy.who);
  });
});
