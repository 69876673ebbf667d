import { z } from 'zod';
import type { ToolSpec } from '../domain/conversation.ts';
import { isNestedDeeper } from '../domain/json-object.ts';
import { cutText } from './cut-text.ts';

/** About four times the largest file a model may write, for what JSON's escapes add. */
const maxArgumentsLength = 4_000_000;
const maxProblems = 8;

/** The specification of a call whose arguments a zod schema describes. */
export function toolSpec(of: { name: string; description: string; arguments: z.ZodType }): ToolSpec {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(of.arguments, { io: 'input' });
  if (schema.type !== 'object') throw new TypeError(`the arguments of ${of.name} are not an object schema`);
  return { name: of.name, description: of.description, parameters: { ...schema, additionalProperties: false } };
}

type ParsedArguments<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly correction: string };

/** Reads what a model sent as arguments; when wrong, says what was found, what is allowed, and shows a right call. */
export function parseArguments<S extends z.ZodType>(
  schema: S,
  spec: ToolSpec,
  json: string,
): ParsedArguments<z.infer<S>> {
  if (json.length > maxArgumentsLength) {
    return wrong(spec, [`the arguments have ${json.length} characters; at most ${maxArgumentsLength} are allowed`]);
  }
  const parsed = parseJson(json);
  if (!parsed.ok) return wrong(spec, [parsed.reason]);
  const checked = schema.safeParse(parsed.value, { reportInput: true });
  return checked.success ? { ok: true, value: checked.data } : wrong(spec, checked.error.issues.map(problemOf));
}

function parseJson(json: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  // Some providers send nothing at all for a call without arguments.
  if (json.trim() === '') return { ok: true, value: {} };
  if (isNestedDeeper(json)) return { ok: false, reason: 'the arguments are nested too deep; write them flat' };
  try {
    return { ok: true, value: JSON.parse(json) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const end = JSON.stringify(json.slice(-60));
    return {
      ok: false,
      reason: `the arguments are not valid JSON (${error.message}); the ${json.length} characters end in ${end}`,
    };
  }
}

function problemOf(issue: z.core.$ZodIssue): string {
  const place = issue.path.length === 0 ? 'the arguments' : issue.path.map(String).join('.');
  return `${place}: ${issue.message}; found ${shownValue(issue.input)}`;
}

/** Shallow on purpose: a value nested a million deep must not overflow the stack. */
function shownValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cutText(value, 80));
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    return keys.length === 0 ? 'an empty object' : cutText(`an object with ${keys.slice(0, 12).join(', ')}`, 200);
  }
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function wrong(spec: ToolSpec, problems: readonly string[]): { ok: false; correction: string } {
  const shown = problems.slice(0, maxProblems).map((problem) => `- ${cutText(problem, 600)}`);
  const rest = problems.length > maxProblems ? [`- and ${problems.length - maxProblems} more`] : [];
  const head = `${spec.name} was not run: its arguments are wrong.`;
  const allowed = `Arguments: ${describe(spec.parameters)}`;
  const example = `A right call: ${spec.name} ${JSON.stringify(exampleOf(spec.parameters))}`;
  return { ok: false, correction: [head, ...shown, ...rest, allowed, example].join('\n') };
}

interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
}

function describe(schema: SchemaNode): string {
  const required = new Set(schema.required);
  const names = Object.entries(schema.properties ?? {}).map(([name, node]) => {
    const type =
      node.enum === undefined ? (node.type ?? 'value') : node.enum.map((value) => JSON.stringify(value)).join(' or ');
    return `${name} (${type}, ${required.has(name) ? 'required' : 'optional'})`;
  });
  return names.length === 0 ? 'none.' : `${names.join(', ')}.`;
}

/** A call with just the required arguments, from the schema's own examples where it has some. */
function exampleOf(node: SchemaNode): unknown {
  if (node.examples?.[0] !== undefined) return node.examples[0];
  if (node.const !== undefined) return node.const;
  if (node.enum?.[0] !== undefined) return node.enum[0];
  if (node.default !== undefined) return node.default;
  const variant = node.anyOf?.[0] ?? node.oneOf?.[0];
  if (variant !== undefined) return exampleOf(variant);
  switch (node.type) {
    case 'object':
      return Object.fromEntries((node.required ?? []).map((name) => [name, exampleOf(node.properties?.[name] ?? {})]));
    case 'array':
      return node.items === undefined ? [] : [exampleOf(node.items)];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    default:
      return '…';
  }
}
