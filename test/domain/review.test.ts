import { describe, expect, it } from 'vitest';
import { type Opinion, opinionFault, opinionSchema, opinionText } from '../../src/domain/review.ts';

const opinion = (verdict: Opinion['verdict'], ...findings: Opinion['findings']): Opinion => ({
  verdict,
  findings,
  summary: '',
});

describe('the opinion of a reviewer', () => {
  it('needs neither kinds nor what must be fixed', () => {
    const said = { verdict: 'send-back', findings: [{ text: 'the sum is wrong' }], summary: '' };

    expect(opinionFault(opinionSchema.parse(said))).toBeNull();
  });

  it.each<[string, Opinion]>([
    ['sends back without a finding', opinion('send-back')],
    ['sends back for remarks alone', opinion('send-back', { text: 'a name', must_fix: false })],
    ['accepts what must be fixed', opinion('accept', { text: 'it is wrong', must_fix: true })],
  ])('that %s is told so', (_what, given) => {
    expect(opinionFault(given)).toEqual(expect.any(String));
  });

  it.each<[string, Opinion]>([
    ['accepts with remarks', opinion('accept', { text: 'a name' })],
    [
      'sends back for one of two',
      opinion('send-back', { text: 'wrong', must_fix: true }, { text: 'name', must_fix: false }),
    ],
    ['vetoes without a finding', opinion('veto')],
  ])('that %s stands', (_what, given) => {
    expect(opinionFault(given)).toBeNull();
  });

  it('is told with what must be fixed first', () => {
    const given: Opinion = {
      verdict: 'send-back',
      findings: [
        { kind: 'style', must_fix: false, text: 'a shorter name' },
        { kind: 'missing-case', must_fix: true, path: 'su`m.js', line: 3, text: 'nothing is added to nothing' },
      ],
      summary: 'Nearly.',
    };

    expect(opinionText(given)).toBe(
      '- missing-case: `sum.js:3`: nothing is added to nothing\n\nRemarks:\n- style: a shorter name\n\nNearly.',
    );
  });
});
