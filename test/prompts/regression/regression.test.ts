import { describe, expect, it } from 'vitest';
import { templateNames } from '../../../src/prompts/template.ts';
import { readCases } from './prompt-case.ts';
import { propertyNames } from './properties.ts';
import { runScripted } from './run-cases.ts';

const cases = await readCases();
const { signal } = new AbortController();

describe('the cases of the prompts', () => {
  it.each(templateNames)('are two at least for %s', (name) => {
    expect(cases.filter(({ prompt }) => prompt === name).length).toBeGreaterThanOrEqual(2);
  });

  it('leave out no property, and each is broken by a planted conversation', () => {
    const planted = new Set(cases.flatMap((one) => one.planted.flatMap(({ breaks }) => breaks)));

    expect(propertyNames.filter((name) => !planted.has(name))).toEqual([]);
  });

  it.each(cases)('$id: $about; what is planted is told, and nothing else', async (of) => {
    const { held, told, misjudged } = await runScripted(of, {}, signal);

    expect(held.outside).toBeNull();
    expect(told.filter(({ fault }) => fault !== null)).toEqual([]);
    expect(told.map(({ property }) => property)).toEqual(expect.arrayContaining(Object.keys(of.keeps)));
    expect(misjudged).toEqual([]);
  });
});
