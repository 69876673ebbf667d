import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readJunit } from '../../src/steps/read-junit.ts';

/** `name: outcome` of every case, in order; the reason where it was not read. */
function read(xml: string): string[] | string {
  const reading = readJunit(xml);
  return reading.ok ? reading.cases.map(({ name, outcome }) => `${name}: ${outcome}`) : reading.reason;
}

/** What is kept of those that failed. */
function failuresIn(xml: string) {
  const reading = readJunit(xml);
  return reading.ok
    ? reading.cases.flatMap(({ name, failure }) => (failure === undefined ? [] : [{ name, ...failure }]))
    : [];
}

describe('why a test failed is kept', () => {
  it('as node:test writes it today, with a file that cannot be loaded told apart', () => {
    const folder = mkdtempSync(join(tmpdir(), 'junit-'));
    writeFileSync(
      join(folder, 'sum.test.cjs'),
      `const assert = require('node:assert/strict');
      require('node:test').test('adds', () => assert.equal(2 - 3, 5));`,
    );
    writeFileSync(join(folder, 'lost.test.cjs'), `require('./nowhere.cjs');`);
    const { NODE_TEST_CONTEXT: _context, NODE_OPTIONS: _options, ...env } = process.env;
    const run = [
      '-e',
      `require('node:child_process').spawnSync(process.execPath, ['--test', '--test-reporter=junit'], { stdio: 'inherit' })`,
    ];
    const xml = execFileSync(process.execPath, run, { cwd: folder, env, encoding: 'utf8' });
    rmSync(folder, { recursive: true });

    const failures = failuresIn(xml);

    expect(failures).toMatchObject([
      { name: expect.stringMatching(/lost\.test\.cjs$/), noTest: 'it could not be loaded' },
      {
        name: expect.stringMatching(/sum\.test\.cjs › adds$/),
        message: 'Expected values to be strictly equal: -1 !== 5',
        noTest: null,
      },
    ]);
  });

  it('as pytest 9 writes it: an assertion, a file that cannot be imported, a fixture', () => {
    const xml = `<testsuites><testsuite name="pytest" errors="2" failures="1" tests="3">
      <testcase classname="tests.test_sum" name="test_add"><failure message="assert -1 == 5&#10; +  where">def test_add():
E   assert -1 == 5</failure></testcase>
      <testcase classname="" name="tests.test_lost"><error message="collection failure">ImportError while importing
E   ModuleNotFoundError: No module named 'nowhere'</error></testcase>
      <testcase classname="tests.test_db" name="test_db"><error message="failed on setup with &quot;RuntimeError: no&quot;">E</error></testcase>
    </testsuite></testsuites>`;

    expect(failuresIn(xml).map(({ name, message, noTest }) => [name, message, noTest])).toEqual([
      ['pytest › tests.test_sum › test_add', 'assert -1 == 5', null],
      ['pytest › tests.test_lost', 'collection failure', 'it could not be loaded'],
      ['pytest › tests.test_db › test_db', 'failed on setup with "RuntimeError: no"', 'it could not be loaded'],
    ]);
  });

  it('from CDATA too, by its first element, and never from one that passed', () => {
    const xml = `<testsuite name="s"><testcase name="a"><system-out>noise</system-out><failure><![CDATA[first
second]]></failure><error message="later"/></testcase>
      <testcase name="b"><system-err>noise</system-err></testcase></testsuite>`;

    expect(failuresIn(xml)).toEqual([{ name: 's › a', message: 'first', noTest: null }]);
  });

  it('within bounds, whatever stands there', () => {
    const big = 'x'.repeat(3_000_000);
    const xml = `<testsuite name="s"><testcase name="a"><failure message="${big}">${big}</failure></testcase></testsuite>`;

    expect(failuresIn(xml)).toEqual([{ name: 's › a', message: 'x'.repeat(300), noTest: null }]);
  });
});

describe('the report of', () => {
  it('node:test, as it writes it today', () => {
    const folder = mkdtempSync(join(tmpdir(), 'junit-'));
    const code = `
      const { describe, it, test } = require('node:test');
      describe('price', () => {
        describe('discount', () => {
          it('rounds once', () => {});
          it('rounds twice', () => { throw new Error('\\x1b[31mred\\x1b[0m <&">'); });
          it.skip('rounds never', () => {});
          it.todo('rounds later');
        });
      });
      test('a \\x1b[1mtop\\x1b[0m test', (t) => t.diagnostic('colours -- \\x1b[0m here too'));`;
    writeFileSync(join(folder, 'price.test.cjs'), code);
    // What a test run tells its children would make this one report to us.
    const { NODE_TEST_CONTEXT: _context, NODE_OPTIONS: _options, ...env } = process.env;
    const run = [
      '-e',
      `require('node:child_process').spawnSync(process.execPath, ['--test', '--test-reporter=junit'], { stdio: 'inherit' })`,
    ];
    const xml = execFileSync(process.execPath, run, { cwd: folder, env, encoding: 'utf8' });
    rmSync(folder, { recursive: true });

    const cases = read(xml);

    const file = /file="([^"]+)"/.exec(xml)?.[1];
    expect(cases).toEqual([
      `${file} › price › discount › rounds once: passed`,
      `${file} › price › discount › rounds twice: failed`,
      `${file} › price › discount › rounds never: skipped`,
      `${file} › price › discount › rounds later: skipped`,
      `${file} › a [1mtop [0m test: passed`,
    ]);
  });

  it('vitest', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8" ?>
      <testsuites name="vitest tests" tests="3" failures="1" errors="0" time="0.5">
        <testsuite name="test/price.test.ts" timestamp="2026-11-20T10:00:00.000Z" hostname="runner-1" tests="3" failures="1" errors="0" skipped="1" time="0.003">
          <testcase classname="test/price.test.ts" name="price &gt; rounds once" time="0.001"></testcase>
          <testcase classname="test/price.test.ts" name="price &gt; rounds never" time="0"><skipped/></testcase>
          <testcase classname="test/price.test.ts" name="price &gt; rounds twice" time="0.001">
            <failure message="expected 1 to be 2" type="AssertionError">AssertionError: expected 1 to be 2</failure>
          </testcase>
        </testsuite>
      </testsuites>`;

    expect(read(xml)).toEqual([
      'test/price.test.ts › price > rounds once: passed',
      'test/price.test.ts › price > rounds never: skipped',
      'test/price.test.ts › price > rounds twice: failed',
    ]);
  });

  it('jest-junit', () => {
    const xml = `<testsuites name="jest tests" tests="2" failures="0" errors="0" time="1.2">
        <testsuite name="price" errors="0" failures="0" skipped="1" timestamp="2026-11-20T10:00:00" time="0.8" tests="2">
          <testcase classname="price rounds once" name="price rounds once" time="0.004"></testcase>
          <testcase classname="price rounds never" name="price rounds never" time="0"><skipped/></testcase>
        </testsuite>
      </testsuites>`;

    expect(read(xml)).toEqual(['price › price rounds once: passed', 'price › price rounds never: skipped']);
  });

  it('mocha-junit-reporter', () => {
    const xml = `<testsuites name="Mocha Tests" time="0.0120" tests="1" failures="0">
        <testsuite name="Root Suite" timestamp="2026-11-20T10:00:00" tests="0" file="/home/runner/work/shop/shop/test/price.js" time="0.0000" failures="0"></testsuite>
        <testsuite name="price" timestamp="2026-11-20T10:00:00" tests="1" file="/home/runner/work/shop/shop/test/price.js" time="0.0010" failures="0">
          <testcase name="price rounds once" time="0.0010" classname="rounds once"></testcase>
        </testsuite>
      </testsuites>`;

    expect(read(xml)).toEqual(['test/price.js › price › rounds once › price rounds once: passed']);
  });

  it('pytest', () => {
    const xml = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="2" tests="5" time="0.042" timestamp="2026-11-20T10:00:00.000000+00:00" hostname="fv-az1">
        <testcase classname="tests.test_price.TestPrice" name="test_once[0.333-3]" time="0.001" />
        <testcase classname="tests.test_price" name="test_twice" time="0.002"><failure message="assert 1 == 2">def test_twice():&#10;&gt; assert 1 == 2</failure></testcase>
        <testcase classname="tests.test_price" name="test_setup" time="0.002"><error message="failed on setup">E</error></testcase>
        <testcase classname="tests.test_price" name="test_never" time="0.000"><skipped type="pytest.skip" message="later">x</skipped></testcase>
        <testcase classname="tests.test_price" name="test_expected" time="0.000"><skipped type="pytest.xfail" message="" /></testcase>
      </testsuite></testsuites>`;

    expect(read(xml)).toEqual([
      'pytest › tests.test_price.TestPrice › test_once[0.333-3]: passed',
      'pytest › tests.test_price › test_twice: failed',
      'pytest › tests.test_price › test_setup: failed',
      'pytest › tests.test_price › test_never: skipped',
      'pytest › tests.test_price › test_expected: skipped',
    ]);
  });

  it('Surefire, with tests that passed at a later try', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://example.test/s.xsd" version="3.0" name="com.acme.PriceTest" time="0.05" tests="3" errors="0" skipped="0" failures="1">
        <properties><property name="java.version" value="21"/></properties>
        <testcase name="roundsOnce" classname="com.acme.PriceTest" time="0.01"><system-out><![CDATA[<testcase name="not a test"/>]]></system-out></testcase>
        <testcase name="isFlaky" classname="com.acme.PriceTest" time="0.01"><flakyFailure message="x" type="E"><stackTrace><![CDATA[at]]></stackTrace></flakyFailure></testcase>
        <testcase name="roundsTwice" classname="com.acme.PriceTest" time="0.01"><failure message="x" type="E">at</failure><rerunFailure message="x" type="E"/></testcase>
      </testsuite>`;

    expect(read(xml)).toEqual([
      'com.acme.PriceTest › roundsOnce: passed',
      'com.acme.PriceTest › isFlaky: passed',
      'com.acme.PriceTest › roundsTwice: failed',
    ]);
  });

  it('gotestsum', () => {
    const xml = `<testsuites tests="2" failures="0" errors="0" time="0.1">
        <testsuite tests="2" failures="0" time="0.010000" name="example.test/shop/price" timestamp="2026-11-20T10:00:00Z">
          <properties><property name="go.version" value="go1.26 linux/amd64"></property></properties>
          <testcase classname="example.test/shop/price" name="TestRound/once" time="0.000000"></testcase>
          <testcase classname="example.test/shop/price" name="TestNever" time="0.000000"><skipped message="--- SKIP"></skipped></testcase>
        </testsuite>
      </testsuites>`;

    expect(read(xml)).toEqual([
      'example.test/shop/price › TestRound/once: passed',
      'example.test/shop/price › TestNever: skipped',
    ]);
  });

  it('cargo-nextest', () => {
    const xml = `<testsuites name="nextest-run" tests="2" failures="1" errors="0" uuid="45c50042-482e-477e-88ae-60cfcc3eaf8c" timestamp="2026-11-20T10:00:00.000+00:00" time="0.02">
        <testsuite name="shop::price" tests="2" disabled="0" errors="0" failures="1">
          <testcase name="tests::rounds_once" classname="shop::price" timestamp="2026-11-20T10:00:00.000+00:00" time="0.010"></testcase>
          <testcase name="tests::rounds_twice" classname="shop::price" timestamp="2026-11-20T10:00:00.000+00:00" time="0.004"><failure type="test failure">thread panicked</failure></testcase>
        </testsuite>
      </testsuites>`;

    expect(read(xml)).toEqual([
      'shop::price › tests::rounds_once: passed',
      'shop::price › tests::rounds_twice: failed',
    ]);
  });

  it('GoogleTest, which says in an attribute what did not run', () => {
    const xml = `<testsuites name="AllTests"><testsuite name="Price">
        <testcase name="Once" status="run" result="completed" classname="Price"/>
        <testcase name="DISABLED_Never" status="notrun" result="suppressed" classname="Price"/>
      </testsuite></testsuites>`;

    expect(read(xml)).toEqual(['Price › Once: passed', 'Price › DISABLED_Never: skipped']);
  });
});

describe('a case', () => {
  const inSuite = (xml: string) => read(`<testsuite name="s">${xml}</testsuite>`);

  test.each([
    ['with a failure and a skip', '<testcase name="a"><skipped/><failure/></testcase>', 's › a: failed'],
    ['with a failure before a skip', '<testcase name="a"><failure/><skipped/></testcase>', 's › a: failed'],
    ['that says it passed and did not', '<testcase name="a" status="passed"><error/></testcase>', 's › a: failed'],
    ['that says it failed', '<testcase name="a" result="FAILED"/>', 's › a: failed'],
    ['with a failure deeper inside', '<testcase name="a"><x><failure/></x></testcase>', 's › a: passed'],
    ['without a name', '<testcase/>', 's › (no name): passed'],
  ])('%s', (_what, xml, shown) => {
    expect(inSuite(xml)).toEqual([shown]);
  });

  it('may stand between nested suites', () => {
    const xml =
      '<testsuites><testsuite name="a"><testcase name="1"/><testsuite name="b"><testcase name="2"/></testsuite>' +
      '<testcase name="3"/></testsuite><testcase name="4"/></testsuites>';

    expect(read(xml)).toEqual(['a › 1: passed', 'a › b › 2: passed', 'a › 3: passed', '4: passed']);
  });
});

describe('a document is not read', () => {
  const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from(
    { length: 9 },
    (_, index) => `<!ENTITY lol${index + 1} "${`&lol${index || ''};`.repeat(10)}">`,
  ).join('')}]><testsuites><testcase name="&lol9;"/></testsuites>`;
  const outside =
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuites><testcase name="&x;"/></testsuites>';
  const nested = (element: string, depth: number) => `<testsuites>${`<${element}>`.repeat(depth)}`;

  test.each([
    ['with entities of its own', laughs, 'it has a DOCTYPE'],
    ['with entities from outside', outside, 'it has a DOCTYPE'],
    ['with a bare DOCTYPE', '<!DOCTYPE testsuites><testsuites/>', 'it has a DOCTYPE'],
    ['that is nested too deep', nested('testsuite', 60), 'its elements are nested more than 50 deep'],
    ['that is nested too deep elsewhere', nested('x', 60), 'its elements are nested more than 50 deep'],
    ['with a case in a case', nested('testcase', 2), 'a test case stands in another one'],
    [
      'with too many attributes',
      `<testsuites ${Array.from({ length: 65 }, (_, index) => `a${index}="" `).join('')}/>`,
      'an element has more than 64 attributes',
    ],
    [
      'with too many cases',
      `<testsuite>${'<testcase/>'.repeat(50_001)}</testsuite>`,
      'it has more than 50,000 test cases',
    ],
    [
      'with too many suites',
      `<testsuites>${'<testsuite/>'.repeat(50_001)}</testsuites>`,
      'it has more than 50,000 test suites',
    ],
    ['that is too large', `<testsuites>${' '.repeat(16 * 1024 * 1024)}</testsuites>`, 'it is larger than 16 MB'],
  ])('%s', (_what, xml, reason) => {
    expect(readJunit(xml)).toEqual({ ok: false, reason, isForeign: false });
  });

  test.each([
    ['nothing', ''],
    ['text', 'all tests passed'],
    ['an entity nobody defined', '<testsuites>&lol;</testsuites>'],
    ['an entity that every object has', '<testsuites>&constructor;&__proto__;</testsuites>'],
    ['a suite that does not end', '<testsuites><testcase name="a"/>'],
    ['tags that cross', '<testsuites><testsuite></testsuites></testsuite>'],
    ['two roots', '<testsuites/><testsuites/>'],
    ['an attribute twice', '<testsuites><testcase name="a" name="b"/></testsuites>'],
    ['an attribute without quotes', '<testsuites><testcase name=a/></testsuites>'],
    ['text behind the root', '<testsuites/>passed'],
  ])('that is %s', (_what, xml) => {
    expect(readJunit(xml)).toMatchObject({
      ok: false,
      isForeign: false,
      reason: expect.stringMatching(/^it is not well-formed XML \([^\n]{1,300}\)$/),
    });
  });

  test.each(['<html/>', '<testng-results/>', '<coverage><testsuite/></coverage>', '<testcase name="a"/>'])(
    'that is of another kind: %s',
    (xml) => {
      expect(readJunit(xml)).toMatchObject({ ok: false, isForeign: true });
    },
  );
});

it('reads through control characters, raw and as references, which are no XML', () => {
  const xml = '<testsuites><testcase name="a\x1b[31m&#27;&#x1B;&#x0;b&#10;&#x41;"/>\x00\x08</testsuites>';

  expect(read(xml)).toEqual(['a [31m b A: passed']);
});

const failedCase = (printed: string, length: number): string =>
  `<testcase><failure/><system-out>${printed.repeat(length / printed.length)}</system-out></testcase>`;

test.each<[what: string, xml: string]>([
  ['small elements', `<testsuites>${'<a/>'.repeat(4_000_000)}</testsuites>`],
  ['one name', `<testsuites><testcase name="${'/work/a/a/'.repeat(1_600_000)}"/></testsuites>`],
  ['references', `<testsuites>${'&#27;'.repeat(3_000_000)}</testsuites>`],
  ['one reference', `<testsuites>&#${'0'.repeat(16_000_000)}65;</testsuites>`],
  ['a DOCTYPE', `<!DOCTYPE a [${'<!ENTITY a "b">'.repeat(1_000_000)}]><testsuites/>`],
  [
    'deep suites of long names',
    `${`<testsuite name="${'n '.repeat(499)}">`.repeat(48)}${'<testcase/>'.repeat(50_000)}${'</testsuite>'.repeat(48)}`,
  ],
  [
    'failed cases that print much',
    `<testsuite>${failedCase("thread '' panicked at ", 8_000).repeat(2_000)}</testsuite>`,
  ],
  ['many of them', `<testsuite>${failedCase("thread '' panicked at ", 740).repeat(20_000)}</testsuite>`],
  ['many lines that they print', `<testsuite>${failedCase("thread ''\n", 8_000).repeat(2_000)}</testsuite>`],
])('reads or refuses sixteen megabytes of %s in seconds', (_what, xml) => {
  const before = process.cpuUsage();

  readJunit(xml);

  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000_000).toBeLessThan(5);
});

test('whatever the text is, reading ends, and names are short, shown and well-formed', () => {
  const piece = fc.constantFrom(
    '<testsuites>',
    '</testsuites>',
    '<testsuite name="s">',
    '</testsuite>',
    '<testcase name="a">',
    '</testcase>',
    '<testcase name="b" classname="c"/>',
    '<failure/>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?x',
    '?>',
    '&amp;',
    '&#',
    '\ud800',
    '\x1b[0m',
    '"',
    '<',
  );
  const name = fc.string({ unit: 'binary', maxLength: 500 }).map((text) => text.replaceAll(/[<&"]/g, '_'));
  const valid = fc.array(name, { maxLength: 5 }).map((names) => {
    const cases = names.map((one) => `<testcase name="${one}" classname="${one}"/>`).join('');
    return `<testsuites><testsuite name="${names[0] ?? ''}">${cases}</testsuite></testsuites>`;
  });
  const broken = fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(valid, broken), (xml) => {
      const reading = readJunit(xml);

      if (!reading.ok) expect(reading.reason).toMatch(/^[^\n]{1,400}$/);
      else {
        for (const { name: shown } of reading.cases) {
          expect(shown.length).toBeLessThanOrEqual(300);
          expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

describe('what failed, by a report', () => {
  const failuresIn = (xml: string) => {
    const reading = readJunit(xml);
    return reading.ok ? reading.failures : reading.reason;
  };

  it('has the name of its case, the message, the place and the words', () => {
    const xml = `<testsuite name="cart.test.ts"><testcase name="adds"/>
      <testcase name="rounds" classname="cart" file="cart.test.ts" line="12">
        <failure message="expected 98&#10;to be 99" type="AssertionError"><![CDATA[AssertionError: expected 98 to be 99
    at cart.test.ts:14:3
    at node:internal/process:1:1]]></failure>
        <system-out>not this</system-out>
      </testcase></testsuite>`;

    expect(failuresIn(xml)).toEqual([
      {
        tool: 'JUnit',
        nature: 'test',
        test: 'cart.test.ts › cart › rounds',
        path: 'cart.test.ts',
        line: 12,
        message: 'expected 98 to be 99',
        excerpt: 'AssertionError: expected 98 to be 99\n    at cart.test.ts:14:3',
      },
    ]);
  });

  it('is no test where a file could not even be collected', () => {
    const xml =
      '<testsuite><testcase name="test_b"><error message="collection failure">No module</error></testcase></testsuite>';

    expect(failuresIn(xml)).toEqual([
      expect.objectContaining({ nature: 'build', message: 'test_b: collection failure' }),
    ]);
  });

  it('is bounded in number and length', () => {
    const one = `<testcase name="a"><failure message="${'m'.repeat(5_000)}">${'w'.repeat(50_000)}</failure></testcase>`;

    const failures = failuresIn(`<testsuite>${one.repeat(300)}</testsuite>`);

    expect(failures).toHaveLength(200);
    expect(JSON.stringify(failures).length).toBeLessThan(200 * 4_000);
  });
});
