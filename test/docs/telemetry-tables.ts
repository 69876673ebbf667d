import { z } from 'zod';
import { traceLineSchemas } from '../../src/domain/trace-line.ts';
import { type MetricDefinition, metricDefinitions } from '../../src/telemetry/metric-definitions.ts';

/** Metrics and lines of a trace as tables, from their definitions. */

export function renderMetrics(): string {
  const definitions: Readonly<Record<string, MetricDefinition>> = metricDefinitions;
  const rows = Object.entries(definitions).map(
    ([name, { kind, labels, help }]) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ') || '–'} | ${help} |`,
  );
  return ['| metric | kind | labels | what it tells |', '|---|---|---|---|', ...rows].join('\n');
}

export function renderTraceLines(): string {
  const rows = Object.entries(traceLineSchemas).flatMap(([type, schema]) => {
    const { properties = {}, required = [] } = z.toJSONSchema(schema) as unknown as JsonSchema;
    return Object.entries(properties)
      .filter(([name]) => name !== 'type')
      .map(([name, property], index) => {
        const isAlways = required.includes(name);
        return `| ${index === 0 ? `\`${type}\`` : ''} | \`${name}\` | ${kindOf(property)} | ${describe(property)}${isAlways ? '' : ' (not always)'} |`;
      });
  });
  return ['| `type` | field | is | what it tells |', '|---|---|---|---|', ...rows].join('\n');
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

function kindOf({ type, anyOf, const: constant, enum: values, items }: JsonSchema): string {
  if (constant !== undefined) return `\`${String(constant)}\``;
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (anyOf !== undefined) return anyOf.map(kindOf).join(' or ');
  if (Array.isArray(type)) return type.join(' or ');
  return type === 'array' ? `list of ${items === undefined ? 'anything' : kindOf(items)}` : String(type ?? 'anything');
}

/** With the fields that stand inside of it. */
function describe({ description = '', properties, anyOf, items }: JsonSchema): string {
  const inner = properties ?? items?.properties ?? anyOf?.find((one) => one.properties !== undefined)?.properties;
  if (inner === undefined) return description;
  const names = Object.entries(inner).map(
    ([name, one]) => `\`${name}\`${one.description === undefined ? '' : ` (${one.description})`}`,
  );
  return [description, names.join(', ')].filter((part) => part !== '').join(': ');
}
