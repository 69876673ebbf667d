import { SaxesParser } from 'saxes';
import type { Failure } from '../domain/failure.ts';
import type { TestCase, TestOutcome } from '../domain/inventory.ts';
import { at, excerptOf, linesOf, messageOf } from './failure-readers/reader.ts';
import { plainText } from './plain-log.ts';
import { bounded, stableName } from './stable-name.ts';

/**
 * Reads the JUnit XML of whatever test runner: node:test, vitest, jest-junit, mocha, pytest, Surefire, gotestsum,
 * nextest and their like, which agree on `testsuite`, `testcase` and what stands in one that did not pass.
 *
 * The document was written by code that nobody has read. It is well-formed XML without a DOCTYPE, or it is not read.
 */
export type JunitReading =
  | { readonly ok: true; readonly cases: readonly TestCase[]; readonly failures: readonly Failure[] }
  /** `isForeign`: some other kind of document, which may lie beside a report. */
  | { readonly ok: false; readonly reason: string; readonly isForeign: boolean };

const maxLength = 16 * 1024 * 1024;
const maxDepth = 50;
const maxAttributes = 64;
const maxCases = 50_000;
const maxSuites = 50_000;
/** Further ones are only cases that failed. */
const maxFailures = 200;
const maxWordsLength = 8_000;

export function readJunit(xml: string): JunitReading {
  if (xml.length > maxLength) return { ok: false, reason: 'it is larger than 16 MB', isForeign: false };
  const cases: TestCase[] = [];
  const failures: Failure[] = [];
  try {
    const parser = new SaxesParser({ position: false });
    listen(parser, cases, failures);
    parser.write(withoutControls(xml)).close();
    return { ok: true, cases, failures };
  } catch (error) {
    // Nothing but a throw stops the parser; its own errors are about the text alone.
    if (error instanceof Refusal) return { ok: false, reason: error.message, isForeign: error.isForeign };
    const finding = error instanceof Error ? stableName(error.message) : '';
    return { ok: false, reason: `it is not well-formed XML (${finding})`, isForeign: false };
  }
}

class Refusal extends Error {
  readonly isForeign: boolean;
  constructor(reason: string, isForeign = false) {
    super(reason);
    this.isForeign = isForeign;
  }
}

/**
 * Reporters copy colours and other controls out of test names and messages, raw (node:test) or as references; neither
 * is allowed in XML, and neither says anything about its structure.
 */
const withoutControls = (xml: string): string =>
  xml
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+/g, '\ufffd')
    .replaceAll(/&#(?:0{0,8}(?:[0-8]|1[124-9]|2\d|3[01])|x0{0,8}(?:[0-8bcef]|1[0-9a-f]));/gi, '\ufffd')
    .toWellFormed();

interface Suite {
  /** The names down to here, joined; bounded, so that deep suites of long names cost no more than others. */
  readonly path: string;
  /** The same as some reporters write it into `classname`. */
  readonly dotted: string;
  readonly names: readonly string[];
  readonly file: string;
}

interface OpenCase {
  readonly name: string;
  readonly depth: number;
  readonly given: Attributes;
  readonly file: string;
  outcome: TestOutcome;
  /** What its first failure says. */
  message: string | null;
  words: string;
  isTelling: boolean;
}

type Attributes = Readonly<Record<string, string>>;

function listen(parser: SaxesParser, cases: TestCase[], failures: Failure[]): void {
  const suites: Suite[] = [];
  let depth = 0;
  let attributes = 0;
  let suitesSeen = 0;
  let open: OpenCase | null = null;

  parser.on('doctype', () => {
    throw new Refusal('it has a DOCTYPE');
  });
  parser.on('opentagstart', () => {
    attributes = 0;
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > maxAttributes) throw new Refusal(`an element has more than ${maxAttributes} attributes`);
  });
  parser.on('opentag', ({ name, attributes: given }) => {
    depth += 1;
    if (depth > maxDepth) throw new Refusal(`its elements are nested more than ${maxDepth} deep`);
    if (depth === 1 && !isSuite(name)) throw new Refusal('its root is not that of a JUnit report', true);
    if (isSuite(name)) suitesSeen += 1;
    if (suitesSeen > maxSuites) throw new Refusal(`it has more than ${maxSuites.toLocaleString('en-US')} test suites`);
    if (isSuite(name)) suites.push(suiteOf(name === 'testsuites' ? {} : given, suites.at(-1)));
    if (open !== null && depth === open.depth + 1) beginMark(open, name, given);
    if (name !== 'testcase') return;
    if (open !== null) throw new Refusal('a test case stands in another one');
    if (cases.length === maxCases) throw new Refusal(`it has more than ${maxCases.toLocaleString('en-US')} test cases`);
    open = openCase(given, suites.at(-1), depth);
  });
  const listenToWords = (text: string): void => {
    if (open?.isTelling === true && open.words.length < maxWordsLength) open.words += text.slice(0, maxWordsLength);
  };
  parser.on('text', listenToWords);
  parser.on('cdata', listenToWords);
  parser.on('closetag', ({ name }) => {
    if (isSuite(name)) suites.pop();
    if (open !== null && depth === open.depth + 1) open.isTelling = false;
    if (open?.depth === depth) {
      cases.push({ name: open.name, outcome: open.outcome });
      if (open.outcome === 'failed' && failures.length < maxFailures) failures.push(failureOf(open));
      open = null;
    }
    depth -= 1;
  });
}

const isSuite = (element: string): boolean => element === 'testsuite' || element === 'testsuites';

const openCase = (given: Attributes, suite: Suite | undefined, depth: number): OpenCase => ({
  name: nameOf(given, suite),
  depth,
  given,
  file: stableName(given.file ?? '') || (suite?.file ?? ''),
  outcome: outcomeOf(given),
  message: null,
  words: '',
  isTelling: false,
});

function beginMark(open: OpenCase, element: string, given: Attributes): void {
  open.outcome = withMark(open.outcome, element);
  if (open.message !== null || (element !== 'failure' && element !== 'error')) return;
  open.message = given.message ?? '';
  open.isTelling = true;
}

/** The message of an attribute lost its line ends, so the words of the element tell more where there are any. */
function failureOf({ name, given, file, message, words }: OpenCase): Failure {
  const excerpt = excerptOf(linesOf(plainText(words)));
  const said = messageOf(plainText(message ?? '')) || messageOf(excerpt.split('\n')[0] ?? '');
  const place = at(file, /^\d{1,7}$/.test(given.line ?? '') ? given.line : undefined);
  // Of a file that could not be collected pytest makes a test.
  if (message === 'collection failure')
    return { tool: 'JUnit', nature: 'build', ...place, message: `${name}: ${said}`, excerpt };
  return { tool: 'JUnit', nature: 'test', test: name, ...place, message: said, excerpt };
}

/** What stands in a test case: that a later try passed (`flakyFailure`, `rerunFailure`) takes nothing away. */
function withMark(outcome: TestOutcome, element: string): TestOutcome {
  if (element === 'failure' || element === 'error') return 'failed';
  return element === 'skipped' && outcome === 'passed' ? 'skipped' : outcome;
}

/** GoogleTest and others say in an attribute that a test did not run; none says there that a failed one passed. */
function outcomeOf(given: Attributes): TestOutcome {
  const said = [given.status, given.result].map((word) => word?.slice(0, 20).toLowerCase() ?? '');
  if (said.some((word) => /^(?:fail|failed|failure|error)$/.test(word))) return 'failed';
  return said.some((word) => /^(?:notrun|skipped|skip|disabled|ignored|pending|suppressed)$/.test(word))
    ? 'skipped'
    : 'passed';
}

function suiteOf(given: Attributes, parent: Suite | undefined): Suite {
  const name = stableName(given.name ?? '');
  const file = stableName(given.file ?? given.filepath ?? '') || (parent?.file ?? '');
  if (name === '') return { path: '', dotted: '', names: [], ...parent, file };
  return {
    path: joined([parent?.path, name]),
    dotted: bounded([parent?.dotted, name].filter(Boolean).join('.')),
    names: [...(parent?.names ?? []), name],
    file,
  };
}

/** File, suites, class, name: each where it adds something to the others. */
function nameOf(given: Attributes, suite: Suite | undefined): string {
  const name = stableName(given.name ?? '') || '(no name)';
  const said = new Set([name, suite?.dotted, ...(suite?.names ?? [])]);
  const className = newIn(said, stableName(given.classname ?? given.class ?? ''));
  const file = newIn(said, stableName(given.file ?? '') || (suite?.file ?? ''));
  // node:test's word for no suite at all.
  const shownClass = className === 'test' ? '' : className;
  // A copy: what the parser cuts out of the document keeps the whole document in memory.
  return Buffer.from(joined([file, suite?.path, shownClass, name])).toString();
}

function newIn(said: Set<string | undefined>, text: string): string {
  if (said.has(text)) return '';
  said.add(text);
  return text;
}

const joined = (parts: readonly (string | undefined)[]): string => bounded(parts.filter(Boolean).join(' › '));
