/** How a family of languages writes tests. Lists of patterns are asked of single lines. */
export interface TestLanguage {
  /** Every declared test in a text; the first group that took part is its name. */
  readonly tests: RegExp;
  /** A line that judges: an assertion, a part of one, or a value that one compares with. */
  readonly assertion: readonly RegExp[];
  /** A line that cannot fail. */
  readonly trivial: readonly RegExp[];
  /** Takes a test out, on whatever machine. */
  readonly skip: readonly RegExp[];
  /** Takes a test out on some condition, or turns its result around. A new test may start that way. */
  readonly condition: readonly RegExp[];
  /** Leaves only this test and takes out all others. */
  readonly focus: readonly RegExp[];
  readonly comment: RegExp;
  /** Where a product file begins to hold tests. */
  readonly inline: RegExp | null;
}

const slashes = /^(?:\/\/|\/\*|\*)/;
const hashes = /^#/;
/** A quoted text, its inside in one of three groups. A quote that is not closed ends the match before it. */
const quoted = String.raw`(?:'((?:[^'\\\n]|\\.){0,300})'|"((?:[^"\\\n]|\\.){0,300})"|\`((?:[^\`\\\n]|\\.){0,300})\`)`;
/** The name of what an attribute or annotation stands on. */
const nextFunction = String.raw`(?:[^{;]{0,400}?\b(?:void|fun|fn|Task)\s+(\w+|\`[^\`\n]{1,200}\`))?`;

const javascript: TestLanguage = {
  tests: new RegExp(
    String.raw`(?<![.\w$])(?:(?:t|Deno|QUnit)\.)?(?:it|test|specify|xit|xtest|xspecify|fit)(?:\.(?!each\b|for\b)\w+){0,4}\s*(?:\(\s*${quoted}?|\.(?:each|for)\b)`,
    'g',
  ),
  assertion: [
    /\bexpect\w*\s*[.(<]|\bassert\w*\s*[.(<]|\.should\b|\bshould[.(]/,
    /\.to(?:Be|Equal|Strict|Match|Contain|Have|Throw|Return|Satisfy|Resolve|Reject)\w*\(/,
    /^\)?\.(?:not|to|resolves|rejects)\b/,
    /\bt\.(?:is|not|deepEqual|true|false|truthy|falsy|throws|equal|same|ok|notOk|plan|like|regex|fail|pass)\w*\(/,
    /^(?:await )?(?:strictEqual|deepStrictEqual|deepEqual|equal|notEqual|ok|throws|rejects|match|fail)\s*\(/,
    /\b(?:expected|wanted|golden)\w*\s*[:=]/,
  ],
  trivial: [
    /\bexpect\s*\(\s*(?:true|1)\s*\)\.(?:to\.be\.(?:true|ok)\b|to(?:Be|Equal|StrictEqual|BeTruthy|BeDefined)\(\s*(?:(?:true|1)\s*)?\))/,
    /\bexpect\s*\(\s*(?:false|0)\s*\)\.(?:to\.be\.false\b|to(?:Be|Equal|BeFalsy)\()/,
    /\bexpect\s*\(([\w.]{1,80})\)\.to(?:Be|Equal|StrictEqual)\(\1\)/,
    /\bassert(?:\.ok)?\s*\(\s*(?:true|1)\s*[,)]|\bassert\.\w+\(\s*([\w.]{1,80}),\s*\1\s*[,)]/,
    /\b(?:expect|assert)\b[^|]{0,200}\|\| ?(?:true|1)\b/,
  ],
  skip: [
    /\b(?:it|test|describe|suite|context|specify|step|fixture)(?:\.(?!skip\b)\w+){0,3}\.(?:skip|fixme|fails|failing)\s*[.(`]/,
    /(?<![.\w$])(?:xit|xtest|xdescribe|xcontext|xspecify|pending)\s*\(|[{,]\s*skip\s*:\s*(?:true|['"])/,
  ],
  condition: [
    /\.(?:skipIf|runIf)\s*\(|\b(?:this|t|ctx|testInfo)\.(?:skip|todo|fixme)\s*\(/,
    /\b(?:it|test|describe)(?:\.\w+){0,3}\.todo\b|[{,]\s*(?:skip|todo)\s*:(?!\s*\d)|\bretryTimes\s*\(/,
    /\bthis\.retries\s*\(/,
  ],
  focus: [
    /\b(?:it|test|describe|suite|context|specify|fixture)(?:\.(?!only)\w+){0,3}\.only\s*[.(`]/,
    /(?<![.\w$])(?:fit|fdescribe|fcontext)\s*\(|[{,]\s*only\s*:\s*true/,
  ],
  comment: slashes,
  inline: /\bimport\.meta\.vitest\b/,
};

const python: TestLanguage = {
  tests: /^[ \t]*(?:(?:async[ \t]+)?def[ \t]+(test\w*)|class[ \t]+(Test\w*|\w+Tests?)\b)/gm,
  assertion: [
    /^assert\b|\bself\.(?:assert|fail)\w*/,
    /\bpytest\.(?:raises|warns|approx|fail|mark\.parametrize|deprecated_call)\b|\bassert_\w+\s*\(/,
    /^\)\s*(?:==|!=|is\b|in\b|not\b|<|>)|\b(?:expected|wanted|golden)\w*["']?\s*[:=]/,
  ],
  trivial: [
    /^assert\s+(?:True|1|not False|not None)\b(?!\s*[=!<>])|^assert\s+([\w.]{1,80})\s*==\s*\1$/,
    /\bassertTrue\(\s*True\b|\bassertFalse\(\s*False\b|\bassertEqual\(\s*([\w.]{1,80}),\s*\1\s*\)/,
    /^(?:assert|self\.assert)\b[^#]{0,200}\bor (?:True|1)\b/,
  ],
  skip: [
    /\bpytest\.mark\.(?:skip|xfail)\b|\b(?:unittest\.)?(?:expectedFailure|SkipTest)\b/,
    /@(?:unittest\.)?skip\b|\bcollect_ignore\w*\b|\b__test__\s*=\s*False\b/,
  ],
  condition: [
    /\bpytest\.(?:mark\.)?skipif\b|\bpytest\.(?:skip|xfail|importorskip)\b|\bskip(?:If|Unless)\s*\(/,
    /\bself\.skipTest\s*\(|\bmark\.flaky\b/,
  ],
  focus: [],
  comment: hashes,
  inline: null,
};

const go: TestLanguage = {
  tests: new RegExp(
    String.raw`^[ \t]*func[ \t]+(?:\([^)\n]{0,100}\)[ \t]*)?((?:Test|Benchmark|Example|Fuzz)\w*)[ \t]*\(|\bt\.Run\(\s*${quoted}?`,
    'gm',
  ),
  assertion: [
    /\b[tb]\.(?:Error|Fatal|Fail)\w*|\b(?:assert|require|must|is|qt|cmp)\.\w+\(|\bExpect\w*\(/,
    /\.(?:Should|To|NotTo)\(|^(?:\} else )?if\b|^(?:case|default)\b/,
    /\b(?:want|expect|expected)\w*\s*:?[:=]|^\/\/ Output:/,
  ],
  trivial: [/\b(?:assert|require)\.(?:True\(\s*t,\s*true\b|Equal\(\s*t,\s*([\w.]{1,80}),\s*\1\s*[,)])/, /^if false\b/],
  skip: [],
  condition: [/^\/\/(?:go:| \+)build\b|\b[tb]\.Skip\w*\(|\btesting\.Short\(\)/],
  focus: [/^FIt\(|^FDescribe\(|\bF(?:It|Describe|Context|Entry)\(/],
  comment: /^(?:\/\/(?! Output:|go:build| \+build)|\/\*|\*)/,
  inline: null,
};

const jvm: TestLanguage = {
  tests: new RegExp(
    String.raw`@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property)\b${nextFunction}|(?<![.\w])(?:test|it|should|scenario|given)\s*\(\s*${quoted}`,
    'g',
  ),
  assertion: [
    /\bassert\w*\s*[({]|\bassert\s|\bverify\w*\s*[({]|\bfail\s*\(|\bshould\w*\b|\bexpect\w*\s*[({]/,
    /^\.(?:is|has|contains|does|matches|starts|ends|satisfies|extracting|all|any|none|and)\w*\(/,
    /@(?:CsvSource|ValueSource|EnumSource|MethodSource)\b|\bArguments\.(?:of|arguments)\(/,
    /\bexpected\w*\s*=/,
  ],
  trivial: [
    /\bassertTrue\(\s*true\b|\bassertFalse\(\s*false\b|\bassert\w*Equals?\(\s*([\w.]{1,80}),\s*\1\s*\)/,
    /\bassertThat\(\s*true\s*\)|\bassert\w*\([^|]{0,200}\|\| ?true\b/,
  ],
  skip: [
    /@(?:Disabled|Ignore)\b(?!If|On|In)|\benabled\s*=\s*false\b/,
    /(?<![.\w])x(?:it|describe|test|should|context)\s*\(/,
  ],
  condition: [
    /@(?:Disabled|Enabled)(?:If|On|For|In)\w*|\bassume(?:True|False|That|NotNull)\w*\s*\(/,
    /@(?:Flaky|RetryingTest)\b/,
  ],
  focus: [/(?<![.\w])f(?:it|describe|context)\s*\(/],
  comment: slashes,
  inline: null,
};

const rust: TestLanguage = {
  tests: new RegExp(
    String.raw`#\[(?:\w+::)?(?:test|rstest|test_case|wasm_bindgen_test|quickcheck)\b${nextFunction}`,
    'g',
  ),
  assertion: [
    /\b(?:debug_|prop_)?assert\w*!|\bassert_\w+\(|\b(?:panic|unreachable)!|\b(?:unwrap|expect)_err\b/,
    /\bexpected\w*\s*[:=]|#\[(?:case|test_case)\b/,
  ],
  trivial: [/\bassert!\(\s*true\b|\bassert_eq!\(\s*([\w.]{1,80}),\s*\1\s*[,)]/, /\bassert!\([^|]{0,200}\|\| ?true\b/],
  skip: [/#\[ignore\b|#\[cfg\((?:any\(\)|not\(test\)|FALSE)/],
  condition: [/#\[should_panic\b|#\[cfg_attr\b[^\]]{0,200}\bignore\b/],
  focus: [],
  comment: slashes,
  inline: /#\[(?:cfg\(test\)|test\]|\w+::test\b)/,
};

const ruby: TestLanguage = {
  tests: new RegExp(
    String.raw`(?<![.\w:])(?:it|specify|scenario|test|example|should|xit|fit)\b[ \t(]*${quoted}|\bdef[ \t]+(test_\w+[?!]?)`,
    'g',
  ),
  assertion: [
    /(?<![.\w])(?:assert|refute|flunk)\w*|\b(?:must|wont)_\w+|\bexpect\w*\s*[({]|\.should\b/,
    /\bis_expected\b|\bshould(?:_not)?\b|^\)?\.(?:not_)?to(?:_not)?\b|\bexpected\w*\s*=/,
  ],
  trivial: [
    /\bassert(?:\s+|\(\s*)true\b|\bexpect\(true\)|\bassert_equal[\s(]\s*([\w.]{1,80}),\s*\1\s*\)?$/,
    /\bassert\b[^|]{0,200}\|\| ?true\b/,
  ],
  skip: [/(?<![.\w])(?:xit|xdescribe|xcontext|xspecify|xscenario)\b|,\s*:?(?:skip|pending)\b/],
  condition: [/^(?:skip|pending)\b/],
  focus: [/(?<![.\w])(?:fit|fdescribe|fcontext)\b|,\s*:focus\b|\bfocus:\s*true\b/],
  comment: hashes,
  inline: null,
};

const csharp: TestLanguage = {
  tests: new RegExp(
    String.raw`\[(?:Fact|Theory|Test|TestMethod|DataTestMethod|TestCaseSource|Property)\b${nextFunction}`,
    'g',
  ),
  assertion: [
    /\bAssert\w*\.\w+|\.Should\w*\(|\bVerify\w*\(|\bExpect\w*\(/,
    /\[(?:InlineData|TestCase|DataRow|MemberData|ClassData)\b/,
    /^\.(?:Be|Have|Contain|Equal|Not|And|Throw)\w*\b|\bexpected\w*\s*=/,
  ],
  trivial: [
    /\bAssert\.(?:True|IsTrue|That)\(\s*true\s*[,)]/,
    /\bAssert\.(?:Equal|AreEqual)\(\s*([\w.]{1,80}),\s*\1\s*[,)]|\bAssert\b[^|]{0,200}\|\| ?true\b/,
  ],
  skip: [/\bSkip\s*=\s*["'@$]|\[(?:Ignore|Explicit)\b/],
  condition: [/\bAssert\.(?:Ignore|Inconclusive)\s*\(|\bSkip\.(?:If|IfNot|Unless)\s*\(|\[Retry\b/],
  focus: [],
  comment: slashes,
  inline: null,
};

/** For languages without an entry of their own: what most frameworks call things. */
const other: TestLanguage = {
  tests: new RegExp(
    String.raw`\bfunc(?:tion)?[ \t]+(test\w*)|\bTEST\w*\s*\(\s*([^()\n]{0,200})\)|(?<![.\w])(?:@test|test|it|TEST_CASE)[ \t(]+${quoted}`,
    'g',
  ),
  assertion: [
    /\b(?:assert|expect|should|verify|require|refute|XCTAssert|CHECK|EXPECT|ASSERT|REQUIRE)\w*/,
    /\bfail\(|\bexpected\w*\s*=/,
  ],
  trivial: [/\b(?:assert|ASSERT_TRUE|EXPECT_TRUE|XCTAssertTrue|CHECK|REQUIRE|assertTrue|expect)\(\s*true\s*[,)]/i],
  skip: [/\bDISABLED_\w+|\bmarkTestSkipped\b|\bmarkTestIncomplete\b|@tag :skip|@skip\b/],
  condition: [/\bXCTSkip\w*|\bGTEST_SKIP\b|\bskip:|^skip\b/],
  focus: [],
  comment: /^(?:\/\/|\/\*|\*|#|--)/,
  inline: null,
};

const byExtension: Readonly<Record<string, TestLanguage>> = {
  ...extensions('js jsx mjs cjs ts tsx mts cts vue svelte', javascript),
  ...extensions('py pyi', python),
  ...extensions('go', go),
  ...extensions('java kt kts scala groovy', jvm),
  ...extensions('rs', rust),
  ...extensions('rb rake', ruby),
  ...extensions('cs fs vb', csharp),
  ...extensions(
    'c h cc cpp cxx hpp m mm swift dart ex exs php lua pl t sh bash bats r jl hs ml clj erl zig nim',
    other,
  ),
};

function extensions(names: string, language: TestLanguage): Record<string, TestLanguage> {
  return Object.fromEntries(names.split(' ').map((name) => [name, language]));
}

/** Null for what is no code. */
export function languageOf(path: string): TestLanguage | null {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(byExtension, extension) ? (byExtension[extension] ?? null) : null;
}
