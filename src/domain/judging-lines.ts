import type { Line } from './changed-lines.ts';
import type { TestLanguage } from './test-language.ts';

/** Whether a line of a test judges by itself: an assertion or a part of one. */
export const isAssertion = (text: string, { assertion, comment }: TestLanguage): boolean =>
  assertion.some((pattern) => pattern.test(text)) && !comment.test(text) && !isImport.test(text);

const isImport = /^(?:import|from|use|using|require|#include|package)\b/;

/**
 * Whether a line is a row of values: what a test is given or expects, in a table of cases or in an expected object.
 *
 * `['a', 1]`, `total: 12.5`, `"name" => nil` are; `call('a')` and `const wait = 5` are not.
 */
export function isValueRow(text: string): boolean {
  if (isAside.test(text)) return false;
  let hasValue = false;
  const rest = text.replace(values, () => {
    hasValue = true;
    return '';
  });
  return hasValue && /^[\s[\](){},:;=>&|*-]*$/.test(rest.replace(keys, ''));
}

/** A documentation string, and why a test is skipped. */
const isAside = /^(?:"""|'''|reason\s*=)/;

/** A string that is not closed goes to the end of the line: so every quote is looked at once. */
const values =
  /"(?:[^"\\]|\\.)*(?:"|\\?$)|'(?:[^'\\]|\\.)*(?:'|\\?$)|`(?:[^`\\]|\\.)*(?:`|\\?$)|(?<![\w.])\d[\w.]*|\b(?:true|false|null|None|True|False|nil|undefined|NaN)\b/g;
const keys = /\b[A-Za-z_$]\w*\s*(?==>|[:=])/g;

/**
 * Words by which a test says how far off or how late a result may be. In those of the first kind a smaller number lets
 * more through.
 */
const digitWords = /closeto|places|digits|precision|decimal|almostequal/i;
const slackWords =
  /approx|within|delta|epsilon|\beps\b|toler|\b(?:rel|abs|atol|rtol|rel_tol|abs_tol)\b|_near\b|timeout|deadline|retries|threshold|assertequals\(.{0,200},.{0,200},/i;

const isLimit = (text: string): boolean => digitWords.test(text) || slackWords.test(text);

/** Finds, for a line that is gone, whether it stands there again with a number that lets more through. */
export function limitsIn(gained: readonly Line[]): (lost: string) => boolean {
  const byShape = new Map<string, string[]>();
  for (const { text } of gained) {
    if (!isLimit(text)) continue;
    const shape = shapeOf(text);
    byShape.set(shape, [...(byShape.get(shape) ?? []), text].slice(0, maxSameShape));
  }
  return (lost) => isLimit(lost) && (byShape.get(shapeOf(lost)) ?? []).some((now) => isLooser(lost, now));
}

const maxSameShape = 20;

function isLooser(before: string, now: string): boolean {
  const isDigits = digitWords.test(before) && !/\bdelta\b/i.test(before);
  const news = numbersOf(now);
  return numbersOf(before).some((old, index) => {
    const fresh = news[index] ?? old;
    return isDigits ? fresh < old : fresh > old;
  });
}

const number = /(?<![\w.])\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/gi;
const shapeOf = (text: string): string => text.replace(number, '#');
const numbersOf = (text: string): number[] =>
  (text.match(number) ?? []).map((digits) => Number(digits.replaceAll('_', '')));
