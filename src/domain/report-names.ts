/**
 * What runners write by themselves where nothing else is installed is known by the name of its file; every other test
 * report is JUnit XML.
 */
export const reportNames = { go: 'go-test.jsonl', cargo: 'cargo-test.txt', jest: 'jest-report.json' } as const;

const named: ReadonlySet<string> = new Set(Object.values(reportNames));

export const isReportName = (name: string): boolean => /\.xml$/i.test(name) || named.has(name);
