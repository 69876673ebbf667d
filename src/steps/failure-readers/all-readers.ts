import { biome } from './biome.ts';
import { cargo } from './cargo.ts';
import { eslint } from './eslint.ts';
import { goJson } from './go-json.ts';
import { goTest } from './go-test.ts';
import { java } from './java.ts';
import { jest } from './jest.ts';
import { lineLinters } from './line-linters.ts';
import { mocha } from './mocha.ts';
import { nodeSpec } from './node-spec.ts';
import { pytest } from './pytest.ts';
import { type FailureReader, linesOf, maxFailures, type Reading } from './reader.ts';
import { tap } from './tap.ts';
import { tsc } from './tsc.ts';
import { unittest } from './unittest.ts';
import { vitest } from './vitest.ts';

const readers: readonly FailureReader[] = [
  tsc,
  cargo,
  goTest,
  goJson,
  java,
  nodeSpec,
  tap,
  vitest,
  jest,
  mocha,
  pytest,
  unittest,
  eslint,
  biome,
  lineLinters,
];

const order = { build: 0, test: 1, lint: 2 } as const;

/** What the tools say failed in the plain text of a step: what does not build first. Empty where none knows the log. */
export function readFailures(step: string): Reading {
  const text = `\n${step}\n`;
  const lines = linesOf(step);
  const known = readers.filter(({ marks }) => marks.some((mark) => text.includes(mark)));
  const readings = known.map((reader) => reader.read(lines));
  const all = distinct(readings.flatMap(({ failures }) => failures));
  const failures = all.toSorted((a, b) => order[a.nature] - order[b.nature]).slice(0, maxFailures);
  const counts = readings.flatMap(({ ran }) => (ran === undefined ? [] : [ran]));
  if (counts.length === 0) return { failures };
  const sum = (of: 'failed' | 'total') => counts.reduce((total, count) => total + count[of], 0);
  return { failures, ran: { failed: sum('failed'), total: sum('total') } };
}

/** Its tests of one title in two suites differ by their lines alone. */
const namesNoSuite = (tool: string): boolean => tool === nodeSpec.tool;

/** Some tools tell a failure twice, where it happens and in a summary; the first of the longer ones stays. */
function distinct(failures: Reading['failures']): Reading['failures'] {
  const byKey = new Map<string, (typeof failures)[number]>();
  for (const failure of failures) {
    const { tool, nature, test, path, line, message } = failure;
    const place = namesNoSuite(tool) ? [path, line] : [path];
    const key = JSON.stringify(test === undefined ? [nature, path, line, message] : [nature, test, ...place]);
    const known = byKey.get(key);
    if (known === undefined || known.excerpt.length < failure.excerpt.length) byKey.set(key, failure);
  }
  return [...byKey.values()];
}
