import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type MetricDefinition, metricDefinitions } from '../../src/telemetry/metric-definitions.ts';

/** The alert rules that the docs offer speak of metrics that there are. By hand: `promtool check rules`. */

const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^AiFix[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          annotations: z.strictObject({ summary: z.string().min(1) }),
        }),
      ),
    }),
  ),
});

const rules = [...readFileSync('docs/telemetry.md', 'utf8').matchAll(/^```yaml\n(groups:[\s\S]*?)^```$/gm)].flatMap(
  ([, text = '']) => rulesSchema.parse(parse(text)).groups.flatMap((group) => group.rules),
);

/** Prometheus itself makes it, of each target, under the labels of the scrape configuration. */
const up = { kind: 'gauge', help: '', labels: ['job', 'instance'] } as const satisfies MetricDefinition;
const known: Readonly<Record<string, MetricDefinition>> = { ...metricDefinitions, up };
const words = ['sum', 'max', 'min', 'increase', 'rate', 'absent', 'and', 'or', 'unless', 'histogram_quantile'];

/** What an expression names that no metric has: metrics, and labels of those it chooses by. */
function unknownIn(expr: string): string[] {
  const selectors = [...expr.matchAll(/\b([a-z_]\w*)\b(?:\{([^}]*)\})?/gi)];
  // Within braces, brackets and behind `by` are labels, values and durations.
  const bare = expr.replace(/\{[^}]*\}|\[[^\]]*\]|\bby\s*\([^)]*\)/g, (braces) => ' '.repeat(braces.length));
  return selectors.flatMap(({ index, 1: name = '', 2: matchers = '' }) => {
    if (!/[a-z_]/i.test(bare[index] ?? '') || words.includes(name)) return [];
    const { kind, labels } = known[name] ?? known[name.replace(/_(?:bucket|sum|count)$/, '')] ?? {};
    const isPart = known[name] === undefined;
    if (kind === undefined || labels === undefined || isPart !== (kind === 'histogram')) return [name];
    const chosenBy = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
    return chosenBy
      .filter((label) => !labels.includes(label) && !(isPart && label === 'le'))
      .map((label) => `${name}{${label}}`);
  });
}

test('every alert rule of the docs names metrics and labels that there are', () => {
  expect(rules.length).toBeGreaterThan(3);
  expect(rules.flatMap(({ alert, expr }) => unknownIn(expr).map((name) => `${alert}: ${name}`))).toEqual([]);
});

test.each([
  ['max(ai_fix_oldest_delivery_minutes) > 5', ['ai_fix_oldest_delivery_minutes']],
  ['sum(increase(ai_fix_model_questions_total{outcome="failed"}[1h])) > 1', ['ai_fix_model_questions_total{outcome}']],
  ['rate(ai_fix_model_call_seconds[5m]) > 1', ['ai_fix_model_call_seconds']],
  ['rate(ai_fix_webhook_seconds_bucket{le="1",status="200"}[5m]) > 0.5 * up{job="x"}', []],
  ['max by (state) (ai_fix_fixes) > max(ai_fix_fixed)', ['ai_fix_fixed']],
])('what an expression names that there is not is found: %s', (expr, unknown) => {
  expect(unknownIn(expr)).toEqual(unknown);
});

test('every alert has its own name', () => {
  const names = rules.map(({ alert }) => alert);

  expect(new Set(names).size).toBe(names.length);
});
