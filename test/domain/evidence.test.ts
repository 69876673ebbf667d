import { describe, expect, it } from 'vitest';
import { type TestedPatch, weighEvidence } from '../../src/domain/evidence.ts';
import { type Inventory, type TestCase, takeInventory, takeReport } from '../../src/domain/inventory.ts';
import type { Reproduced } from '../../src/domain/reproduction.ts';
import { judgeReproduction } from '../../src/domain/reproduction-finding.ts';
import type { TestedBase } from '../../src/domain/tested-base.ts';
import { sha } from '../support/sample-fix.ts';

const passed = (name: string): TestCase => ({ name, outcome: 'passed' });
const skipped = (name: string): TestCase => ({ name, outcome: 'skipped' });
const failed = (name: string, noTest: string | null = null): TestCase => ({
  name,
  outcome: 'failed',
  failure: { message: `${name} said no`, noTest },
});
const inventory = (...cases: TestCase[]): Inventory => takeInventory(cases);

/** The base has one test, which passes. */
const tested = (cases: readonly TestCase[], facts: Partial<TestedBase> = {}): TestedBase => ({
  check: 'test',
  base: inventory(passed('old')),
  tests: takeReport([passed('old'), ...cases]),
  isRed: true,
  ...facts,
});

describe('tests that were written first', () => {
  it('are reproduced when one of them fails by itself on the base', () => {
    const finding = judgeReproduction(['sum adds'], [tested([failed('sum › adds')])]);

    expect(finding).toEqual({
      kind: 'reproduced',
      tests: [{ check: 'test', name: 'sum › adds', message: 'sum › adds said no' }],
      passing: [],
    });
  });

  it('are reproduced by those that fail; the others are told', () => {
    const finding = judgeReproduction(['adds', 'keeps'], [tested([failed('adds'), passed('keeps')])]);

    expect(finding).toMatchObject({ kind: 'reproduced', tests: [{ name: 'adds' }], passing: ['keeps'] });
  });

  it('count in whichever check they ran', () => {
    const other = tested([], { check: 'lint', tests: undefined, base: undefined });

    const finding = judgeReproduction(['adds'], [other, tested([failed('adds')], { check: 'unit' })]);

    expect(finding).toMatchObject({ kind: 'reproduced', tests: [{ check: 'unit' }] });
  });

  it('that pass on the base do not show the bug', () => {
    expect(judgeReproduction(['adds'], [tested([passed('adds')])])).toEqual({ kind: 'passes', passing: ['adds'] });
  });

  it('that stand on the base already and pass there do not show it either', () => {
    expect(judgeReproduction(['old'], [tested([])])).toEqual({ kind: 'passes', passing: ['old'] });
  });

  it.each([
    ['a file that could not be loaded', [failed('adds.test.js', 'it could not be loaded')], 'could not be loaded'],
    ['a test that lacks what it imports', [failed('adds', 'it lacks what it imports')], 'lacks what it imports'],
    [
      'a file beside it that could not be loaded',
      [failed('adds'), failed('b.test.js', 'it could not be loaded')],
      'b.test.js',
    ],
    ['a test that did not run', [failed('multiplies')], 'is in no report'],
    ['a test that was skipped', [skipped('adds')], 'was skipped'],
  ])('are no evidence with %s', (_what, cases, said) => {
    const finding = judgeReproduction(['adds'], [tested(cases)]);

    expect(finding).toMatchObject({ kind: 'no-evidence' });
    expect(JSON.stringify(finding)).toContain(said);
  });

  it('are no evidence when a test of the base is lost by them', () => {
    const lost = tested([], { tests: takeReport([failed('adds')]) });

    expect(JSON.stringify(judgeReproduction(['adds'], [lost]))).toContain('passed on the base did not run');
  });

  it('are no evidence in a check that is green all the same', () => {
    const finding = judgeReproduction(['adds'], [tested([failed('adds')], { isRed: false })]);

    expect(JSON.stringify(finding)).toContain('the check passes although its report says');
  });

  it('are no evidence without a report', () => {
    const finding = judgeReproduction(['adds'], [tested([], { tests: undefined })]);

    expect(finding).toEqual({ kind: 'no-evidence', why: ['no check kept a test report that can be read'] });
  });

  it('say nothing of a file that cannot be loaded on the base either', () => {
    const broken = failed('broken.test.js', 'it could not be loaded');
    const facts = {
      base: inventory(passed('old'), broken),
      tests: takeReport([passed('old'), broken, failed('adds')]),
    };

    expect(judgeReproduction(['adds'], [tested([], facts)])).toMatchObject({ kind: 'reproduced' });
  });
});

describe('reports of tens of thousands of tests', () => {
  const many = Array.from({ length: 25_000 }, (_, index) => failed(`suite ${index % 100} › case ${index} › adds`));

  it.each([
    ['that all end alike', many, 'adds'],
    ['of which none is meant', many, 'x > y > z > adds nothing'],
  ])('%s are held against what was named in a moment', (_what, cases, said) => {
    const before = process.cpuUsage();

    judgeReproduction(
      Array.from({ length: 10 }, () => said),
      [tested(cases)],
    );
    weighEvidence([patch(cases, inventory(...cases.map(({ name }) => passed(name))))], null, {
      tests: 'r',
      base: null,
    });

    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000_000).toBeLessThan(3);
  });

  it('show one that fails beside many of its name that pass', () => {
    const cases = [...many.map(({ name }) => passed(name)), failed('z › adds')];

    expect(judgeReproduction(['adds'], [tested(cases)])).toMatchObject({ kind: 'reproduced' });
  });
});

const patch = (cases: readonly TestCase[], candidate: Inventory, facts: Partial<TestedBase> = {}): TestedPatch => ({
  ...tested(cases, facts),
  candidate,
});
const noRuns = { tests: null, base: null };
const reproduced: Reproduced = {
  tests: [{ check: 'test', name: 'adds', message: 'no' }],
  runUrl: 'https://github.test/run/1',
  digest: 'd',
  base: sha('a'),
};

describe('the evidence of a green patch', () => {
  it('is each test that failed without the change and passes with it', () => {
    const run = patch([failed('adds'), passed('keeps'), failed('gone')], inventory(passed('adds'), passed('keeps')));

    expect(weighEvidence([run], null, { tests: 'https://github.test/run/2', base: null })).toEqual({
      kind: 'seen',
      tests: [{ check: 'test', name: 'adds', message: 'adds said no' }],
      passing: ['keeps'],
      failedIn: 'https://github.test/run/2',
    });
  });

  it('is what was seen before the patch, where the tests are the same', () => {
    const run = patch([], inventory(passed('adds')), { tests: undefined, isRed: false });

    expect(weighEvidence([run], reproduced, noRuns)).toMatchObject({
      kind: 'seen',
      tests: reproduced.tests,
      failedIn: reproduced.runUrl,
    });
  });

  it('is never a test that was not seen passing with it', () => {
    const run = patch([], inventory(skipped('adds')), { tests: undefined, isRed: false });

    expect(weighEvidence([run], reproduced, noRuns)).toMatchObject({ kind: 'none' });
  });

  it('is unproven where its tests pass without the change', () => {
    const run = patch([passed('adds')], inventory(passed('adds')), { isRed: false });

    expect(weighEvidence([run], null, { tests: 'r', base: null })).toEqual({
      kind: 'unproven',
      passing: ['adds'],
      failedIn: 'r',
    });
  });

  it('is none, with the file, where its tests cannot be loaded without the change', () => {
    const run = patch([failed('adds.test.js', 'it could not be loaded')], inventory(passed('adds')));

    const evidence = weighEvidence([run], null, { tests: 'r', base: null });

    expect(evidence).toMatchObject({ kind: 'none', reason: expect.stringContaining('"adds.test.js"') });
  });

  it('is none without tests', () => {
    const run = patch([], inventory(passed('old')), { tests: undefined, isRed: false });

    expect(weighEvidence([run], null, noRuns)).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('adds no'),
    });
  });

  const base = inventory(passed('old'), failed('adds'), failed('/x/broken.test.js'));
  const candidate = inventory(passed('old'), passed('adds'), passed('/x/broken.test.js'), passed('keeps'));

  it('is at least a test that failed on the base before anybody wrote one, and passes now', () => {
    const run = patch([], candidate, { base, tests: undefined, isRed: false });

    expect(weighEvidence([run], null, { tests: null, base: 'https://github.test/run/3' })).toEqual({
      kind: 'mended',
      tests: [{ check: 'test', name: 'adds', message: '' }],
      failedIn: 'https://github.test/run/3',
    });
  });

  it('is no test that failed on the base once and passes there with the new tests', () => {
    const again = patch([passed('adds')], candidate, { base: { ...base, leftOut: 1 }, isRed: false });

    expect(weighEvidence([again], null, { tests: 'r', base: 'b' })).toMatchObject({ kind: 'none' });
  });

  it('stays unproven beside a test of another check that failed on the base once', () => {
    const added = patch([passed('keeps')], candidate, { isRed: false });
    const other = patch([], candidate, { check: 'other', base, tests: undefined, isRed: false });

    expect(weighEvidence([added, other], null, { tests: 'r', base: 'b' })).toMatchObject({
      kind: 'unproven',
      passing: ['keeps'],
    });
  });

  it.each([
    ['its base left no report', undefined],
    ['its base has more tests than are kept', { ...inventory(passed('old')), leftOut: 1 }],
  ])('takes no test for a new one where %s', (_what, known) => {
    const run = patch([passed('keeps')], candidate, { base: known, isRed: false });

    expect(weighEvidence([run], null, { tests: 'r', base: null })).toMatchObject({ kind: 'none' });
  });
});
