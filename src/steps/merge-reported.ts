import type { Failure } from '../domain/failure.ts';

/**
 * What reports and log say failed, each failure once. A report names a test in full; the log may have told more of why.
 * Names differ by how much stands before the test's own, so that one is compared, and the file where both know it.
 */
export function mergeReported(reported: readonly Failure[], logged: readonly Failure[]): readonly Failure[] {
  if (reported.length === 0) return logged;
  const byName = new Map<string, Failure[]>();
  for (const failure of logged) {
    const key = ownName(failure.test);
    if (key !== null) byName.set(key, [...(byName.get(key) ?? []), failure]);
  }
  const merged = new Set<Failure>();
  const all = reported.map((report) => {
    const found = (byName.get(ownName(report.test) ?? '') ?? []).find(
      (one) => !merged.has(one) && isSamePlace(report, one),
    );
    if (found === undefined) return report;
    merged.add(found);
    return { ...found, ...report, excerpt: report.excerpt || found.excerpt, message: report.message || found.message };
  });
  const rest = logged.filter((failure) => !merged.has(failure));
  return [
    ...rest.filter(({ nature }) => nature === 'build'),
    ...all,
    ...rest.filter(({ nature }) => nature !== 'build'),
  ];
}

/** The last part of a test's name, whatever its tool puts between the parts. */
function ownName(test: string | undefined): string | null {
  if (test === undefined) return null;
  const last = test.split(/ › |::| > /).at(-1) ?? test;
  // Python and Java write the class before the name: `shop.PriceTest.rounds`.
  return /^[\w.$]+$/.test(last) ? (last.split('.').at(-1) ?? last) : last;
}

const isSamePlace = (a: Failure, b: Failure): boolean =>
  a.path === undefined || b.path === undefined || a.path.endsWith(b.path) || b.path.endsWith(a.path);
