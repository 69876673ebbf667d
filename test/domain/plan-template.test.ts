import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headingsIn, templateFault } from '../../src/domain/plan-template.ts';

const template = '# Plan\n\nWhat we do.\n\n## Steps\n\n```sh\n# no heading\n```\n\n## Roll back ##\n';
const fault = (markdown: string) => templateFault([{ kind: 'plan', markdown }], { plan: template });

describe('a plan document under a template', () => {
  it('fits when it has every heading, at whatever level and with whatever marks', () => {
    expect(fault('### Plan\n\nAdd.\n\n### **Steps**\n1. Add.\n\n### `Roll  back`:\nnone')).toBeNull();
  });

  it('is sent back with the headings that it lacks', () => {
    expect(fault('# Plan\nAdd.')).toMatch(/^the plan document .* lacks the headings "Steps", "Roll back"$/);
    expect(fault('# Plan\n## Steps\n```\n## Roll back\n```')).toMatch(/lacks the heading "Roll back"$/);
  });

  it('names ten of many', () => {
    const many = Array.from({ length: 30 }, (_, index) => `# H${index}`).join('\n');

    expect(templateFault([{ kind: 'design', markdown: 'x' }], { design: many })).toMatch(/"H9" and 20 more$/);
  });

  it('is free where its kind has no template', () => {
    expect(templateFault([{ kind: 'design', markdown: 'Free.' }], { plan: template })).toBeNull();
  });

  it('always fits its own template', () => {
    const line = fc.constantFrom('# A', '## B ##', '```', '~~~~', '    # code', '#no', '# ', 'text', '###### Z: ');

    fc.assert(
      fc.property(fc.array(line), fc.string(), (lines, more) => {
        const markdown = [...lines, more].join('\n');

        expect(templateFault([{ kind: 'plan', markdown }], { plan: markdown })).toBeNull();
      }),
    );
  });
});

it('headings are those that people see', () => {
  expect(headingsIn('# A\n#B\n   ## C #\n    # code\n```js\n# x\n```js\n# y\n```\n#\n####### D\n### E')).toEqual([
    'A',
    'C',
    'E',
  ]);
});
